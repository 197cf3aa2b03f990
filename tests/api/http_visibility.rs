//! Visibility: the public sees published articles, a key sees what its role opens.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;

use super::builders::Article;

api_test! {
    fn what_is_not_public_does_not_exist_for_the_public_on_any_route(server) {
        let later = Timestamp::from_millis(super::harness::START + 3_600_000);
        let hidden = [
            server.article(Article::new("Secret draft").status(Status::Draft).author("Hidden Hand").tag("hush").source("Leak")),
            server.article(Article::new("Secret plan").status(Status::Scheduled).author("Hidden Hand").tag("hush")),
            server.article(Article::new("Secret embargo").embargo_until(later).author("Hidden Hand").tag("hush")),
        ];
        let shown = server.article(Article::new("Open").tag("news"));
        let gone = server.article(Article::new("Secret past").author("Hidden Hand"));
        server.withdraw(gone);
        let mut paths: Vec<String> = [
            "/api/articles?count=exact&include=related,body", "/api/articles?lang=en", "/api/articles?tag=hush&count=exact",
            "/api/articles?author=hidden-hand", "/api/authors?include=article_count", "/api/tags?count=exact",
            "/api/sources", "/api/sections?include=article_count", "/metrics", "/api/articles?sort=title&page=1",
        ].map(str::to_owned).to_vec();
        paths.push(format!("/api/articles/{shown}?include=related"));
        paths.push(format!("/api/articles/{shown}/related"));
        paths.push(format!("/api/articles?id={},{shown}", hidden[0]));
        for path in paths {
            let answer = server.ok(&path);
            for word in ["Secret", "Hidden", "hush", "Leak"] {
                assert!(!answer.text().replace(&path, "").contains(&format!("\"{word}")), "{path}: {}", answer.text());
            }
        }
        for id in hidden {
            for path in [format!("/api/articles/{id}"), format!("/api/articles/{id}/related"), format!("/api/resolve?url=/api/articles/{id}")] {
                assert_eq!(server.get(&path).problem(), "not_found");
            }
        }
        for path in ["/api/articles/secret-draft", "/api/authors/hidden-hand", "/api/tags/hush", "/api/sources/leak"] {
            assert_eq!(server.get(path).status, 404, "{path}");
        }
    }

    fn a_hidden_article_does_not_lead_to_its_translations(server) {
        let shown = server.article(Article::new("Ouvert").lang("fr"));
        let hidden = server.article(Article::new("Secret").status(Status::Draft).of_work(server.work_of(shown)));
        for query in ["", "?lang=fr", "?lang=en,fr"] {
            assert_eq!(server.get(&format!("/api/articles/{hidden}{query}")).problem(), "not_found", "{query}");
        }
        assert_eq!(server.ok(&format!("/api/articles/{shown}?lang=en,fr")).json()["data"]["title"], "Ouvert");
    }

    fn a_status_needs_a_key_that_may_see_it(server) {
        server.article(Article::new("Draft").status(Status::Draft));
        server.article(Article::new("Open"));
        let ask = |role: Option<Role>| {
            let request = server.request("GET", "/api/articles?status=draft,published&sort=title");
            match role {
                Some(role) => request.key(&server.key(role)).send(),
                None => request.send(),
            }
        };
        let refused = ask(None);
        assert_eq!((refused.status, refused.problem().as_str()), (401, "key_required"));
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(ask(Some(Role::Partner)).problem(), "forbidden");
        let seen = ask(Some(Role::Editor));
        assert_eq!(seen.column("title"), ["Draft", "Open"]);
        assert_eq!(seen.header("cache-control"), "private, no-store");
        assert_eq!(server.ok("/api/articles?status=published").column("title"), ["Open"]);
    }

    fn a_bad_key_is_refused_even_where_none_is_needed(server) {
        for value in ["Bearer mh_nothing", "Bearer", "Basic YTpi", "mh_x", "Bearer a b"] {
            let refused = server.request("GET", "/api/articles").header("authorization", value).send();
            assert_eq!((refused.status, refused.problem().as_str()), (401, "invalid_key"), "{value}");
        }
        let key = server.key(Role::Admin);
        assert_eq!(server.request("GET", "/api/articles").key(&key).send().status, 200);
    }

    fn what_a_key_saw_is_never_given_to_the_public(server) {
        let id = server.article(Article::new("Draft").status(Status::Draft));
        let path = format!("/api/articles/{id}");
        let key = server.key(Role::Admin);
        for _ in 0..2 {
            assert_eq!(server.request("GET", &path).key(&key).send().status, 200);
            assert_eq!(server.get(&path).status, 404);
        }
    }
}
