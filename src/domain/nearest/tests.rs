//! Tests of the nearest valid name.

use super::*;

const PARAMETERS: [&str; 22] = [
    "lang",
    "status",
    "section",
    "author",
    "editor",
    "translator",
    "source",
    "tag",
    "id",
    "published_from",
    "published_to",
    "updated_from",
    "updated_to",
    "sort",
    "fields",
    "include",
    "body",
    "format",
    "limit",
    "cursor",
    "page",
    "count",
];

fn of_articles(given: &str) -> Option<&'static str> {
    nearest(given, PARAMETERS.into_iter())
}

#[test]
fn names_of_other_apis_are_known() {
    let all = [
        ("lang", "locale language Lang LOCALE hl"),
        (
            "limit",
            "per_page page_size size perPage per-page page[size] page[limit] pageSize pagination[pageSize] first take",
        ),
        (
            "sort",
            "order orderby order_by orderBy ordering sortBy sort[0]",
        ),
        (
            "section",
            "category categories filter[section] filters[section][$eq] filter[category] where[section]",
        ),
        ("id", "ids _id"),
        (
            "cursor",
            "offset after before page[cursor] page[after] starting_after pageToken",
        ),
        ("page", "page[number] paged pages p"),
        ("include", "expand embed populate _embed"),
        ("fields", "select _fields fields[articles] field"),
        (
            "published_from",
            "from since published_after published_at_gte published_at[gte] filter[published_at][gte] date_from",
        ),
        (
            "published_to",
            "to until published_before published_at[$lte]",
        ),
        ("updated_from", "modified_after updated_since"),
        ("author", "authors by filter[author] author_id"),
        ("tag", "tags tag[] tagz labels"),
        ("status", "state"),
        ("tag", "tags[]"),
        ("author", "authors[]"),
        ("fields", "show-fields"),
        ("count", "include_count"),
        ("id", "slug"),
        ("limit", "last"),
        ("section", "path"),
        ("published_from", "publishedAt"),
    ];
    for (ours, names) in all {
        for name in names.split(' ') {
            assert_eq!(of_articles(name), Some(ours), "{name}");
        }
    }
}

#[test]
fn slips_of_two_letters_are_looked_through_and_no_more() {
    for (given, meant) in [
        ("sotr", "sort"),
        ("limti", "limit"),
        ("lagn", "lang"),
        ("pubished_from", "published_from"),
        ("tga", "tag"),
        ("soruce", "source"),
        ("incldue", "include"),
        ("lag", "lang"),
        ("statsu", "status"),
    ] {
        assert_eq!(of_articles(given), Some(meant), "{given}");
    }
    for given in [
        "q",
        "x",
        "",
        "xy",
        "zzz",
        "constructor",
        "utm_source",
        "callback",
        "中国",
        "\u{1f600}",
        "search",
        "query",
        "s",
        "where",
        "title",
        "exclude",
        "type",
    ] {
        assert_eq!(of_articles(given), None, "{given}");
    }
}

#[test]
fn a_name_is_only_offered_where_it_is_valid() {
    assert_eq!(nearest("search", ["q", "lang"].into_iter()), Some("q"));
    assert_eq!(nearest("per_page", ["lang"].into_iter()), None);
    assert_eq!(nearest("since", ["from", "to"].into_iter()), Some("from"));
    assert_eq!(
        hint("parameter", "q", &["lang", "tree"]),
        "there are lang, tree"
    );
    assert_eq!(hint("parameter", "q", &[]), "there is no parameter here");
    assert_eq!(
        hint("parameter", "locale", &["lang"]),
        "lang is the nearest"
    );
}

#[test]
fn values_are_known_too() {
    let sorts = [
        "published_at",
        "-published_at",
        "updated_at",
        "-updated_at",
        "title",
        "-title",
    ];
    for (given, meant) in [
        ("date", "published_at"),
        ("-date", "-published_at"),
        ("newest", "-published_at"),
        ("modified:desc", "-updated_at"),
        ("+title", "title"),
        ("title:desc", "-title"),
        ("-publishedAt", "-published_at"),
        ("titel", "title"),
    ] {
        assert_eq!(nearest(given, sorts.into_iter()), Some(meant), "{given}");
    }
    let statuses = ["draft", "scheduled", "published", "withdrawn"];
    assert_eq!(nearest("publish", statuses.into_iter()), Some("published"));
    assert_eq!(nearest("future", statuses.into_iter()), Some("scheduled"));
}

#[test]
fn a_long_name_costs_nothing() {
    assert_eq!(of_articles(&"x".repeat(100_000)), None);
}
