//! The text of the article on a page.

use dom_smoothie::{Config, Readability};

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

/// The HTML of the article; `None` where there is none.
pub(super) fn html(page: &str, address: Option<&str>) -> Option<String> {
    let config = Config {
        max_elements_to_parse: ELEMENTS_MAX,
        ..Config::default()
    };
    let address = address.filter(|address| address.starts_with("http"));
    let mut reader = Readability::new(page, address, Some(config)).ok()?;
    for word in BOXES {
        let boxes = format!(
            "aside[class*='{word}'], div[class*='{word}'], section[class*='{word}'], ul[class*='{word}'], div[id*='{word}']"
        );
        for found in reader.doc.select(&boxes).iter() {
            // A box that holds most of the page is its frame.
            if found.select("p").length() < 5 {
                found.remove();
            }
        }
    }
    for word in CONSENT {
        let boxes = format!("div[class*='{word}'], div[id*='{word}'], section[class*='{word}']");
        for found in reader.doc.select(&boxes).iter() {
            // The frame of the whole page may have the word in its class too.
            if found.select("h1, article, main").length() == 0 {
                found.remove();
            }
        }
    }
    let article = reader.parse().ok()?;
    Some(article.content.to_string()).filter(|html| !html.trim().is_empty())
}
