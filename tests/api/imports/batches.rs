//! Records that are written together: each comes out as it does alone, and one that is refused leaves nothing behind.

use std::collections::HashMap;

use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::record;
use crate::consistency::assert_consistent;
use crate::harness::TestServer;

fn own(n: u32) -> String {
    format!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a{n:02}")
}

/// A record of everything that an article is filed under.
fn filed(n: u32, title: &str) -> Value {
    let mut filed = record(&own(n), title);
    filed["authors"] = json!(["Ann Lee"]);
    filed["source"] = json!("Gazette");
    filed["section_path"] = json!(["World"]);
    filed["tags"] = json!(["bridges"]);
    filed
}

fn with(mut record: Value, fields: &Value) -> Value {
    let fields = fields.as_object().unwrap().clone();
    record.as_object_mut().unwrap().extend(fields);
    record
}

/// Records that depend on those before them: by their slug, their work, their identity, an old address or a tag.
fn entangled() -> Vec<Value> {
    vec![
        filed(1, "Market report"),
        with(
            filed(2, "Market report"),
            &json!({"translation_key": "market"}),
        ),
        with(
            filed(3, "Le marché"),
            &json!({"lang": "fr", "translation_key": "market"}),
        ),
        with(filed(4, "Number two"), &json!({"slug": "market-report-2"})),
        with(filed(5, "Written oddly"), &json!({"slug": "old:address"})),
        with(filed(6, "Old address"), &json!({"slug": "old-address"})),
        with(
            filed(7, "Market report"),
            &json!({"old_urls": ["https://a.example/7"], "old_slugs": ["seventh"]}),
        ),
        with(filed(8, "Eighth"), &json!({"slug": "seventh"})),
        json!({"type": "redirect", "lang": "en", "slug": "ninth", "article": own(1)}),
        with(filed(9, "Ninth"), &json!({"authors": []})),
        with(
            filed(2, "Market report, corrected"),
            &json!({"translation_key": "market", "tags": []}),
        ),
        with(filed(1, "Market report"), &json!({"lang": "fr"})),
        json!({"type": "tag", "slug": "bridges", "name": "Bridges"}),
        with(
            filed(10, "标题"),
            &json!({"lang": "zh-Hans", "translation_key": "market"}),
        ),
        with(
            filed(3, "Le marché"),
            &json!({"lang": "fr", "status": "draft"}),
        ),
        filed(11, "Market report"),
    ]
}

/// An export whose identities are told apart by the order in which they come, since no two databases have the same.
fn comparable(export: &str) -> String {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let words = export.split('"').map(|word| match Id::parse(word) {
        Ok(_) => {
            let next = known.len();
            format!("#{}", known.entry(word).or_insert(next))
        }
        Err(_) => word.to_owned(),
    });
    words.collect::<Vec<_>>().join("\"")
}

api_test! {
    fn records_of_one_batch_come_out_as_those_of_many(server) {
        let alone = TestServer::on_sqlite();
        for record in entangled() {
            alone.import(&[record]);
        }
        let told = server.import(&entangled());
        assert_eq!(told.created(), 12, "{:?}", told.lines);
        assert_eq!(comparable(&server.exported()), comparable(&alone.exported()));
        for target in ["/api/articles?count=exact", "/api/articles?tag=bridges&count=exact", "/api/articles?lang=fr,en&author=ann-lee&count=exact"] {
            let total = |server: &TestServer| server.ok(target).json()["meta"]["total"].clone();
            assert_eq!(total(server), total(&alone), "{target}");
        }
        assert_consistent(&server.database);
        assert_consistent(&alone.database);
        let again = server.import(&entangled()[8..10]);
        assert_eq!((again.created(), again.updated()), (0, 0));
    }

    fn a_record_that_is_refused_within_a_batch_leaves_nothing_behind(server) {
        let bad = [
            json!({"type": "section", "lang": "en", "path": "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v"}),
            json!({"type": "revision", "article": own(1), "version": 7}),
            json!({"type": "redirect", "lang": "en", "slug": "x", "article": own(99)}),
        ];
        let told = server.import(&[
            filed(1, "First"),
            bad[0].clone(),
            filed(3, "First"),
            bad[1].clone(),
            bad[2].clone(),
            filed(4, "Last"),
        ]);
        let refused: Vec<u64> = told.verdicts().into_iter().filter(|(_, outcome, _)| *outcome == "refused").map(|(line, ..)| line).collect();
        assert_eq!(refused, [2, 4, 5]);
        assert_eq!(told.created(), 3);
        assert_eq!(server.titles(), ["First", "First", "Last"]);
        let sections = server.exported().lines().filter(|line| line.contains(r#""type":"section""#)).count();
        assert_eq!(sections, 1);
        assert_eq!(server.article_at("first-2")["id"], own(3));
        assert_consistent(&server.database);
        let seq = server.latest_change();
        server.import(&[filed(1, "First"), filed(3, "First"), filed(4, "Last")]);
        assert_eq!(server.latest_change(), seq);
    }
}
