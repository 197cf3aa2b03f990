//! Statements that a read takes which was made before: what it looks up besides its rows is known while the log stands still.

use std::sync::Arc;
use std::time::Duration;

use masthead::domain::access::Scope;
use masthead::domain::query::{ArticleQuery, PageRequest};
use masthead::store::articles::documents::Documents;
use masthead::store::articles::{Parts, list_articles};
use masthead::store::changes::{last_change_of_lists, latest_seq};
use masthead::store::forgetting::{Forgetting, Moment};
use masthead::store::{Conn, Store};

use super::sent;
use crate::builders::lang;

/// Checks that a list of two languages takes the end of the log and its rows alone once it was made.
pub(super) fn check_again(store: &Store) {
    let forgetting = Arc::new(Forgetting::new(Duration::from_secs(60)));
    forgetting.follow(store, None);
    let documents = Arc::new(Documents::new(8, Arc::clone(&forgetting)));
    let query = ArticleQuery {
        langs: vec![lang("fr"), lang("en")],
        ..ArticleQuery::default()
    };
    let page = PageRequest {
        limit: 10,
        ..PageRequest::default()
    };
    let list = |c: &mut Conn| {
        let moment = Moment {
            seq: latest_seq(c)?,
            generation: forgetting.generation(),
        };
        documents.serve(moment, || {
            last_change_of_lists(c, &Scope::Public, &query.langs)?;
            list_articles(c, &Scope::Public, &query, &page, Parts::default())
        })
    };
    let count = || {
        let statements = sent(|| assert_eq!(store.read(list).unwrap().rows.len(), 10));
        // The pool tries each connection to PostgreSQL before it lends it.
        let own = statements.iter().filter(|words| *words != "SELECT 1");
        own.count()
    };
    let first = count();
    // Facts grow old in between on a machine that is busy with other things.
    let again: Vec<usize> = (0..5).map(|_| count()).collect();
    assert!(
        again.contains(&2),
        "{first} statements at first, then {again:?}"
    );
}
