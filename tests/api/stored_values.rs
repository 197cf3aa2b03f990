//! Values in columns: each reads back as what was written, and one that does not read is a fault that nobody is told.

use masthead::domain::access::Role;
use masthead::domain::query::Reference;
use masthead::domain::tag::Tag;
use masthead::service::shared;
use masthead::store::StoreError;
use serde_json::json;

use super::database::Database;
use super::harness::TestServer;

fn make_tag(server: &TestServer) {
    let content = json!({"name": "Health", "names": {"fr": "Santé", "zh": "健康"}});
    let made = server
        .request("POST", "/api/tags")
        .key(&server.key(Role::Admin))
        .json(&content)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
}

fn stored(server: &TestServer) -> Result<Tag, StoreError> {
    let slug = Reference::Slug("health".to_owned());
    let found = server.app.store.read(|c| shared::find::<Tag>(c, &slug));
    found.map(Option::unwrap)
}

api_test! {
    fn ids_times_slugs_and_json_have_one_form_in_columns(server) {
        make_tag(server);
        let tag = stored(server).unwrap();
        let mut database = Database::open(&server.database);
        let created = database.number("SELECT created_at AS n FROM tags");
        assert_eq!(created, tag.created_at.millis());
        for (column, text) in [
            ("id", tag.id.to_string()),
            ("slug", "health".to_owned()),
            ("names", r#"{"fr":"Santé","zh":"健康"}"#.to_owned()),
        ] {
            assert_eq!(database.texts(&format!("SELECT {column} AS t FROM tags")), [text]);
        }
        let names: Vec<&str> = tag.content.names.values().map(String::as_str).collect();
        assert_eq!(names, ["Santé", "健康"]);
    }

    fn a_value_that_does_not_read_is_a_fault_that_nobody_is_told(server) {
        make_tag(server);
        let key = server.key(Role::Admin);
        for (change, fault) in [
            ("names = '{secret'", "a stored JSON column does not read"),
            ("id = 'secret'", "a stored id does not read: secret"),
        ] {
            Database::open(&server.database).run(&format!("UPDATE tags SET {change}, version = version + 1"));
            match stored(server) {
                Err(StoreError::Other(told)) => assert!(told.contains(fault), "{told}"),
                other => panic!("{change}: {other:?}"),
            }
            let answer = server.request("GET", "/api/tags/health").key(&key).send();
            assert_eq!((answer.status, answer.problem().as_str()), (500, "internal_error"), "{change}");
            assert!(!answer.text().contains("secret"), "{}", answer.text());
            Database::open(&server.database).run("UPDATE tags SET names = '{}'");
        }
    }
}
