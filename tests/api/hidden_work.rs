//! Work on what is not public moves nothing that the public sees: no number, cursor, validator, metric, name or address.
//! And entries of the change log are written only where somebody's view has changed.

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::{Notice, NoticeKind, Status};
use masthead::domain::id::Id;
use masthead::service::schedule;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::database::Database;
use super::harness::TestServer;
use super::receiver::Receiver;
use super::webhooks::content;

fn send(server: &TestServer, key: &str, method: &str, target: &str, content: &Value) -> Response {
    let request = server.request(method, target).key(key).if_match("*");
    let answer = request.json(content).send();
    assert!(answer.status < 300, "{method} {target}: {}", answer.text());
    server.refresh();
    answer
}

/// All that a stranger can watch: bodies and validators of public addresses, without what counts the stranger's own requests.
fn watched(server: &TestServer) -> Vec<(String, String, String, String)> {
    let paths = [
        "/api/articles",
        "/api/articles?count=exact",
        "/api/changes",
        "/api/authors",
        "/api/sources",
        "/api/tags",
        "/api/sections?lang=en&include=article_count",
        "/feeds/en/atom.xml",
        "/sitemap.xml",
    ];
    let mut seen: Vec<_> = paths
        .iter()
        .map(|path| {
            let answer = server.ok(path);
            let field = |name: &str| answer.header(name).to_owned();
            (
                (*path).to_owned(),
                answer.text().to_owned(),
                field("etag"),
                field("last-modified"),
            )
        })
        .collect();
    let numbers = server.ok("/metrics");
    let seq = numbers.text().lines().filter(|line| {
        line.starts_with("masthead_change_seq")
            || ["POST", "PATCH", "DELETE"]
                .iter()
                .any(|method| line.contains(method))
    });
    let seq: Vec<&str> = seq.collect();
    seen.push((
        "/metrics".to_owned(),
        seq.join("\n"),
        String::new(),
        String::new(),
    ));
    seen
}

/// The next answer to a copy that is at the end.
fn at_the_end(server: &TestServer) -> (String, Value) {
    let page = server.ok("/api/changes?limit=100").json();
    let cursor = page["meta"]["next_cursor"].as_str().unwrap().to_owned();
    (cursor, page)
}

/// Each article with the number of entries about it since an entry of the log.
fn entries_since(server: &TestServer, seq: i64) -> Vec<String> {
    Database::open(&server.database).texts(&format!(
        "SELECT id AS t FROM changes WHERE seq > {seq} AND kind = 'article' ORDER BY seq"
    ))
}

fn end(server: &TestServer) -> i64 {
    server
        .app
        .store
        .read(masthead::store::changes::latest_seq)
        .unwrap()
}

