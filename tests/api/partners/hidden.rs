//! A walk of every documented address, under every contract.

use masthead::domain::access::Limits;
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::time::Timestamp;

use super::id_at;
use crate::builders::{Article, lang};
use crate::harness::TestServer;

api_test! {
    fn nothing_hidden_shows_anywhere_to_the_public_or_under_any_contract(server) {
        let later = Timestamp::from_millis(server.now().millis() + 3_600_000);
        let secret = |title: &str| Article::new(&format!("Secret {title}")).author("Secret Hand").tag("secret-tag").source("Secret Source").section(&["World"]);
        let shown = server.article(Article::new("Open").section(&["World"]).source("Gazette").author("Ann Lee").tag("open"));
        let mut hidden = vec![
            server.article(secret("draft").status(Status::Draft)),
            server.article(secret("plan").status(Status::Scheduled)),
            server.article(secret("embargo").embargo_until(later).of_work(server.work_of(shown)).lang("fr")),
            server.article(secret("past")),
            server.article(secret("mistake")),
        ];
        server.withdraw(hidden[3]);
        server.unpublish(hidden[4]);
        let foreign = |title: &str| Article::new(&format!("Foreign {title}")).author("Foreign Hand").tag("foreign-tag");
        let now = server.now().to_string();
        hidden.push(server.article(foreign("language").lang("zh").section(&["World"]).source("Gazette")));
        hidden.push(server.article(foreign("section").section(&["Sport"]).source("Gazette")));
        hidden.push(server.article(foreign("source").section(&["World"]).source("Foreign Source")));
        hidden.push(server.article(foreign("news").section(&["World"]).source("Gazette").published_at(&now)));
        let world = ["/api/sections/world?lang=en"].map(|target| id_at(server, target)).to_vec();
        let gazette = id_at(server, "/api/sources/gazette");
        let limits = Limits { langs: vec![lang("en"), lang("fr")], sections: world, sources: vec![gazette] };
        let contract = Contract { embargo_offset: 600, ..Contract::default() };
        let readers = [
            (None, vec!["Secret", "secret-"]),
            (Some(server.partner(Limits::default(), Contract::default()).0), vec!["Secret", "secret-"]),
            (Some(server.partner(limits, contract).0), vec!["Secret", "secret-", "Foreign Hand", "Foreign lang", "Foreign sec", "Foreign sou", "Foreign news", "Foreign Source", "foreign-"]),
        ];
        for (key, words) in &readers {
            for target in every_address(server, shown, &hidden) {
                // Sitemaps are for search engines: the same for everybody, and no part of any contract.
                if key.is_some() && target.starts_with("/sitemap") {
                    continue;
                }
                let request = server.request("GET", &target);
                let answer = match key {
                    Some(key) => request.key(key).send(),
                    None => request.send(),
                };
                let text = String::from_utf8_lossy(&answer.body).replace(&target, "");
                let path = target.split('?').next().unwrap();
                let text = text.replace(path, "");
                for word in words {
                    assert!(!text.contains(word), "{word} at {target}: {text}");
                }
            }
        }
    }
}

/// Every address that the service documents, with everything in its path that might open something.
/// The value for a hole of a documented path: whatever names things, where it names one.
fn values_of(hole: &str, names: &[String]) -> Vec<String> {
    let few = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    match hole {
        "lang" => few(&["en", "fr", "zh"]),
        "file" => few(&["rss.xml", "atom.xml", "feed.json"]),
        "version" | "a" | "b" => few(&["1"]),
        _ => names.to_vec(),
    }
}

fn every_address(server: &TestServer, shown: Id, hidden: &[Id]) -> Vec<String> {
    let mut names: Vec<String> = hidden.iter().chain([&shown]).map(Id::to_string).collect();
    names.extend(
        [
            "open",
            "secret-draft",
            "secret-past",
            "secret-hand",
            "secret-tag",
            "secret-source",
            "foreign-hand",
            "foreign-tag",
            "foreign-source",
            "foreign-news",
            "world",
            "sport",
            "en",
            "fr",
            "zh",
        ]
        .map(str::to_owned),
    );
    let mut targets = Vec::new();
    for (path, item) in server.app.document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else {
            continue;
        };
        let answers = &operation["responses"]["200"]["content"];
        if answers.get("text/event-stream").is_some()
            || path == "/openapi.json"
            || path == "/metrics"
        {
            continue;
        }
        let mut filled = vec![path.clone()];
        while let Some(hole) = filled.iter().position(|path| path.contains('{')) {
            let path = filled.swap_remove(hole);
            let (before, rest) = path.split_once('{').unwrap();
            let (hole, after) = rest.split_once('}').unwrap();
            let values = values_of(hole, &names);
            filled.extend(values.iter().map(|name| format!("{before}{name}{after}")));
        }
        targets.extend(filled);
    }
    let wide = [
        "/api/articles?count=exact&include=related,body&limit=100",
        "/api/articles?lang=fr,zh,en&sort=title",
        "/api/articles?tag=secret-tag,foreign-tag",
        "/api/tags?include=article_count&limit=100",
        "/api/changes?limit=100",
    ];
    targets.extend(wide.map(str::to_owned));
    targets.extend(hidden.iter().map(|id| format!("/api/articles?id={id}")));
    targets
}
