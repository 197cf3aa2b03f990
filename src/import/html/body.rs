//! The text of the article on a page.

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use super::left_out::LeftOut;
use super::original;
use crate::import::markup;

/// Elements that a page of such a size does not have: the reading stops there.
const ELEMENTS_MAX: usize = 200_000;

/// Boxes of an article that are no part of its text, by words in their class or id.
const BOXES: [&str; 16] = [
    "newsletter",
    "related-",
    "share-",
    "social-share",
    "sharebar",
    "advert",
    "promo-",
    "cookie",
    "comments",
    "recommend",
    "outbrain",
    "taboola",
    "read-more-box",
    "also-read",
    "most-read",
    "subscribe-",
];

/// Words in the class or id of boxes in which a site asks for consent, however long their text is.
const CONSENT: [&str; 4] = ["onetrust", "consent", "gdpr", "cookie"];

/// The text of the article on a page.
pub(super) struct Text {
    /// Its nodes as the page has them.
    pub(super) html: String,
    /// Its words as the extraction gives them.
    pub(super) words: String,
    pub(super) left_out: LeftOut,
}

/// Finds the text of an article of a title; `None` where there is none.
pub(super) fn read(document: &Document, title: &str) -> Option<Text> {
    let config = Config {
        max_elements_to_parse: ELEMENTS_MAX,
        ..Config::default()
    };
    let copy = document.clone();
    original::put_stand_ins(&copy);
    let mut reader = Readability::with_document(copy, None, Some(config)).ok()?;
    remove_boxes(&reader.doc);
    let article = reader.parse().ok()?;
    let words = markup::line(&article.content);
    let chosen = reader.doc.select_single("#readability-page-1");
    let (html, left_out) = original::restored(document, chosen.nodes().first()?, title)?;
    let text = Text {
        html,
        words,
        left_out,
    };
    Some(text).filter(|text| !text.html.trim().is_empty())
}

impl Text {
    /// A text of plain paragraphs.
    pub(super) fn of_paragraphs(paragraphs: &[String]) -> Self {
        let escaped = paragraphs
            .iter()
            .map(|paragraph| paragraph.replace('&', "&amp;").replace('<', "&lt;"));
        Self {
            html: escaped
                .map(|paragraph| format!("<p>{paragraph}</p>"))
                .collect(),
            words: paragraphs.join(" "),
            left_out: LeftOut::default(),
        }
    }
}

fn remove_boxes(document: &Document) {
    for word in BOXES {
        let boxes = format!(
            "aside[class*='{word}'], div[class*='{word}'], section[class*='{word}'], ul[class*='{word}'], div[id*='{word}']"
        );
        for found in document.select(&boxes).iter() {
            // A box that holds most of the page is its frame.
            if found.select("p").length() < 5 {
                found.remove();
            }
        }
    }
    for word in CONSENT {
        let boxes = format!("div[class*='{word}'], div[id*='{word}'], section[class*='{word}']");
        for found in document.select(&boxes).iter() {
            // The frame of the whole page may have the word in its class too.
            if found.select("h1, article, main").length() == 0 {
                found.remove();
            }
        }
    }
}