api_test! {
    fn drafts_and_what_only_they_show_move_nothing_public(server) {
        let editor = server.key(Role::Editor);
        server.article(Article::new("Public").author("Ada").tag("News").source("Gazette").section(&["World"]));
        let (cursor, _) = at_the_end(server);
        let before = watched(server);
        server.pass(3_600);
        let author = send(server, &editor, "POST", "/api/authors", &json!({"name": "Nobody Yet"})).json();
        let source = send(server, &editor, "POST", "/api/sources", &json!({"name": "Unseen"})).json();
        let draft = json!({"lang": "en", "title": "Working title", "tags": ["Secret matter"],
            "authors": [author["data"]["id"]], "source": source["data"]["id"], "section": "world"});
        let draft = send(server, &editor, "POST", "/api/articles", &draft).json();
        let target = format!("/api/articles/{}", draft["data"]["id"].as_str().unwrap());
        send(server, &editor, "PATCH", &target, &json!({"title": "Another"}));
        send(server, &editor, "PATCH", "/api/authors/nobody-yet", &json!({"name": "Nobody"}));
        send(server, &editor, "PATCH", "/api/tags/secret-matter", &json!({"name": "Matter"}));
        assert_eq!(watched(server), before);
        let later = server.ok(&format!("/api/changes?since={cursor}")).json();
        assert_eq!(later["meta"]["next_cursor"], json!(cursor));
    }

    fn names_that_no_one_saw_go_unseen_and_others_do_not(server) {
        let admin = server.key(Role::Admin);
        server.article(Article::new("Public").author("Ada").tag("News"));
        let once = server.article(Article::new("Once").tag("Seen once"));
        send(server, &admin, "PATCH", &format!("/api/articles/{once}"), &json!({"tags": []}));
        let make = |kind: &str, name: &str| {
            let made = send(server, &admin, "POST", &format!("/api/{kind}"), &json!({"name": name})).json();
            made["data"]["links"]["self"].as_str().unwrap().to_owned()
        };
        let before = watched(server);
        server.pass(3_600);
        let (tag, source) = (make("tags", "Unseen"), make("sources", "Unseen"));
        let (one, other, third) = (make("authors", "One"), make("authors", "Other"), make("authors", "Third"));
        let draft = json!({"lang": "en", "title": "Draft", "authors": [third.rsplit('/').next().unwrap()]});
        send(server, &admin, "POST", "/api/articles", &draft);
        for merged in [&other, &third] {
            let into = json!({"into": one.rsplit('/').next().unwrap()});
            send(server, &admin, "POST", &format!("{merged}/merge"), &into);
        }
        for gone in [&tag, &source] {
            send(server, &admin, "DELETE", gone, &Value::Null);
        }
        assert_eq!(watched(server), before);
        send(server, &admin, "DELETE", "/api/tags/seen-once", &Value::Null);
        assert_ne!(watched(server), before, "whoever has copied the tag drops it");
    }

    fn a_draft_leaves_the_public_cache_as_it_is(server) {
        server.article(Article::new("Public"));
        let editor = server.key(Role::Editor);
        let hits = || {
            let numbers = server.ok("/metrics").text().to_owned();
            let line = numbers.lines().find(|line| line.contains("result=\"hit\"")).map(str::to_owned);
            line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        };
        server.ok("/api/articles");
        send(server, &editor, "POST", "/api/articles", &json!({"lang": "en", "title": "Draft"}));
        let before = hits();
        server.ok("/api/articles");
        assert_eq!(hits(), before + 1);
        send(server, &editor, "POST", "/api/articles", &json!({"lang": "en", "title": "Out", "status": "published"}));
        assert_eq!(server.ok("/api/articles").column("title"), ["Out", "Public"]);
    }

    fn administrators_see_the_numbers_of_keys_too(server) {
        server.edition("en", "UTC");
        let (admin, editor) = (server.key(Role::Admin), server.key(Role::Editor));
        send(server, &editor, "POST", "/api/articles", &json!({"lang": "en", "title": "Draft"}));
        let posts = |key: Option<&str>| {
            let request = server.request("GET", "/metrics");
            let answer = match key {
                Some(key) => request.key(key).send(),
                None => request.send(),
            };
            answer.text().contains("method=\"POST\"")
        };
        assert_eq!([posts(None), posts(Some(&editor)), posts(Some(&admin))], [false, false, true]);
    }

    fn a_working_title_s_slug_leads_the_public_nowhere_and_one_that_was_shown_does(server) {
        server.edition("en", "UTC");
        let editor = server.key(Role::Editor);
        let draft = send(server, &editor, "POST", "/api/articles", &json!({"lang": "en", "title": "Merger of A and B"})).json();
        let target = format!("/api/articles/{}", draft["data"]["id"].as_str().unwrap());
        send(server, &editor, "PATCH", &target, &json!({"slug": "announcement"}));
        send(server, &editor, "POST", &format!("{target}/publish"), &json!({}));
        assert_eq!(server.get("/api/articles/merger-of-a-and-b").status, 404);
        let by_key = server.request("GET", "/api/articles/merger-of-a-and-b").key(&editor).send();
        assert_eq!(by_key.status, 308, "the desk finds it by its working title");
        send(server, &editor, "PATCH", &target, &json!({"slug": "final"}));
        assert_eq!(server.get("/api/articles/announcement").status, 308);
        send(server, &editor, "POST", &format!("{target}/unpublish"), &json!({}));
        send(server, &editor, "PATCH", &target, &json!({"slug": "secret-again"}));
        send(server, &editor, "PATCH", &target, &json!({"slug": "final-2"}));
        send(server, &editor, "POST", &format!("{target}/publish"), &json!({}));
        assert_eq!(server.get("/api/articles/secret-again").status, 404);
        assert_eq!(server.get("/api/articles/final").status, 308);
        let author = send(server, &editor, "POST", "/api/authors", &json!({"name": "Pen Name"})).json();
        let author = author["data"]["id"].as_str().unwrap().to_owned();
        send(server, &editor, "PATCH", "/api/authors/pen-name", &json!({"slug": "real-name"}));
        send(server, &editor, "PATCH", &target, &json!({"authors": [author]}));
        assert_eq!(server.ok("/api/authors/real-name").status, 200);
        assert_eq!(server.get("/api/authors/pen-name").status, 404);
        assert_eq!(server.ok("/api/articles?author=pen-name").column("id").len(), 0);
        send(server, &editor, "PATCH", "/api/authors/real-name", &json!({"slug": "newer-name"}));
        assert_eq!(server.get("/api/authors/real-name").status, 308);
    }

    fn names_that_hidden_drafts_have_are_free_to_authors(server) {
        for lang in ["en", "fr", "zh"] {
            server.edition(lang, "UTC");
        }
        let editor = server.key(Role::Editor);
        let (author, _) = server.key_within(Role::Author, Limits::default());
        let hidden = send(server, &editor, "POST", "/api/articles", &json!({"lang": "en", "title": "The Merger"})).json();
        let own = send(server, &author, "POST", "/api/articles", &json!({"lang": "en", "title": "The Merger"})).json();
        assert_eq!((&own["data"]["slug"], &hidden["data"]["slug"]), (&json!("the-merger"), &json!("the-merger")));
        let twice = send(server, &author, "POST", "/api/articles", &json!({"lang": "en", "title": "The Merger"})).json();
        assert_eq!(twice["data"]["slug"], "the-merger-2", "its own drafts it knows");
        let path = |article: &Value| format!("/api/articles/{}", article["data"]["id"].as_str().unwrap());
        let first = send(server, &editor, "POST", &format!("{}/publish", path(&own)), &json!({})).json();
        assert_eq!(first["data"]["slug"], "the-merger");
        let second = send(server, &editor, "POST", &format!("{}/publish", path(&hidden)), &json!({})).json();
        assert_eq!(second["data"]["slug"], "the-merger-3");
        assert_eq!(server.ok("/api/articles/the-merger").json()["data"]["id"], own["data"]["id"]);

        let work = server.article(Article::new("Work"));
        let place = json!({"lang": "fr", "title": "Œuvre", "translation_of": work});
        let hidden = send(server, &editor, "POST", "/api/articles", &place).json();
        let own = send(server, &author, "POST", "/api/articles", &place).json();
        send(server, &editor, "POST", &format!("{}/publish", path(&own)), &json!({}));
        let late = server.request("POST", &format!("{}/publish", path(&hidden))).key(&editor).json(&json!({})).send();
        assert_eq!(late.status, 409, "{}", late.text());
        let third = server.request("POST", "/api/articles").key(&author).json(&place).send();
        assert_eq!(third.status, 409, "the published one holds the place");
        let unknown = json!({"lang": "zh", "title": "X", "translation_of": hidden["data"]["id"]});
        let nothing = json!({"lang": "zh", "title": "X", "translation_of": "018a0000-0001-7000-8000-000000000001"});
        let answers = [unknown, nothing].map(|content| {
            let answer = server.request("POST", "/api/articles").key(&author).json(&content).send();
            (answer.status, answer.json()["errors"][0]["code"].clone())
        });
        assert_eq!(answers[0], answers[1], "a hidden draft is as unknown as one that is not there");
    }

    fn articles_are_told_of_only_what_they_show(server) {
        let editor = server.key(Role::Editor);
        let id = server.article(Article::new("One").author("Ada").tag("News").source("Gazette").section(&["World"]));
        let work = server.work_of(id);
        let other = server.article(Article::new("Un").lang("fr").of_work(work));
        let told = |content: &Value, target: &str| {
            let before = end(server);
            send(server, &editor, "PATCH", target, content);
            entries_since(server, before)
        };
        let none: [String; 0] = [];
        assert_eq!(told(&json!({"bio": "Writes."}), "/api/authors/ada"), none);
        assert_eq!(told(&json!({"affiliation": "The Desk", "url": "https://example.org/ada"}), "/api/authors/ada"), none);
        assert_eq!(told(&json!({"kind": "newspaper"}), "/api/sources/gazette"), none);
        assert_eq!(told(&json!({"position": 7, "description": "All of it"}), "/api/sections/world?lang=en"), none);
        let article = format!("/api/articles/{id}");
        assert_eq!(told(&json!({"summary": "Short"}), &article), [id.to_string()]);
        assert_eq!(told(&json!({"title": "Won"}), &article), [id.to_string(), other.to_string()]);
        assert_eq!(told(&json!({"name": "Ada B."}), "/api/authors/ada"), [id.to_string()]);
        assert_eq!(told(&json!({"name": "WORLD"}), "/api/sections/world?lang=en"), [id.to_string()]);
        assert_eq!(told(&json!({"url": "https://gazette.example"}), "/api/sources/gazette"), [id.to_string()]);
        assert_eq!(told(&json!({"name": "Latest"}), "/api/tags/news"), [id.to_string()]);
        server.article(Article::new("Entwurf").lang("de").of_work(work).status(Status::Draft));
        let before = end(server);
        server.unpublish(other);
        assert_eq!(entries_since(server, before), [other.to_string(), id.to_string()]);
    }

    fn a_correction_stays_one_when_the_log_has_forgotten_the_publication(server) {
        let receiver = Receiver::start();
        let id = server.article(Article::new("Published long ago"));
        let updated = server.article(Article::new("Also long ago"));
        let hook = server.webhook(content(&receiver));
        let off = |enabled: bool| {
            let admin = server.key(Role::Admin);
            send(server, &admin, "PATCH", &format!("/api/webhooks/{}", hook.id), &json!({"enabled": enabled}));
        };
        off(false);
        server.pass(60);
        server.change(id, |content| content.details.notices.push(correction(server)));
        server.change(updated, |content| content.title = "Changed".to_owned());
        let new = server.article(Article::new("New meanwhile"));
        server.change(new, |content| content.details.notices.push(correction(server)));
        server.pass(9 * 86_400);
        server.article(Article::new("Makes the log go on"));
        let mut after = Some(0);
        while let Some(from) = after {
            after = schedule::compact_log(&server.app.store, &server.app.clock, from).unwrap();
        }
        let mut database = Database::open(&server.database);
        assert_eq!(database.count(&format!("changes WHERE id = '{id}'")), 1, "the publication is forgotten");
        off(true);
        let kind = |wanted: Id| {
            let messages = receiver.wait_for(4);
            let own = messages.iter().find(|message| message.json()["data"]["id"] == wanted.to_string());
            own.unwrap().kind()
        };
        assert_eq!(kind(id), "article.corrected");
        assert_eq!(kind(updated), "article.updated");
        assert_eq!(kind(new), "article.published");
    }
}

fn correction(server: &TestServer) -> Notice {
    let at = server.now();
    Notice {
        id: Id::new(at),
        kind: NoticeKind::Correction,
        text: "The date was wrong.".to_owned(),
        at,
    }
}
