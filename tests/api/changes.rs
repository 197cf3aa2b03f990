//! Following what changes: `/api/changes`, its stream, and what a copy is told when.

use masthead::domain::access::Scope;
use masthead::domain::article::Status;
use masthead::domain::sync::{SyncEvent, SyncFilter, SyncPlace};
use masthead::store::sync::{events_after, first_copy};

use super::builders::Article;
use super::harness::TestServer;

/// All that follows a place, and the place at the log's end.
fn follow(server: &TestServer, place: SyncPlace) -> (Vec<SyncEvent>, SyncPlace) {
    let (mut place, mut events) = (place, Vec::new());
    loop {
        let filter = SyncFilter::default();
        let read = server
            .app
            .store
            .read(|c| events_after(c, &Scope::Public, &filter, place, 3));
        let batch = read.unwrap();
        events.extend(batch.events);
        place = batch.next;
        if !batch.has_more {
            return (events, place);
        }
    }
}

fn start(server: &TestServer) -> SyncPlace {
    server.app.store.read(first_copy).unwrap()
}

fn told(events: &[SyncEvent]) -> Vec<(String, &'static str, Option<&'static str>, i64)> {
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    let tell = |e: &SyncEvent| (e.id.to_string(), e.op.as_str(), e.reason, e.version);
    events.iter().map(tell).collect()
}

api_test! {
    fn a_first_copy_is_what_is_published_and_then_each_article_s_last_state_follows(server) {
        let one = server.article(Article::new("One"));
        let two = server.article(Article::new("Two"));
        server.article(Article::new("Draft").status(Status::Draft));
        server.withdraw(two);
        let three = server.article(Article::new("Three"));
        let (events, place) = follow(server, start(server));
        assert_eq!(told(&events), [(one.to_string(), "upsert", None, 1), (three.to_string(), "upsert", None, 1)]);
        server.change(one, |content| content.title = "One and a half".to_owned());
        server.change(one, |content| content.title = "One, corrected".to_owned());
        server.withdraw(three);
        server.unpublish(one);
        let (events, place) = follow(server, place);
        assert_eq!(told(&events), [(three.to_string(), "delete", Some("legal"), 2), (one.to_string(), "delete", Some("unpublished"), 4)]);
        server.change(one, |content| content.title = "Nobody knows".to_owned());
        assert_eq!(follow(server, place).0, []);
        server.change(one, |content| content.status = Status::Published);
        assert_eq!(told(&follow(server, place).0), [(one.to_string(), "upsert", None, 6)]);
    }
}
