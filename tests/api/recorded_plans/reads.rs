//! Reads of the change log, of partners, lists, feeds and addresses.

use masthead::domain::access::Scope;
use masthead::domain::query::{ArticleQuery, PageRequest, Reference};
use masthead::domain::sync::{SyncFilter, SyncPlace};
use masthead::store::articles::{
    BodyForm, Parts, list_articles, list_withdrawn, places_of_translations,
};
use masthead::store::facets::FacetKind;
use masthead::store::listing::{sitemap_files, sitemap_pages};
use masthead::store::resolve::resolve_url;
use masthead::store::sync::events_after;
use masthead::store::{Conn, StoreError, altered, changes};

use super::{Work, partner};
use crate::builders::lang;
use crate::plans::{ARTICLES, value_id};

fn follow(name: &'static str, scope: Scope, filter: SyncFilter, place: SyncPlace) -> Work {
    let work = move |c: &mut Conn| {
        let batch = events_after(c, &scope, &filter, place.clone(), 100)?;
        assert!(batch.next != place, "{name} looked at nothing");
        Ok(())
    };
    (name, Box::new(work))
}

/// Following the log: from everywhere, with and without filters and a contract.
pub(super) fn following() -> Vec<Work> {
    let ids = |kind, slug: &str| {
        vec![vec![
            Reference::Id(value_id(kind, 3)),
            Reference::parse(slug),
        ]]
    };
    let (none, filter) = (
        SyncFilter::default(),
        SyncFilter {
            langs: vec![lang("en"), lang("zh")],
            sections: ids(0, "world/asia"),
            sources: ids(4, "gazette"),
        },
    );
    let (tail, turn) = (SyncPlace::after(ARTICLES - 300), ARTICLES * 2 + 1);
    let retold = SyncPlace {
        retold: Some(50_000),
        ..SyncPlace::after(ARTICLES + 1_000)
    };
    let first = SyncPlace::first_copy(turn);
    let changed = SyncPlace::after(turn).with_other_filters(Some(filter.clone()));
    let twice = changed.moved_to(500, turn).with_other_filters(None);
    let (public, late) = (Scope::Public, partner(3_600));
    let cases = [
        ("a first copy", &public, &none, &first),
        ("a first copy with filters", &public, &filter, &first),
        ("the tail", &public, &none, &tail),
        ("the tail with filters", &public, &filter, &tail),
        ("other filters", &public, &none, &changed),
        ("a partner's first copy", &late, &none, &first),
        ("a partner's tail", &partner(0), &filter, &tail),
        ("a partner's change of rights", &late, &filter, &retold),
        ("a partner's other filters", &late, &none, &changed),
        ("a partner's filters changed twice", &late, &filter, &twice),
    ];
    let work = |(name, scope, filter, place): (_, &Scope, &SyncFilter, &SyncPlace)| {
        follow(name, scope.clone(), filter.clone(), place.clone())
    };
    cases.into_iter().map(work).collect()
}

pub(super) fn list(name: &'static str, scope: Scope, narrow: fn(&mut ArticleQuery)) -> Work {
    let work = move |c: &mut Conn| {
        let mut query = ArticleQuery::default();
        narrow(&mut query);
        let parts = Parts {
            body: BodyForm::Html,
            related: true,
        };
        let page = PageRequest::default();
        let slice = list_articles(c, &scope, &query, &page, parts)?;
        places_of_translations(c, &slice.rows)?;
        changes::last_change_of_lists(c, &scope, &[lang("en")])?;
        changes::last_change_of_lists(c, &scope, &[])?;
        Ok(())
    };
    (name, Box::new(work))
}

/// Reads of partners and of readers of feeds and sitemaps.
pub(super) fn reading() -> Vec<Work> {
    let section = |q: &mut ArticleQuery| q.sections = vec![vec![Reference::Id(value_id(0, 3))]];
    let author = |q: &mut ArticleQuery| {
        q.langs = vec![lang("en")];
        q.authors = vec![vec![Reference::Id(value_id(1, 3))]];
    };
    let two = |q: &mut ArticleQuery| q.langs = vec![lang("fr"), lang("en")];
    let edition = |q: &mut ArticleQuery| q.langs = vec![lang("en")];
    let withdrawn = |facet: Option<(FacetKind, String)>| {
        move |c: &mut Conn| {
            list_withdrawn(c, &Scope::Public, &lang("en"), facet.as_ref(), 100)?;
            list_withdrawn(c, &partner(0), &lang("en"), facet.as_ref(), 100).map(|_| ())
        }
    };
    let section_facet = Some((FacetKind::Section, value_id(0, 3).to_string()));
    vec![
        list("a partner's list", partner(3_600), |_| {}),
        list("a partner's section", partner(3_600), section),
        list("a partner's author", partner(0), author),
        list("a partner's languages", partner(3_600), two),
        list("the feed of an edition", Scope::Public, edition),
        list("the feed of an author", Scope::Public, author),
        list("the feed of a section", Scope::Public, section),
        ("tombstones of an edition", Box::new(withdrawn(None))),
        (
            "tombstones of a section",
            Box::new(withdrawn(section_facet)),
        ),
        ("a counted list of many values", Box::new(counted)),
        ("an address", Box::new(resolved)),
        (
            "the sitemap index",
            Box::new(|c| sitemap_files(c, &lang("en"), 10_000).map(|_| ())),
        ),
        (
            "a sitemap",
            Box::new(|c| sitemap_pages(c, &lang("en"), 2, 10_000).map(|_| ())),
        ),
        (
            "the hub's feeds",
            Box::new(|c| altered::altered_feeds(c, ARTICLES - 400, ARTICLES).map(|_| ())),
        ),
    ]
}

/// A list whose matching articles are counted.
fn counted(c: &mut Conn) -> Result<(), StoreError> {
    let query = ArticleQuery {
        langs: vec![lang("fr"), lang("en")],
        sources: vec![(0..12).map(|n| Reference::Id(value_id(4, n))).collect()],
        ..ArticleQuery::default()
    };
    let page = PageRequest {
        count: true,
        ..PageRequest::default()
    };
    list_articles(c, &Scope::Public, &query, &page, Parts::default()).map(|_| ())
}

/// Every way in which an address is looked up.
fn resolved(c: &mut Conn) -> Result<(), StoreError> {
    let base = "http://127.0.0.1";
    for url in [
        "https://old.example.net/story?page=2",
        "/story?page=2",
        "/api/articles/story",
        "/en/world/story",
    ] {
        resolve_url(c, &Scope::Public, url, base, &lang("en"))?;
    }
    Ok(())
}
