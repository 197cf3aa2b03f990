//! Every resource that clients write, in a bulk: with the rights, the rules and the results of requests of its own.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::bulk::{bulk, statuses};
use super::harness::TestServer;

fn line(op: &str, kind: &str, id: &str, tag: &str, data: Value) -> Value {
    json!({"op": op, "type": kind, "id": id, "if_match": tag, "data": data})
}

fn create(kind: &str, data: Value) -> Value {
    json!({"op": "create", "type": kind, "data": data})
}

fn delete(kind: &str, id: &str, tag: &str) -> Value {
    json!({"op": "delete", "type": kind, "id": id, "if_match": tag})
}

/// The place and code of the only fault of a line that was refused.
fn fault(result: &Value) -> (&str, &str) {
    let errors = &result["problem"]["errors"];
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{result}");
    let text = |name: &str| errors[0][name].as_str().unwrap_or_default();
    (text("pointer"), text("code"))
}

api_test! {
fn authors_and_sources_live_in_lines_as_in_requests(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    for (kind, plural) in [("author", "authors"), ("source", "sources")] {
        let told = bulk(server, &key, None, &[
            create(kind, json!({"name": "Ada Night", "url": "https://night.example.org"})),
            create(kind, json!({"name": "Ada Night"})),
            line("update", kind, "ada-night", "v1", json!({"slug": "ada-day"})),
            line("update", kind, "ada-night", "v1", json!({"name": "Late"})),
            line("replace", kind, "ada-night", "\"v2\"", json!({"name": "Ada Day", "shoe": 5})),
            line("replace", kind, "ada-night", "\"v2\"", json!({"name": "Ada Day"})),
            line("replace", kind, "ada-day", "v3", json!({"name": "Ada Day"})),
        ]);
        assert_eq!(statuses(&told), [201, 409, 200, 412, 422, 200, 200], "{told:?}");
        assert_eq!(fault(&told[4]), ("/data/shoe", "unknown_field"));
        let id = told[0]["id"].as_str().unwrap();
        assert!(told.iter().filter(|line| line["status"] != 409).all(|line| line.get("problem").is_some() || line["id"] == id));
        assert_eq!((&told[6]["version"], &told[6]["etag"]), (&json!(3), &json!("\"v3\"")), "what says the same makes no version");
        let read = server.request("GET", &format!("/api/{plural}/{id}")).key(&key).send().json()["data"].clone();
        // An author without a page of their own is found on this service.
        let url = if plural == "authors" { json!(format!("{}/api/authors/{id}", server.app.base_url())) } else { Value::Null };
        assert_eq!((&read["name"], &read["slug"], &read["url"]), (&json!("Ada Day"), &json!("ada-day"), &url));
        let gone = bulk(server, &key, None, &[delete(kind, id, "v2"), delete(kind, id, "v3"), delete(kind, id, "v3")]);
        assert_eq!(statuses(&gone), [412, 204, 404]);
        assert_eq!(gone[1], json!({"line": 2, "status": 204, "id": id}), "what is gone has no version");
    }
}

fn a_tag_is_told_by_its_slug_and_an_edition_by_its_language(server) {
    server.article(Article::new("First"));
    let admin = server.key(Role::Admin);
    let told = bulk(server, &admin, None, &[
        create("tag", json!({"name": "Night trains"})),
        line("update", "tag", "night-trains", "v1", json!({"slug": "sleepers"})),
        delete("tag", "night-trains", "*"),
        json!({"op": "replace", "type": "edition", "id": "de", "data": {"name": "Deutsch"}}),
        json!({"op": "replace", "type": "edition", "id": "de", "data": {"name": "Anders"}}),
        line("replace", "edition", "nl", "v1", json!({})),
        line("replace", "edition", "de", "v1", json!({"name": "Anders"})),
        line("update", "edition", "de", "v2", json!({"home_label": "Zuhause", "lang": "nl"})),
        line("update", "edition", "de", "v2", json!({"home_label": "Zuhause"})),
        delete("edition", "de", "v3"),
        delete("edition", "en", "*"),
    ]);
    assert_eq!(statuses(&told), [201, 200, 204, 201, 428, 412, 200, 422, 200, 204, 409], "{told:?}");
    let names: Vec<&str> = told.iter().filter_map(|line| line["id"].as_str()).collect();
    assert_eq!(names, ["night-trains", "sleepers", "sleepers", "de", "de", "de", "de"]);
    assert_eq!(fault(&told[7]), ("/data/lang", "fixed"));
    assert_eq!((server.get("/api/tags/sleepers").status, server.get("/api/editions/de").status), (404, 404));
}

fn a_section_s_path_is_looked_up_in_the_edition_that_the_line_names(server) {
    server.article(Article::new("First").section(&["World"]));
    server.article(Article::new("Premier").lang("fr").section(&["World"]));
    let key = server.key(Role::Editor);
    let rename = |lang: Value, to: &str| {
        json!({"op": "update", "type": "section", "id": "world", "lang": lang, "if_match": "*", "data": {"name": to}})
    };
    let told = bulk(server, &key, None, &[
        rename(json!("fr"), "Monde"), rename(json!("zh"), "x"), rename(json!("f r"), "x"),
        json!({"op": "create", "lang": "fr", "data": {"lang": "fr", "title": "x"}}),
    ]);
    assert_eq!(statuses(&told), [200, 404, 422, 422]);
    assert_eq!((fault(&told[2]).0, fault(&told[3])), ("/lang", ("/lang", "not_taken")));
    assert_eq!(server.ok("/api/sections/world?lang=fr").json()["data"]["name"], "Monde");
    assert_eq!(server.ok("/api/sections/world?lang=en").json()["data"]["name"], "World");
}

fn a_section_moves_in_a_line_but_not_below_itself(server) {
    server.article(Article::new("Deep").section(&["World", "Events"]));
    let key = server.key(Role::Editor);
    let told = bulk(server, &key, None, &[
        create("section", json!({"lang": "en", "name": "Asia", "parent": "world"})),
        line("update", "section", "world", "v1", json!({"parent": "world/events"})),
        line("update", "section", "world/events", "v1", json!({"parent": "world/asia"})),
        line("update", "section", "world/asia", "v1", json!({"parent": "world/events"})),
        line("replace", "section", "world/asia", "v1", json!({"lang": "en", "name": "Asia"})),
        delete("section", "world/asia/events", "*"),
        delete("section", "world", "v1"),
    ]);
    assert_eq!(statuses(&told), [201, 409, 200, 409, 200, 409, 204], "{told:?}");
    let detail = told[1]["problem"]["detail"].as_str().unwrap();
    assert_eq!(detail, "world/events is below this section, or the section itself");
    assert_eq!((&told[0]["version"], &told[4]["version"], &told[4]["id"]), (&json!(1), &json!(2), &told[0]["id"]));
    assert_eq!(server.ok("/api/articles?section=asia").column("title"), ["Deep"]);
    let old = server.get("/api/sections/world/events");
    assert_eq!((old.status, old.header("location")), (308, "/api/sections/asia/events"));
}

fn authors_become_one_in_a_line(server) {
    server.article(Article::new("First").author("Ada Night"));
    let key = server.key(Role::Editor);
    let merge = |into: &str| json!({"op": "merge", "type": "author", "id": "ada-night", "data": {"into": into}});
    let told = bulk(server, &key, None, &[
        create("author", json!({"name": "Ada Day"})), merge("nobody"), merge("ada-night"), merge("ada-day"),
    ]);
    assert_eq!(statuses(&told), [201, 422, 422, 200], "{told:?}");
    assert_eq!((fault(&told[1]), fault(&told[2]).1), (("/data/into", "unknown_author"), "same_author"));
    assert_eq!(told[3]["id"], told[0]["id"], "the one that is left");
    assert_eq!(server.ok("/api/articles?author=ada-day").column("title"), ["First"]);
    assert_eq!(server.get("/api/authors/ada-night").status, 308);
}

fn what_a_type_has_no_operation_for_is_refused_at_the_operation(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Admin);
    let told = bulk(server, &key, None, &[
        json!({"op": "publish", "type": "tag", "id": "archives"}), json!({"op": "merge", "type": "source", "id": "x", "data": {"into": "y"}}),
        json!({"op": "merge", "id": "first", "data": {"into": "y"}}), json!({"op": "withdraw", "type": "section", "id": "x"}),
        create("edition", json!({"name": "x"})), json!({"op": "create", "type": "paper", "data": {}}),
        json!({"op": "delete", "type": "edition", "id": "no language", "if_match": "*"}),
    ]);
    assert_eq!(statuses(&told), [422; 7]);
    let places: Vec<(&str, &str)> = told.iter().map(fault).collect();
    let op = ("/op", "unknown_operation");
    assert_eq!(places, [op, op, op, op, op, ("/type", "unknown_word"), ("/id", "invalid_language")]);
    let detail = told[0]["problem"]["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "what can be done to one of type tag is create, replace, update, delete");
}

fn deleting_what_others_need_harms_no_other_line(server) {
    server.article(Article::new("First").author("Ada Night").tag("Trains").source("The Gazette").section(&["World"]));
    let key = server.key(Role::Admin);
    let told = bulk(server, &key, None, &[
        create("tag", json!({"name": "Before"})),
        delete("author", "ada-night", "*"), delete("source", "the-gazette", "*"), delete("tag", "trains", "*"),
        delete("section", "world", "*"), delete("edition", "en", "*"),
        create("tag", json!({"name": "After"})),
    ]);
    assert_eq!(statuses(&told), [201, 409, 409, 409, 409, 409, 201], "{told:?}");
    for line in &told[1..6] {
        assert!(line["problem"]["detail"].as_str().unwrap().contains("first"), "{line}");
    }
    for there in ["authors/ada-night", "sources/the-gazette", "tags/trains", "sections/world", "editions/en"] {
        server.ok(&format!("/api/{there}"));
    }
    let listed = server.request("GET", "/api/audit?limit=100").key(&key).send();
    let done: Vec<Value> = listed.json()["data"].as_array().unwrap().iter().map(|deed| deed["operation"].clone()).collect();
    assert_eq!(done, ["create_tag", "create_tag", "create_key"], "what was refused was not done");
}

fn later_lines_use_what_earlier_lines_made(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let article = json!({"lang": "en", "title": "Night", "authors": ["ada-night"], "source": "the-gazette",
        "section": "world/asia", "tags": ["trains"], "status": "published"});
    let lines = [
        create("author", json!({"name": "Ada Night"})), create("source", json!({"name": "The Gazette"})),
        create("section", json!({"lang": "en", "name": "World"})), create("section", json!({"lang": "en", "name": "Asia", "parent": "world"})),
        create("tag", json!({"name": "Trains"})), create("article", article),
        create("author", json!({"name": "Nobody", "slug": 5})), create("article", json!({"lang": "en", "title": "By nobody", "authors": ["nobody"]})),
        line("update", "author", "ada-night", "v1", json!({"name": "Ada Day"})),
    ];
    let told = bulk(server, &key, Some("once"), &lines);
    assert_eq!(statuses(&told), [201, 201, 201, 201, 201, 201, 422, 422, 200], "{told:?}");
    let read = server.ok("/api/articles/night").json()["data"].clone();
    assert_eq!((&read["authors"][0]["name"], &read["section"]["path"], &read["tags"][0]["slug"]),
        (&json!("Ada Day"), &json!("world/asia"), &json!("trains")));
    let again = bulk(server, &key, Some("once"), &lines);
    assert_eq!(statuses(&again), statuses(&told));
    assert!((0..9).filter(|n| *n != 6 && *n != 7).all(|n| again[n]["replayed"] == true && again[n]["id"] == told[n]["id"]));
    assert_eq!(server.ok("/api/tags").column("slug"), ["trains"]);
}

fn roles_and_limits_hold_line_by_line(server) {
    server.article(Article::new("First").section(&["World"]));
    server.article(Article::new("Premier").lang("fr").section(&["Monde"]));
    let author = server.key(Role::Author);
    let told = bulk(server, &author, None, &[
        create("article", json!({"lang": "en", "title": "Mine"})),
        create("author", json!({"name": "Ada"})), create("source", json!({"name": "Gazette"})),
        create("section", json!({"lang": "en", "name": "Asia"})), line("update", "section", "world", "*", json!({"name": "x"})),
        create("tag", json!({"name": "Mine"})), delete("tag", "mine", "*"),
        line("update", "article", "mine", "v1", json!({"tags": ["Mine"]})),
        json!({"op": "replace", "type": "edition", "id": "de", "data": {}}),
    ]);
    assert_eq!(statuses(&told), [201, 403, 403, 403, 403, 201, 403, 200, 403], "{told:?}");
    let french = Limits { langs: vec![lang("fr")], ..Limits::default() };
    let (key, _) = server.key_within(Role::Admin, french);
    let told = bulk(server, &key, None, &[
        create("section", json!({"lang": "fr", "name": "Asie", "parent": "monde"})), create("section", json!({"lang": "en", "name": "Asia"})),
        line("update", "section", "world", "*", json!({"name": "x"})), line("update", "section", "monde", "*", json!({"name": "x"})),
        line("update", "edition", "fr", "*", json!({"home_label": "Ici"})), line("update", "edition", "en", "*", json!({"home_label": "Here"})),
        json!({"op": "replace", "type": "edition", "id": "de", "data": {}}),
        create("tag", json!({"name": "Trains"})), create("author", json!({"name": "Ada"})), create("source", json!({"name": "Gazette"})),
        create("article", json!({"lang": "fr", "title": "Second"})), create("article", json!({"lang": "en", "title": "Second"})),
    ]);
    assert_eq!(statuses(&told), [201, 403, 403, 200, 200, 403, 403, 403, 403, 403, 201, 403], "{told:?}");
}
}

