//! Authors that become one.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use serde_json::json;

use super::{changed, faults, location, made, send};
use crate::builders::Article;

api_test! {
fn two_authors_become_one_and_nothing_is_lost(server) {
    server.article(Article::new("Both").author("A. Lee").author("Ann Lee").editor("A. Lee"));
    server.article(Article::new("Alone").author("A. Lee"));
    server.article(Article::new("Draft").author("A. Lee").translator("A. Lee").status(Status::Draft).undated());
    let key = server.key(Role::Editor);
    let from = server.ok("/api/authors/a-lee").json()["data"].clone();
    let into = server.ok("/api/authors/ann-lee").json()["data"].clone();
    let old = format!("/api/authors/{}", from["id"].as_str().unwrap());
    changed(server, &key, "PATCH", &old, &json!({"slug": "a-lee-of-norhaven"}));
    let merge = |target: &str, into: &str| send(server, &key, "POST", &format!("{target}/merge"), &json!({"into": into}));
    assert_eq!(faults(&merge(&old, "nobody")), [("/into".to_owned(), "unknown_author".to_owned())]);
    assert_eq!(faults(&merge(&old, "a-lee")), [("/into".to_owned(), "same_author".to_owned())]);
    assert_eq!(faults(&send(server, &key, "POST", &format!("{old}/merge"), &json!({}))), [("/into".to_owned(), "required".to_owned())]);
    server.pass(60);
    let merged = merge(&old, "ann-lee");
    assert_eq!((merged.status, &merged.json()["data"]["id"]), (200, &into["id"]));
    for target in [old.as_str(), "/api/authors/a-lee", "/api/authors/a-lee-of-norhaven"] {
        assert_eq!(location(&server.get(target)), (308, "/api/authors/ann-lee".to_owned()), "{target}");
    }
    let both = server.ok("/api/articles/both").json()["data"].clone();
    assert_eq!(both["authors"].as_array().unwrap().len(), 1, "nobody is named twice");
    assert_eq!((&both["authors"][0]["id"], &both["editors"][0]["id"], &both["version"]), (&into["id"], &into["id"], &json!(2)));
    assert_eq!(server.ok("/api/authors/ann-lee?include=article_count").json()["data"]["article_count"], 2);
    assert_eq!(server.ok("/api/articles?author=a-lee&count=exact").json()["meta"]["total"], 2);
    let draft = server.request("GET", "/api/articles?status=draft").key(&key).send().json();
    assert_eq!(draft["data"][0]["translators"][0]["id"], into["id"]);
    let again = made(server, &key, "/api/authors", &json!({"name": "A. Lee"}));
    assert_eq!(again["slug"], "a-lee-2", "the old slug is the other's");
    let third = made(server, &key, "/api/authors", &json!({"name": "Third"}));
    let last = format!("/api/authors/{}", into["id"].as_str().unwrap());
    assert_eq!(merge(&last, third["id"].as_str().unwrap()).status, 200);
    assert_eq!(location(&server.get(&old)), (308, "/api/authors/third".to_owned()), "never two steps");
}

fn an_import_that_goes_on_naming_a_merged_author_names_the_one_that_it_became(server) {
    server.article(Article::new("First").author("A.  Lee").author("Ann Lee"));
    let key = server.key(Role::Editor);
    let merged = send(server, &key, "POST", "/api/authors/a-lee/merge", &json!({"into": "ann-lee"}));
    assert_eq!(merged.status, 200, "{}", merged.text());
    let name = "/api/authors/A.%20Lee";
    assert_eq!(server.get(name).status, 404, "a name is no address");
    server.article(Article::new("Second").author("A. Lee"));
    assert_eq!(server.ok("/api/articles/second").json()["data"]["authors"][0]["slug"], "ann-lee");
    assert_eq!(server.ok("/api/authors").json()["data"].as_array().unwrap().len(), 1);
}
}
