//! The fields of records: each is found again, or refused.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::record;

api_test! {
    fn what_has_no_field_is_kept_in_extra_for_keys_that_may_write(server) {
        let odd = json!({"type": "recipe", "difficulty": 3, "steps": [{"say": "stir", "secret": "whisk"}]});
        let mut first = record("a", "A");
        first["odd"] = odd.clone();
        first["source_file"] = json!("content/a.md");
        let mut second = record("b", "B");
        second["source_file"] = json!("content/b.md");
        let told = server.import(&[first, second]);
        let kept: Vec<_> = told.lines.iter().map(|line| (line["outcome"].as_str().unwrap(), line["field"].as_str().unwrap(), line["records"].as_u64().unwrap())).collect();
        assert_eq!(kept, [("kept", "odd", 1), ("kept", "source_file", 2)]);
        for (role, sees) in [(Role::Partner, false), (Role::Author, true), (Role::Editor, true), (Role::Admin, true)] {
            let key = server.key(role);
            for address in ["/api/articles/a", "/api/articles?tag=none&sort=title", "/api/articles?sort=title", "/api/articles/a/related"] {
                let answer = server.with_key(&key, address).to_string();
                assert!(sees || !answer.contains("whisk"), "{role:?} {address}");
            }
            let article = server.with_key(&key, "/api/articles/a")["data"].clone();
            assert_eq!(article["extra"]["odd"], if sees { odd.clone() } else { Value::Null }, "{role:?}");
        }
        assert!(!server.ok("/api/articles/a").text().contains("whisk"));
        assert!(!server.ok("/api/articles?include=body,related").text().contains("content/a.md"));
    }

    fn every_field_of_a_record_ends_where_readers_look_for_it(server) {
        server.edition("en", "America/New_York");
        server.import(&[json!({
            "id": "a", "lang": "en", "title": " The <SRD> & more ", "subtitle": "Sub", "summary": "Sum", "slug": "the-slug", "url": "https://example.org/a",
            "authors": ["Anna  Weber", "Anna Weber", "Bo"], "byline_raw": "By Anna Weber and Bo", "dateline": "PARIS, May 1",
            "contributors": [{"role": "Editor", "name": "Edna"}, {"role": "translator", "name": "Tara"}, {"role": "photographer", "name": "Phil"}],
            "source": "The Wire", "section_path": ["WORLD", "Asia"], "published_at": "2018-03-09 09:00:00", "tags": ["Trade", "trade", "中国"],
            "license": "CC BY 4.0", "original": {"lang": "fr", "title": "Le titre", "url": "https://example.org/fr"}, "image": "https://example.org/a.jpg", "image_alt": "A bridge",
            "notices": [{"kind": "correction", "text": "A name was wrong."}], "body_html": "<p>One</p><script>x</script>", "body_paragraphs": ["One"],
        })]);
        let article = server.article_at("the-slug");
        let names = |field: &str| article[field].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((article["title"].as_str(), article["subtitle"].as_str(), article["summary"].as_str()), (Some("The <SRD> & more"), Some("Sub"), Some("Sum")));
        assert_eq!((names("authors"), names("editors"), names("translators")), (vec!["Anna Weber".to_owned(), "Bo".to_owned()], vec!["Edna".to_owned()], vec!["Tara".to_owned()]));
        assert_eq!(article["credits"], json!([{"role": "photographer", "name": "Phil"}]));
        assert_eq!((article["byline_raw"].as_str(), article["dateline"].as_str()), (Some("By Anna Weber and Bo"), Some("PARIS, May 1")));
        assert_eq!((&article["source"]["name"], &article["section"]["path"]), (&json!("The Wire"), &json!("world/asia")));
        assert_eq!((&article["published_at"], &article["published_on"]), (&json!("2018-03-09T14:00:00Z"), &json!("2018-03-09")));
        assert_eq!((names("tags"), &article["rights"]["licence"]), (vec!["Trade".to_owned(), "中国".to_owned()], &json!("CC BY 4.0")));
        assert_eq!(article["original"], json!({"lang": "fr", "title": "Le titre", "url": "https://example.org/fr"}));
        assert_eq!((&article["media"][0]["url"], &article["media"][0]["alt"]), (&json!("https://example.org/a.jpg"), &json!("A bridge")));
        assert_eq!((&article["notices"][0]["kind"], &article["notices"][0]["at"]), (&json!("correction"), &json!("2025-06-01T12:00:00Z")));
        assert_eq!(article["body"]["content"], "<p>One</p>");
    }

    fn whatever_a_record_holds_it_is_refused_or_found_again(server) {
        let mut records = Vec::new();
        let mut marks = Vec::new();
        for (n, name) in NAMES.into_iter().enumerate() {
            for (shape, (mark, value)) in shapes(n).into_iter().enumerate() {
                let mut record = json!({"id": format!("{n}/{shape}"), "lang": "en", "title": "T", "published_at": "2024-05-01", "body_paragraphs": ["Text"]});
                record[name] = value;
                records.push(record);
                marks.push((name, mark));
            }
        }
        let told = server.import(&records);
        let refused: Vec<u64> = told.verdicts().iter().filter(|(_, outcome, _)| *outcome == "refused").map(|(line, ..)| *line).collect();
        assert!(told.verdicts().iter().all(|(.., code)| *code != "not_stored"), "{:?}", told.lines);
        let export = server.exported();
        let mut lost = Vec::new();
        for (line, (record, (name, mark))) in (1..).zip(records.iter().zip(&marks)) {
            if !refused.contains(&line) && !export.contains(mark) {
                lost.push(format!("{name}: {}", record[*name]));
            }
        }
        assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
        let others: Vec<_> = refused.iter().map(|line| marks[*line as usize - 1].0).filter(|name| NAMES[OURS..].contains(name)).collect();
        assert_eq!(others, Vec::<&str>::new(), "names that are not ours refuse no record");
    }

    fn long_addresses_and_names_are_stored_on_both_databases(server) {
        let varied = |seed: u32, count: u32| (1..=count).map(|n| char::from_u32(0x4e00 + (n * 7_919 + seed * 3_571 + n * n * 31) % 20_000).unwrap()).collect::<String>();
        let mut long = record(&varied(1, 499), "Long");
        long["url"] = json!(format!("https://example.org/{}", varied(2, 650)));
        long["translation_key"] = json!(varied(3, 500));
        long["slug"] = json!(format!("{} ", varied(4, 480)));
        long["authors"] = json!([varied(5, 300)]);
        long["tags"] = json!([varied(6, 299)]);
        long["source"] = json!(varied(7, 298));
        let mut deep = record("deep", "Deep");
        deep["section_path"] = json!((0..20).map(|n| varied(n, 30)).collect::<Vec<_>>());
        let mut too_deep = record("too deep", "Too deep");
        too_deep["section_path"] = json!((0..20).map(|n| varied(n, 200)).collect::<Vec<_>>());
        let told = server.import(&[long.clone(), deep, too_deep]);
        assert_eq!(told.verdicts(), [(1, "altered", "slug_changed"), (3, "altered", "too_long")]);
        let url = percent_encoding::utf8_percent_encode(long["url"].as_str().unwrap(), percent_encoding::NON_ALPHANUMERIC).to_string();
        let resolved = server.get(&format!("/api/resolve?url={url}"));
        assert_eq!(resolved.status, 200, "{}", resolved.text());
        assert_eq!(server.titles(), ["Deep", "Long", "Too deep"]);
    }
}

