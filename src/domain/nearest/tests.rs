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

/// Names of an operation's parameters, or of a body's fields, and what other systems call each of them.
const ELSEWHERE: [(&str, &[(&str, &str)]); 13] = [
    (
        "since limit lang section source body",
        &[
            (
                "since",
                "cursor after from next_cursor offset page_token updated_since checkpoint",
            ),
            ("limit", "per_page pageSize count"),
            ("section", "category categories"),
            ("lang", "locale"),
        ],
    ),
    (
        "include lang limit cursor page count fields",
        &[
            ("include", "populate expand"),
            ("cursor", "after offset pagination[start]"),
            ("page", "paged pagination[page]"),
            ("count", "total pagination[withCount] meta aggregate[count]"),
            ("fields", "_fields select"),
        ],
    ),
    (
        "q facets highlight lang status section author tag id published_from published_to updated_from sort limit page cursor",
        &[
            ("q", "search query s filters[title][$contains]"),
            ("facets", "facet aggs aggregations"),
            ("highlight", "highlights"),
            (
                "author",
                "filters[author][slug][$eq] primary_author post_author",
            ),
            ("status", "post_status publicationState filter[status][_eq]"),
            ("id", "documentId slug"),
            ("updated_from", "updatedAt modified_after date_updated"),
            (
                "published_from",
                "publishedAt date post_date date_created filters[publishedAt][$gte]",
            ),
        ],
    ),
    ("url", &[("url", "path uri link permalink")]),
    (
        "lang body preview",
        &[("preview", "token previewToken"), ("body", "html")],
    ),
    (
        "key actor operation kind resource from to",
        &[
            ("key", "user user_id api_key keyId"),
            ("operation", "action event"),
            ("resource", "object_id entity resourceId"),
            ("kind", "resource_type type content_type"),
            ("from", "since date_from"),
            ("to", "until"),
        ],
    ),
    (
        "authors body byline_raw canonical_url credits dateline editors embargo_until lang media notices original publish_at \
         published_at rights section slug source status subtitle summary tags title translation_of translators",
        &[
            ("title", "headline post_title meta_title name"),
            ("slug", "post_name handle"),
            ("body", "html content markdown text"),
            (
                "summary",
                "excerpt custom_excerpt post_excerpt description standfirst",
            ),
            (
                "published_at",
                "publishedAt date date_gmt post_date created_at date_created",
            ),
            ("publish_at", "scheduled_at scheduledFor"),
            ("embargo_until", "embargo embargoed_until"),
            ("status", "state post_status visibility publicationState"),
            ("section", "category categories primary_category"),
            ("tags", "tag keywords hashtags tags_input primary_tag"),
            (
                "authors",
                "author byline primary_author post_author contributors",
            ),
            ("media", "image feature_image featured_media images"),
            (
                "translation_of",
                "translation_key translationOf translation_id translated_from localizations",
            ),
            ("canonical_url", "canonical canonicalUrl original_url"),
            ("lang", "locale language"),
            ("rights", "license copyright"),
            ("notices", "corrections retraction"),
            ("source", "publisher agency"),
        ],
    ),
    (
        "affiliation bio name names slug url",
        &[
            ("name", "title display_name full_name"),
            ("bio", "description biography about"),
            ("affiliation", "organization company"),
            ("url", "website link"),
            ("slug", "handle"),
        ],
    ),
    (
        "description lang name parent position slug translation_of",
        &[
            ("parent", "parent_id parentId"),
            ("position", "order menu_order sort_order"),
            ("name", "title label"),
        ],
    ),
    (
        "contact copyright direction home_label home_path lang name navigation site_name time_zone url_template",
        &[
            ("time_zone", "timezone tz"),
            ("direction", "dir text_direction"),
            ("navigation", "menu nav"),
            ("site_name", "site_title blogname"),
            ("home_path", "home_url"),
            ("url_template", "permalink_structure url_pattern"),
        ],
    ),
    (
        "enabled events include_article langs name partner sections sources url",
        &[
            ("url", "endpoint target_url callback_url"),
            ("events", "event eventTypes"),
            ("enabled", "active is_active status"),
            ("langs", "lang locales"),
            ("name", "label title"),
        ],
    ),
    (
        "contract expires_at langs name role sections sources",
        &[
            ("role", "type permissions scopes"),
            ("expires_at", "expires expiry valid_until"),
            ("name", "label title"),
        ],
    ),
    (
        "data id idempotency_key if_match lang op type",
        &[
            ("op", "method action operation"),
            ("data", "payload attributes body"),
            ("type", "resource_type content_type"),
            ("if_match", "etag version"),
        ],
    ),
];

#[test]
fn what_other_systems_call_a_parameter_or_field_leads_to_ours() {
    let mut wrong = Vec::new();
    for (valid, names) in ELSEWHERE {
        for (ours, others) in names {
            for other in others.split(' ') {
                let found = nearest(other, valid.split_whitespace());
                if found != Some(*ours) {
                    wrong.push(format!(
                        "{other} led to {found:?} and not to {ours} among {valid}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_search_that_is_not_here_is_told_where_it_is() {
    for name in ["name", "q", "search", "filters[name][$contains]"] {
        assert!(elsewhere(name).is_some(), "{name}");
    }
    assert_eq!(elsewhere("tag"), None);
    let authors = [
        "include", "lang", "limit", "cursor", "page", "count", "fields",
    ];
    assert_eq!(nearest("name", authors.into_iter()), None);
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