#[test]
fn a_patch_leaves_a_body_alone_that_it_does_not_name() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let body = json!({"format": "html", "content": "<p>One</p><script>x</script>"});
    let patch = |tag: &str, data: Value| line("update", "article", "long", tag, data);
    let told = bulk(
        &server,
        &key,
        None,
        &[
            create(
                "article",
                json!({"lang": "en", "title": "Long", "body": body}),
            ),
            patch("v1", json!({"title": "Longer"})),
            patch("v2", json!({"body": {}})),
            patch("v2", json!({"body": {"content": "<p>Two</p><script>"}})),
            patch("v3", json!({"body": {"content": 5}, "titel": "x"})),
            patch("v2", json!({"body": {"content": 5}})),
            patch("v3", json!({"body": null})),
        ],
    );
    assert_eq!(
        statuses(&told),
        [201, 200, 200, 200, 422, 412, 200],
        "{told:?}"
    );
    let versions: Vec<i64> = told.iter().filter_map(|l| l["version"].as_i64()).collect();
    assert_eq!(versions, [1, 2, 2, 3, 4]);
    assert_eq!(
        told[4]["problem"]["errors"].as_array().map(Vec::len),
        Some(2)
    );
    let version = |n: i64| {
        let target = format!("/api/articles/long/revisions/{n}");
        let read = server.request("GET", &target).key(&key).send().json();
        read["data"]["body"]["content"].clone()
    };
    let bodies = [version(1), version(2), version(3)];
    assert_eq!(bodies, ["<p>One</p>", "<p>One</p>", "<p>Two</p>"]);
}
