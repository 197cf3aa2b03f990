//! WXR, the export of WordPress: RSS 2.0 with the posts, pages and files of a site.
//!
//! It is read twice: first for what posts name by number or slug, wherever in the file that stands, then for the posts, one held
//! at a time.

mod classic;
mod content;
mod footnotes;
mod players;
mod post;
mod shortcodes;
mod site;

use std::io;

use crate::domain::language::LanguageTag;

use super::encoding;
use super::found::{At, Found, Open, Sink, Stopped, guarded, refuse};
use super::lines::broken_off;
use super::record::Finding;
use super::xml::{Element, Names, Piece, Pieces, read_items};
use site::Site;

const ITEM: &[&str] = &["item"];

/// Reads an export.
pub(super) fn read(
    open: &Open<'_>,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let site = match survey(open) {
        Ok(site) => site,
        Err(problem) => return refuse(sink, At::default(), broken_off(&problem)),
    };
    let input = match open().and_then(encoding::utf8) {
        Ok(input) => input,
        Err(problem) => return refuse(sink, At::default(), broken_off(&problem)),
    };
    let items = read_items(Pieces::new(input, ITEM), sink, |text, at, fault| {
        item(text, &site, lang, at, fault)
    })?;
    if items == 0 {
        let finding = Finding::new(
            "no_items",
            "an export of WordPress is RSS with at least one <item>, and here is none",
        );
        refuse(sink, At::default(), finding)?;
    }
    Ok(())
}

/// Things that any post of the export may name.
fn survey(open: &Open<'_>) -> io::Result<Site> {
    let mut pieces = Pieces::new(encoding::utf8(open()?)?, ITEM);
    let mut site = Site::default();
    let mut is_named = false;
    while let Some(piece) = pieces.next() {
        if !is_named {
            let head = match &piece {
                Piece::Around(text) => text.as_str(),
                _ => pieces.around(),
            };
            site.names = Names::declared(head);
            is_named = true;
        }
        match piece {
            Piece::Item { text, .. } if is_named_by_posts(&text) => {
                // What is wrong with an item is told when it is read.
                let element = guarded(|| Element::parse(&text, &site.names))
                    .ok()
                    .flatten();
                if let Some(element) = element {
                    site.read_item(&element);
                }
            }
            Piece::Around(text) => site.read_around(&text),
            _ => {}
        }
    }
    Ok(site)
}

/// True if posts may name the item, or it says which languages there are.
fn is_named_by_posts(item: &str) -> bool {
    const SIGNS: [&str; 5] = [
        "attachment",
        "guest-author",
        "wp_block",
        "domain=\"language\"",
        "lang",
    ];
    SIGNS.iter().any(|sign| item.contains(sign))
}

fn item(
    text: &str,
    site: &Site,
    lang: Option<&LanguageTag>,
    at: At,
    fault: Option<Finding>,
) -> Found {
    let Some(element) = Element::parse(text, &site.names) else {
        let finding = Finding::new("invalid_xml", "the item cannot be read as XML");
        return Found::Refused {
            at,
            id: None,
            finding,
        };
    };
    let mut found = post::read(&element, site, lang, at);
    if let (Found::Article { notes, .. }, Some(fault)) = (&mut found, fault) {
        notes.push(fault);
    }
    found
}
