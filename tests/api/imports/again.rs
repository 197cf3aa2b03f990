//! Records that come again, unchanged and changed.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::{distinct_records, record};

api_test! {
    fn importing_again_changes_nothing(server) {
        let text = distinct_records(60);
        let first = server.import_bytes(text.as_bytes());
        assert_eq!(first.created(), 60);
        let (before, seq) = (server.exported(), server.latest_change());
        server.pass(3_600);
        let again = server.import_bytes(text.as_bytes());
        assert_eq!((again.created(), again.updated(), again.unchanged()), (0, 0, 60));
        assert_eq!((server.exported(), server.latest_change()), (before, seq));
        assert!(again.verdicts().is_empty());
    }

    fn the_same_record_written_otherwise_changes_nothing(server) {
        server.import(&[json!({"id": "a", "lang": "en", "title": "T", "published_at": "2024-05-01T08:00:00Z", "tags": ["x"]})]);
        let seq = server.latest_change();
        let same = r#"  { "tags":["x"],"published_at":"2024-05-01T10:00:00+02:00", "title" : " T ", "lang":"EN", "id":"a", "subtitle": null }"#;
        let told = server.import_bytes(same.as_bytes());
        assert_eq!((told.updated(), told.unchanged()), (0, 1));
        assert_eq!(server.latest_change(), seq);
    }

    fn a_changed_record_is_a_new_version_and_its_old_slug_leads_on(server) {
        let mut changed = record("a", "Old title");
        changed["slug"] = json!("old-slug");
        server.import(&[changed.clone()]);
        let id = server.article_at("old-slug")["id"].clone();
        server.pass(60);
        changed["title"] = json!("New title");
        changed["slug"] = json!("new-slug");
        assert_eq!(server.import(&[changed]).updated(), 1);
        let moved = server.get("/api/articles/old-slug");
        assert_eq!((moved.status, moved.header("location")), (308, "/api/articles/new-slug"));
        let now = server.article_at("new-slug");
        assert_eq!((&now["id"], &now["version"], &now["title"]), (&id, &json!(2), &json!("New title")));
        assert_eq!(server.titles(), ["New title"]);
    }

    fn a_new_title_alone_leaves_the_slug_as_it_is(server) {
        server.import(&[record("a", "Old title")]);
        server.import(&[record("a", "New title")]);
        assert_eq!(server.article_at("old-title")["title"], "New title");
    }

    fn a_record_without_a_date_is_a_draft_until_it_has_one(server) {
        let mut undated = record("a", "Undated");
        undated["published_at"] = Value::Null;
        let told = server.import(&[undated]);
        assert_eq!(told.verdicts(), [(1, "altered", "no_date")]);
        assert_eq!((told.lines[0]["field"].clone(), told.lines[0]["id"].clone()), (json!("/published_at"), json!("a")));
        assert_eq!(told.summary.exit_code(), 0);
        assert_eq!(server.get("/api/articles/undated").status, 404);
        let key = server.key(Role::Editor);
        assert_eq!(server.with_key(&key, "/api/articles/undated")["data"]["status"], "draft");
        server.import(&[record("a", "Undated")]);
        assert_eq!(server.article_at("undated")["status"], "published");
    }

    fn records_without_any_identity_do_not_double_when_they_come_again(server) {
        let nameless = [
            json!({"lang": "en", "title": "By address", "url": "https://example.org/1", "published_at": "2024-05-01"}),
            json!({"lang": "fr", "title": "Par adresse", "url": "https://example.org/1", "published_at": "2024-05-01"}),
            json!({"lang": "en", "title": "By nothing", "published_at": "2024-05-01"}),
        ];
        assert_eq!(server.import(&nameless).created(), 3);
        assert_eq!(server.import(&nameless).unchanged(), 3);
        let changed = json!({"lang": "en", "title": "By address, changed", "url": "https://example.org/1", "published_at": "2024-05-01"});
        assert_eq!(server.import(&[changed]).updated(), 1);
        assert_eq!(server.titles(), ["By address, changed", "By nothing", "Par adresse"]);
    }
}
