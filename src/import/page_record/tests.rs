//! Pages as records.

use super::*;
use crate::domain::bases::Bases;
use crate::import::Format;
use crate::import::inputs::collect;
use crate::import::reader::{self, Options};

fn page() -> Page {
    Page {
        lang: "en".to_owned(),
        title: "A forum opens".to_owned(),
        source: Some("The Harbour  Gazette".to_owned()),
        published: Some("2022-11-25".to_owned()),
        breadcrumbs: ["HOME", "WORLD", "EVENTS"].map(str::to_owned).to_vec(),
        paragraphs: vec!["First.".to_owned(), "Second.".to_owned()],
        ..Page::default()
    }
}

fn record(page: Page) -> (ArticleRecord, Vec<Finding>) {
    let mut notes = Vec::new();
    let id = identity(&page);
    let article = article(page, &id, &mut notes).unwrap();
    (article, notes)
}

#[test]
fn a_page_becomes_an_article_below_the_sections_of_its_trail() {
    let (article, notes) = record(page());
    assert_eq!(article.section_path, ["WORLD", "EVENTS"]);
    assert_eq!(article.source.unwrap(), "The Harbour Gazette");
    assert_eq!(article.body.html(), "<p>First.</p><p>Second.</p>");
    assert_eq!(article.published, WrittenDate::parse("2022-11-25").ok());
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn home_is_a_home_word_or_the_name_of_the_site() {
    for first in [
        "Home",
        "Accueil",
        "Page d’accueil",
        "首页",
        "新闻网首页",
        "The Harbour Gazette",
    ] {
        let mut page = page();
        page.breadcrumbs[0] = first.to_owned();
        assert_eq!(record(page).0.section_path, ["WORLD", "EVENTS"], "{first}");
    }
    let mut page = page();
    page.breadcrumbs.remove(0);
    assert_eq!(record(page).0.section_path, ["WORLD", "EVENTS"]);
}

#[test]
fn a_section_may_have_the_name_of_the_one_above_it() {
    let mut page = page();
    page.breadcrumbs = ["Home", "NEWS", "CITY", "CITY"].map(str::to_owned).to_vec();
    assert_eq!(record(page).0.section_path, ["NEWS", "CITY", "CITY"]);
}

#[test]
fn home_is_any_name_that_the_page_gives_its_site() {
    let mut page = page();
    page.site_names = vec!["Harbour Media".to_owned(), "harbour gazette".to_owned()];
    page.breadcrumbs[0] = "Harbour  GAZETTE".to_owned();
    assert_eq!(record(page).0.section_path, ["WORLD", "EVENTS"]);
}

#[test]
fn what_is_too_long_is_cut_and_everything_wrong_is_told_at_once() {
    let mut page = page();
    page.title = "é".repeat(501);
    page.summary = Some("a\u{1}b".to_owned());
    page.tags = (0..102).map(|n| format!("tag {n}")).collect();
    page.paragraphs = vec!["x".repeat(1_500_000), "y".repeat(1_500_000)];
    let (article, notes) = record(page);
    assert_eq!(article.title.chars().count(), 500);
    assert_eq!((article.tags.len(), article.body.is_empty()), (100, false));
    let told: Vec<_> = notes
        .iter()
        .map(|note| (note.field.as_deref().unwrap(), note.code))
        .collect();
    assert_eq!(
        told,
        [
            ("/title", "too_long"),
            ("/body", "too_long"),
            ("/summary", "control_character"),
            ("/tags", "too_many")
        ]
    );
}

#[test]
fn a_time_in_a_zone_that_nobody_knows_is_told() {
    let mut page = page();
    let id = |page: &Page| record(page.clone()).0.external_id;
    page.published = Some("2022-11-25T12:00".to_owned());
    let known = id(&page);
    page.published = Some("2022-11-25T12:00 XYZT".to_owned());
    assert_eq!(id(&page), known);
    page.updated = page.published.clone();
    let (article, notes) = record(page);
    let at = WrittenDate::parse("2022-11-25T12:00+00:00").ok();
    assert_eq!((article.published, article.updated), (at, at));
    let told: Vec<_> = notes
        .iter()
        .map(|note| (note.field.as_deref(), note.code))
        .collect();
    let codes = [
        (Some("/published_at"), "unknown_zone"),
        (Some("/updated"), "unknown_zone"),
    ];
    assert_eq!(told, codes);
}

#[test]
fn a_page_without_a_readable_date_is_a_draft_and_says_so() {
    let mut page = page();
    page.published = Some("last week".to_owned());
    let (article, notes) = record(page);
    assert_eq!(article.published, None);
    assert_eq!(article.extra["published_at"], "last week");
    let codes: Vec<_> = notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["invalid_date", "no_date"]);
}

#[test]
fn the_foot_of_the_page_speaks_of_the_edition() {
    let mut page = page();
    page.phones = vec![("Office".to_owned(), "+44 20 7946 0123".to_owned())];
    page.copyright = Some("© The Harbour Gazette".to_owned());
    let hints = record(page).0.hints.unwrap();
    assert_eq!(hints.contact.phones[0].label.as_deref(), Some("Office"));
    assert_eq!(hints.copyright.as_deref(), Some("© The Harbour Gazette"));
    assert_eq!(record(super::tests::page()).0.hints, None);
}

#[test]
fn the_identity_of_a_page_stays_when_its_text_is_corrected() {
    let mut corrected = page();
    corrected.paragraphs.push("A correction.".to_owned());
    assert_eq!(identity(&page()), identity(&corrected));
    corrected.published = Some("2022-11-26".to_owned());
    assert_ne!(identity(&page()), identity(&corrected));
    corrected.url = Some("https://example.org/a".to_owned());
    assert_eq!(identity(&corrected), "https://example.org/a");
}

#[test]
fn people_tags_and_roles_are_kept_and_none_comes_twice() {
    let mut page = page();
    page.authors = vec!["Ann  Lee".to_owned(), "Ann Lee".to_owned()];
    page.credits = vec![("photographer".to_owned(), "Bo".to_owned())];
    page.tags = vec!["Sea".to_owned(), "sea".to_owned()];
    let article = record(page).0;
    assert_eq!(article.authors, ["Ann Lee"]);
    assert_eq!(article.credits[0].role, "photographer");
    assert_eq!(article.tags, ["Sea"]);
}

#[test]
fn a_text_without_an_article_is_refused() {
    let (id, refused) = read("", None);
    assert_eq!((id, refused.unwrap_err().code), (None, "no_article"));
}

#[test]
fn every_shared_page_becomes_a_record() {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("MASTHEAD_SHARED").map_or(beside, Into::into);
    let found = collect(&[shared.join("pages")], Format::Page, None);
    let Ok(inputs) = found else {
        eprintln!("SKIPPED: there are no pages at {}", shared.display());
        return;
    };
    let options = Options {
        format: Format::Page,
        lang: None,
        bases: Bases::default(),
    };
    let batches = reader::read(inputs.list.clone(), options).unwrap();
    let items: Vec<_> = batches.flat_map(|batch| batch.items).collect();
    assert_eq!(items.len(), inputs.list.len());
    for item in items {
        let parsed = item
            .outcome
            .unwrap_or_else(|refused| panic!("{:?}: {refused:?}", item.place));
        let Record::Article(article) = parsed.record else {
            panic!("an article")
        };
        assert!(!article.body.is_empty(), "{:?}", item.place);
        assert!(
            !article
                .section_path
                .first()
                .is_some_and(|first| is_home(first))
        );
    }
}
