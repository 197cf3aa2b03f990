//! Trail, byline and source of pages that were saved as text.

use super::parse;

const TEXT: &str = "The island ferry will have a second boat from next Monday, the harbour office said on Sunday.

Until now a single boat carried six hundred people a day across the sound, and on stormy days none at all.
";

#[test]
fn a_trail_that_ends_with_the_word_for_the_text_is_found_above_a_menu() {
    let menu = "行情\n\n股吧\n\n新闻\n\n外汇\n\n期货\n\n基金\n\n黄金\n\n债券";
    let text =
        "海岛渡轮从下星期一起将增加第二艘船，港务处星期日表示，新船可以载客三百人，每天往返四次。";
    let page = format!(
        "产经 > 正文\n\n{menu}\n\n海岛渡轮下周一起增加第二艘船\n2024年06月02日 10:00\n\n{text}\n\n{text}\n"
    );
    assert_eq!(parse(&page, Some("zh")).unwrap().breadcrumbs, ["产经"]);
}

#[test]
fn a_name_below_its_picture_is_the_author_however_often_the_page_prints_it() {
    let page = format!(
        "The island ferry gets a second boat\n\nMina Okafor\nMina Okafor\nFollow\nJun 2, 2024\n\n{TEXT}\nWritten by\n\nMina Okafor\n\nMina Okafor\n"
    );
    assert_eq!(parse(&page, Some("en")).unwrap().authors, ["Mina Okafor"]);
}

#[test]
fn the_source_is_the_name_that_the_page_begins_with_and_prints_again() {
    let page = |head: &str, foot: &str| {
        format!("{head}\n\nThe island ferry gets a second boat\n\nJun 2, 2024\n\n{TEXT}\n{foot}\n")
    };
    for (head, foot, source) in [
        (
            "Norhaven Times\nSign in",
            "Norhaven Times",
            Some("Norhaven Times"),
        ),
        ("Norhaven Times\nSign in", "", None),
        ("Contact us\nSign in", "Contact us", None),
        (
            "Norhaven Times",
            "Norhaven Times\n© 2024 Norhaven Media",
            Some("Norhaven Media"),
        ),
    ] {
        let page = parse(&page(head, foot), Some("en")).unwrap();
        assert_eq!(page.source.as_deref(), source, "{head}");
    }
}

#[test]
fn a_name_that_is_printed_twice_is_one_author() {
    let page = format!(
        "The island ferry gets a second boat\n\nBy Mina Okafor Mina Okafor\nJun 2, 2024\n\n{TEXT}"
    );
    assert_eq!(parse(&page, Some("en")).unwrap().authors, ["Mina Okafor"]);
}

#[test]
fn a_name_alone_is_the_author_above_buttons_and_the_date() {
    let page = format!(
        "The island ferry gets a second boat\n\nMina Okafor\nShare\nPrint\nFacebook\nTwitter\nJun 2, 2024\n\n{TEXT}"
    );
    assert_eq!(parse(&page, Some("en")).unwrap().authors, ["Mina Okafor"]);
}

#[test]
fn words_for_the_picture_of_an_article_are_no_text() {
    for kind in [
        "Illustration for article",
        "Image for post",
        "Photo of story",
    ] {
        let page = format!(
            "The island ferry gets a second boat\n\nBy Mina Okafor\nJun 2, 2024\n\n{kind} titled The island ferry gets a second boat\n\n{TEXT}"
        );
        let page = parse(&page, Some("en")).unwrap();
        assert!(
            page.paragraphs[0].starts_with("The island ferry will"),
            "{kind}"
        );
    }
}

#[test]
fn a_company_that_only_the_copyright_names_is_not_the_source_of_a_site_that_names_itself() {
    let page = |foot: &str| {
        format!("Sign in\n\nThe island ferry gets a second boat\n\nJun 2, 2024\n\n{TEXT}\n{foot}\n")
    };
    for (foot, source) in [
        (
            "Norhaven\nAbout Norhaven\n© 2024 Northern Shore Holding",
            "Norhaven",
        ),
        (
            "Norhaven\nAbout Norhaven\nJobs at Northern Shore Holding\n© 2024 Northern Shore Holding",
            "Northern Shore Holding",
        ),
        (
            "Norhaven\n© 2024 Northern Shore Holding",
            "Northern Shore Holding",
        ),
    ] {
        let page = parse(&page(foot), Some("en")).unwrap();
        assert_eq!(page.source.as_deref(), Some(source), "{foot}");
    }
}

#[test]
fn an_agency_in_front_of_the_date_signs_what_nobody_else_does() {
    let page = |head: &str| {
        let page = format!("The island ferry gets a second boat\n\n{head}\n\n{TEXT}");
        let page = parse(&page, Some("en")).unwrap();
        (page.authors.join(" & "), page.source.unwrap_or_default())
    };
    let pair = |author: &str, source: &str| (author.to_owned(), source.to_owned());
    for line in [
        "Associated Press June 2, 2024 GMT",
        "Associated PressJune 2, 2024 GMT",
        "Associated Press | June 2, 2024",
    ] {
        assert_eq!(page(line), pair("Associated Press", "Associated Press"));
    }
    assert_eq!(
        page("By Mina Okafor\nReuters, June 2, 2024"),
        pair("Mina Okafor", "Reuters")
    );
    assert_eq!(
        page("Norhaven Times, June 2, 2024"),
        pair("", "Norhaven Times")
    );
}

#[test]
fn a_day_with_a_short_year_is_the_date_beside_a_name() {
    let page = |date: &str, lang: &str| {
        let page =
            format!("The island ferry gets a second boat\n\nMina Okafor, @mina\n{date}\n\n{TEXT}");
        let page = parse(&page, Some(lang)).unwrap();
        (page.published.unwrap_or_default(), page.authors.join(" & "))
    };
    let told = |date: &str| (date.to_owned(), "Mina Okafor".to_owned());
    assert_eq!(page("06.02.24 in Harbours", "en"), told("2024-06-02"));
    assert_eq!(page("02.06.24", "fr"), told("2024-06-02"));
    assert_eq!(page("06.13.24 in Harbours", "en"), told("2024-06-13"));
    for number in ["01.02.24.56.78", "Version 01.02.24", "10.11.245"] {
        assert_eq!(page(number, "en").0, "", "{number}");
    }
}

#[test]
fn a_zone_behind_a_time_is_not_the_source() {
    for zone in ["ET", "PT", "EST", "BST"] {
        let page = format!(
            "The island ferry gets a second boat\n\nBy Mina Okafor\nJune 2, 2024, 2:15 p.m. {zone}\n\n{TEXT}\n© 2024 Norhaven Times\n"
        );
        let page = parse(&page, Some("en")).unwrap();
        assert_eq!(page.source.as_deref(), Some("Norhaven Times"), "{zone}");
    }
}
