//! The fields of an item of an export beside the expected ones.

use serde_json::Value;

use super::table::{Table, blocks, f1, folded, instant, names, plain, strings};
use crate::domain::article::Status;
use crate::import::record::ArticleRecord;

#[expect(clippy::too_many_lines, reason = "a row of the table for each field")]
pub(super) fn compare(table: &mut Table, item: &Value, article: &ArticleRecord) {
    let at = |found: String, wanted: String| {
        format!(
            "{:?}: {found} for {wanted}",
            article.title.chars().take(40).collect::<String>()
        )
    };
    let text = |name: &str| item[name].as_str().filter(|text| !text.is_empty());
    if let Some(title) = text("title") {
        let accepted = strings(&item["accept_title"]);
        let is_right = std::iter::once(title)
            .chain(accepted.iter().map(String::as_str))
            .any(|title| plain(title) == plain(&article.title));
        table.row("title", is_right, || {
            at(article.title.clone(), title.to_owned())
        });
    }
    if let Some(slug) = text("slug") {
        let own = article
            .slug
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        table.row("slug", own == slug, || at(own.clone(), slug.to_owned()));
    }
    if let Some(lang) = text("lang") {
        let own = article.lang.as_str();
        table.row("lang", own.eq_ignore_ascii_case(lang), || {
            at(own.to_owned(), lang.to_owned())
        });
    }
    if let Some(status) = text("status") {
        let own = article.initial_status();
        table.row("status", own.as_str() == status, || {
            at(own.as_str().to_owned(), status.to_owned())
        });
    }
    if item["take"] == "hidden" {
        let is_hidden = matches!(article.status, Some(Status::Draft | Status::Scheduled))
            || article.published.is_none();
        table.row("hidden", is_hidden, || at("public".into(), "hidden".into()));
    }
    if let Some(date) = text("published").filter(|_| item["published_exact"] != false) {
        let own = instant(article.published);
        let accepted = strings(&item["accept_published"]);
        let is_right = own
            .as_deref()
            .is_some_and(|own| own == date || accepted.iter().any(|date| date == own));
        table.row("published", is_right, || {
            at(format!("{own:?}"), date.to_owned())
        });
    }
    if let Some(date) = text("modified") {
        let own = instant(article.updated);
        table.row("modified", own.as_deref() == Some(date), || {
            at(format!("{own:?}"), date.to_owned())
        });
    }
    if let Value::Array(_) = &item["authors"] {
        let (own, wanted) = (names(&article.authors), strings(&item["authors"]));
        let of_feed = strings(&item["feed_authors"]);
        let is_right = folded(&own) == folded(&wanted)
            || wanted.is_empty()
                && folded(&own)
                    .iter()
                    .all(|name| folded(&of_feed).contains(name));
        table.row("authors", is_right, || {
            at(format!("{own:?}"), format!("{wanted:?}"))
        });
    }
    let paths: Vec<Vec<String>> = item["categories"]
        .as_array()
        .map(|paths| paths.iter().map(strings).collect())
        .unwrap_or_default();
    if !paths.is_empty() {
        let primary = strings(&item["primary"]);
        let is_one = |path: &Vec<String>| folded(path) == folded(&article.section_path);
        let is_right = if primary.is_empty() {
            paths.iter().any(is_one)
        } else {
            paths.iter().any(is_one)
                && folded(&article.section_path).last() == folded(&primary).last()
        };
        table.row("section", is_right, || {
            at(
                format!("{:?}", article.section_path),
                format!("{paths:?} {primary:?}"),
            )
        });
    }
    if let Value::Array(_) = &item["tags"] {
        let (own, wanted) = (
            folded(&names(&article.tags)),
            folded(&strings(&item["tags"])),
        );
        let others: Vec<String> = folded(&[paths.concat(), strings(&item["accept_tags"])].concat());
        let has_all = wanted.iter().all(|tag| own.contains(tag));
        let no_more = own
            .iter()
            .all(|tag| wanted.contains(tag) || others.contains(tag));
        table.row("tags", has_all && no_more, || {
            at(format!("{own:?}"), format!("{wanted:?}"))
        });
    }
    if let Some(summary) = text("summary") {
        let own = article.summary.clone().unwrap_or_default();
        table.row(
            "summary",
            plain(&own).replace(' ', "") == plain(summary).replace(' ', ""),
            || at(own.clone(), summary.to_owned()),
        );
    }
    if let Some(image) = item["image"].as_object() {
        let own = article.media.first().cloned().unwrap_or_default();
        let of = |name: &str| {
            image
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let is_right = article.media.iter().any(|medium| medium.url == of("url"))
            && (of("alt").is_empty()
                || plain(own.alt.as_deref().unwrap_or_default()) == plain(&of("alt")))
            && (of("caption").is_empty()
                || plain(own.caption.as_deref().unwrap_or_default()) == plain(&of("caption")));
        table.row("image", is_right, || {
            at(format!("{own:?}"), format!("{image:?}"))
        });
    }
    for (row, name) in [("link", "link"), ("guid", "guid")] {
        if let Some(link) = text(name).filter(|link| link.starts_with("http")) {
            let own: Vec<&String> = article.url.iter().chain(&article.old_urls).collect();
            table.row(row, own.iter().any(|own| *own == link), || {
                at(format!("{own:?}"), link.to_owned())
            });
        }
    }
    for slug in strings(&item["old_slugs"]) {
        let own: Vec<String> = article.old_slugs.iter().map(ToString::to_string).collect();
        table.row("old_slugs", own.contains(&slug), || {
            at(format!("{own:?}"), slug.clone())
        });
    }
    compare_body(table, &item["body"], article);
}

pub(super) fn compare_body(table: &mut Table, body: &Value, article: &ArticleRecord) {
    let title = article.title.chars().take(40).collect::<String>();
    if let Some(text) = body["text"].as_str() {
        let own = article.body.text();
        let score = f1(text, &own);
        table.score += score;
        table.row("body text", score >= 0.95, || {
            format!(
                "{title:?}: {score:.3}\n        {}\n        {}",
                plain(&own).chars().take(1500).collect::<String>(),
                plain(text).chars().take(1500).collect::<String>()
            )
        });
    }
    if let Some(count) = body["blocks"].as_u64() {
        let own = blocks(&article.body);
        // Boxes and captions are no blocks there, and lists of galleries are.
        let is_parted = own * 3 >= count as usize * 2;
        table.row("body blocks", is_parted, || {
            format!("{title:?}: {own} for {count}")
        });
    }
    for (row, name, attribute) in [
        ("body images", "images", "src=\""),
        ("body links", "links", "href=\""),
    ] {
        let html = article.body.html();
        let is_missing = |address: &String| {
            let escaped = address.replace('&', "&amp;").replace(' ', "%20");
            ![address, &escaped]
                .iter()
                .any(|one| html.contains(&format!("{attribute}{one}\"")))
        };
        let is_emoji = |address: &String| address.contains("/emoji/");
        let addresses: Vec<_> = strings(&body[name])
            .into_iter()
            .filter(|address| !is_emoji(address))
            .collect();
        let missing: Vec<_> = addresses
            .iter()
            .filter(|address| is_missing(address))
            .take(3)
            .collect();
        if !addresses.is_empty() {
            table.row(row, missing.is_empty(), || {
                format!(
                    "{title:?}: {missing:?} are not in {}",
                    html.chars().take(600).collect::<String>()
                )
            });
        }
    }
}
