//! Tests of address templates.

use super::*;

fn lang() -> LanguageTag {
    LanguageTag::parse("zh-Hans").unwrap()
}

fn id() -> Id {
    Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap()
}

fn expand_as(kind: PageKind, template: &str, section_path: &str, date: Option<&str>) -> String {
    UrlTemplate::parse(kind, template).unwrap().expand(&Parts {
        lang: lang().as_str(),
        section_path,
        slug: "中-a",
        id: Some(id()),
        date: date.map(|date| date.parse().unwrap()),
        token: "a_b-c",
    })
}

fn expand(template: &str, section_path: &str, date: Option<&str>) -> String {
    expand_as(PageKind::Article, template, section_path, date)
}

fn normal(url: &str) -> NormalUrl {
    NormalUrl::parse(url).unwrap()
}

#[test]
fn tokens_become_the_article_s_parts_percent_encoded() {
    assert_eq!(
        expand(
            "https://example.org/{lang}/{section_path}/{slug}",
            "国/b",
            None
        ),
        "https://example.org/zh-Hans/%E5%9B%BD/b/%E4%B8%AD-a"
    );
    assert_eq!(
        expand(
            "https://{lang}.example.org/é/%7e/{year}/{month}/{day}/{id}.html",
            "",
            Some("2022-01-09")
        ),
        "https://zh-Hans.example.org/%C3%A9/~/2022/01/09/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b.html"
    );
    assert_eq!(
        expand("HTTPS://Exämple.org:443?a={slug}", "", None),
        "https://xn--exmple-cua.org/?a=%E4%B8%AD-a"
    );
    let preview = "https://example.org/preview/{id}?token={token}";
    assert_eq!(
        expand_as(PageKind::Preview, preview, "", None),
        "https://example.org/preview/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b?token=a_b-c"
    );
}

#[test]
fn a_token_without_a_value_takes_its_slash_away() {
    let template = "https://example.org/{year}/{section_path}/{slug}";
    assert_eq!(
        expand(template, "", None),
        "https://example.org/%E4%B8%AD-a"
    );
}

#[test]
fn an_address_made_from_a_template_is_read_back() {
    for template in [
        "https://example.org/{lang}/{section_path}/{slug}",
        "https://example.org/{year}/{section_path}/{slug}.html",
        "https://example.org/{slug}/",
        "https://example.org/story?slug={slug}",
        "https://example.org/story/?slug={slug}",
        "https://example.org/{section_path}/",
    ] {
        let kind = match template.contains("slug}") {
            true => PageKind::Article,
            false => PageKind::Section,
        };
        let read = UrlTemplate::parse(kind, template).unwrap();
        for (section, date) in [("国/b", Some("2022-01-09")), ("国", None)] {
            let url = normal(&expand_as(kind, template, section, date));
            let named = if kind == PageKind::Article {
                "中-a"
            } else {
                section
            };
            let named = Reference::Slug(named.to_owned());
            assert_eq!(read.read_back(&url, &lang()), Some(named), "{url:?}");
        }
        let other = normal("https://example.org/zh-Hans?x");
        assert_eq!(
            read.read_back(&other, &lang())
                .filter(|_| kind == PageKind::Article && !template.ends_with("{slug}/")),
            None
        );
    }
    let by_id = UrlTemplate::parse(PageKind::Article, "https://example.org/{slug}/{id}").unwrap();
    let url = normal(&expand(by_id.as_str(), "", None));
    assert_eq!(by_id.read_back(&url, &lang()), Some(Reference::Id(id())));
}

#[test]
fn templates_that_name_no_page_or_are_no_address_are_refused() {
    for text in [
        "",
        "https://example.org/{lang}",
        "/{slug}",
        "ftp://example.org/{slug}",
        "https://example.org/{slugs}",
        "https://example.org/{slug",
        "https://example.org/}{slug}",
        "https://{slug}/x",
        "https://example.org/a b/{slug}",
        "https://example.org/\"{slug}",
        "https://example.org/{slug}#x",
        "javascript://x/{slug}",
        "https:///{slug}",
        "https://anna:pw@example.org/{slug}",
        "https://example.org/a/../{slug}",
        "https://example.org/\u{202e}{slug}",
        "https://example.org/\u{200b}{slug}",
        "https://example.org/\u{7}{slug}",
        "https://example.org/{token}/{slug}",
        "https://exa mple.org/{slug}",
        "https://example.org:99999/{slug}",
    ] {
        let parsed = UrlTemplate::parse(PageKind::Article, text);
        assert_eq!(parsed.unwrap_err().code, "invalid_template", "{text}");
    }
    let long = format!("https://e.org/{}/{{slug}}", "a".repeat(500));
    assert_eq!(
        UrlTemplate::parse(PageKind::Article, &long)
            .unwrap_err()
            .code,
        "too_long"
    );
}

#[test]
fn each_kind_of_page_has_its_own_tokens() {
    let parse = |kind, path: &str| UrlTemplate::parse(kind, &format!("https://e.org/{path}"));
    for (kind, good, bad) in [
        (
            PageKind::Section,
            &["{section_path}", "{lang}/{path}", "{id}"][..],
            &["{slug}", "{year}/{path}", "x"][..],
        ),
        (
            PageKind::Author,
            &["{slug}", "{lang}/{id}"],
            &["{lang}", "{section_path}/{slug}"],
        ),
        (PageKind::Tag, &["{lang}/{slug}"], &["{id}", "{lang}"]),
        (
            PageKind::Preview,
            &["{token}", "{id}?t={token}", "{year}/{slug}/{token}"],
            &["{id}", "{path}/{token}"],
        ),
    ] {
        for path in good {
            assert!(parse(kind, path).is_ok(), "{kind:?} {path}");
        }
        for path in bad {
            assert!(parse(kind, path).is_err(), "{kind:?} {path}");
        }
    }
}