/// Every name that a line of an article may carry, and some that none of ours do.
const NAMES: [&str; 46] = [
    "id",
    "lang",
    "title",
    "subtitle",
    "summary",
    "slug",
    "url",
    "authors",
    "contributors",
    "byline_raw",
    "source",
    "section_path",
    "published_at",
    "updated",
    "tags",
    "translation_key",
    "body_html",
    "body_markdown",
    "body_paragraphs",
    "status",
    "rights",
    "license",
    "dateline",
    "original",
    "image",
    "image_alt",
    "notices",
    "external_id",
    "publish_at",
    "embargo_until",
    "withdrawn",
    "canonical_url",
    "media",
    "work",
    "version",
    "created_at",
    "updated_at",
    "created_by",
    "extra",
    "body",
    "section",
    "editors",
    "public",
    "word_count",
    "type_of",
    "a/b~c",
];

/// Number of them that are ours alone.
const OURS: usize = 33;

/// Values of every shape, each with a word that is found again if it was kept.
fn shapes(n: usize) -> Vec<(String, Value)> {
    let word = |shape: usize| format!("w{n}x{shape}y");
    let number = 7_000_000_000_000 + n as u64;
    vec![
        (word(0), json!(word(0))),
        (word(1), json!([word(1)])),
        (word(2), json!({"inner": word(2)})),
        (
            word(3),
            json!([{"role": word(3), "name": "Name", "kind": "image", "url": "u", "text": "t"}]),
        ),
        (word(4), json!([[{"deep": [word(4)]}]])),
        (number.to_string(), json!(number)),
        (format!("{number}.5"), json!(number as f64 + 0.5)),
        (word(5), json!(format!("\u{0}\u{7} {}\u{1b}", word(5)))),
        (
            word(6),
            json!({"reason": "legal", "lang": "fr", "licence": word(6), "en": word(6)}),
        ),
        (word(7), json!({word(7): null, "x": false})),
    ]
}
