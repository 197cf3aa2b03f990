//! `lang` on authors, sources, tags and related articles.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::builders::Article;
use super::harness::TestServer;

fn write(server: &TestServer, key: &str, target: &str, content: &Value) -> Value {
    let response = server.request("POST", target).key(key).json(content).send();
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

fn name(server: &TestServer, target: &str) -> String {
    let data = server.ok(target).json()["data"].clone();
    let one = data.get(0).unwrap_or(&data);
    one["name"].as_str().unwrap_or_default().to_owned()
}

api_test! {
fn names_come_in_the_first_language_that_they_are_given_in(server) {
    server.edition("en", "UTC");
    let key = server.key(Role::Admin);
    let names = json!({"fr": "Monde", "zh": "世界"});
    for plural in ["authors", "sources", "tags"] {
        let content = json!({"name": "World", "slug": "world", "names": names});
        write(server, &key, &format!("/api/{plural}"), &content);
    }
    write(server, &key, "/api/articles", &json!({
        "lang": "en", "title": "A", "status": "published",
        "authors": ["world"], "source": "world", "tags": ["world"],
    }));
    for plural in ["authors", "sources", "tags"] {
        for (lang, wanted) in [
            ("", "World"),
            ("?lang=fr", "Monde"),
            ("?lang=FR", "Monde"),
            ("?lang=de,zh,fr", "世界"),
            ("?lang=en,fr", "World"),
            ("?lang=de", "World"),
        ] {
            assert_eq!(name(server, &format!("/api/{plural}{lang}")), wanted, "{plural}{lang}");
            assert_eq!(name(server, &format!("/api/{plural}/world{lang}")), wanted, "{plural}{lang}");
        }
        let wrong = server.get(&format!("/api/{plural}?lang=not_one"));
        assert_eq!(wrong.status, 400, "{}", wrong.text());
    }
}
}

fn titles(server: &TestServer, target: &str) -> Vec<String> {
    let data = server.ok(target).json()["data"].clone();
    let rows = data.as_array().cloned().unwrap_or_default();
    let title = |row: &Value| row["title"].as_str().unwrap_or_default().to_owned();
    rows.iter().map(title).collect()
}

api_test! {
fn related_articles_come_once_in_the_first_language_that_they_are_told_in(server) {
    let own = server.article(Article::new("Own").tag("x"));
    server.article(Article::new("Own en français").lang("fr").tag("x").of_work(server.work_of(own)));
    let both = server.article(Article::new("Both").tag("x"));
    server.article(Article::new("Les deux").lang("fr").of_work(server.work_of(both)));
    server.article(Article::new("English only").tag("x"));
    server.article(Article::new("Seulement en français").lang("fr").tag("x"));
    let related = format!("/api/articles/{own}/related");
    let sorted = |query: &str| {
        let mut found = titles(server, &format!("{related}{query}"));
        found.sort();
        found
    };
    assert_eq!(sorted(""), ["Both", "English only"]);
    assert_eq!(sorted("?lang=fr"), ["Les deux", "Seulement en français"]);
    assert_eq!(sorted("?lang=fr,en"), ["English only", "Les deux", "Seulement en français"]);
    assert_eq!(sorted("?lang=en,fr"), ["Both", "English only", "Seulement en français"]);
    assert_eq!(sorted("?lang=de"), Vec::<String>::new());
    let mut walked = Vec::new();
    let mut next = format!("{related}?lang=fr,en&limit=1");
    loop {
        let page = server.ok(&next).json();
        walked.extend(page["data"][0]["title"].as_str().map(str::to_owned));
        match page["links"]["next"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!(walked, titles(server, &format!("{related}?lang=fr,en")));
}
}
