//! Feeds: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed. The entries of one are articles.

mod channel;
mod entry;
mod json;
mod media;
mod people;
mod state;

use std::io::{self, BufRead};

use crate::domain::language::LanguageTag;

use super::encoding;
use super::found::{At, Found, Open, Sink, Stopped, refuse};
use super::lines::broken_off;
use super::record::Finding;
use super::xml::{Element, Names, Piece, Pieces, read_items};
use channel::Channel;

/// The elements that are entries: of RSS, and of Atom.
const ENTRIES: &[&str] = &["item", "entry"];

/// Reads a feed.
pub(super) fn read(
    open: &Open<'_>,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let is_json = match open().and_then(encoding::utf8).and_then(begins_json) {
        Ok(is_json) => is_json,
        Err(problem) => return refuse(sink, At::default(), broken_off(&problem)),
    };
    match is_json {
        true => json::read(open, lang, sink),
        false => read_xml(open, lang, sink),
    }
}

fn begins_json(mut input: impl BufRead) -> io::Result<bool> {
    loop {
        let ready = input.fill_buf()?;
        match ready.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(first) => return Ok(*first == b'{'),
            None if ready.is_empty() => return Ok(false),
            None => {
                let length = ready.len();
                input.consume(length);
            }
        }
    }
}

fn read_xml(
    open: &Open<'_>,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let opened = survey(open).and_then(|channel| Ok((channel, encoding::utf8(open()?)?)));
    let (channel, input) = match opened {
        Ok(opened) => opened,
        Err(problem) => return refuse(sink, At::default(), broken_off(&problem)),
    };
    let entries = read_items(Pieces::new(input, ENTRIES), sink, |text, at, fault| {
        article(text, &channel, lang, at, fault)
    })?;
    if entries == 0 && !channel.is_feed {
        let finding = Finding::new(
            "no_items",
            "a feed is RSS, RDF, Atom or JSON Feed, and this is none of them",
        );
        refuse(sink, At::default(), finding)?;
    }
    Ok(())
}

/// Reads the fields that apply to all entries, wherever they stand.
fn survey(open: &Open<'_>) -> io::Result<Channel> {
    let mut pieces = Pieces::new(encoding::utf8(open()?)?, ENTRIES);
    let mut names = None;
    let mut around = String::new();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Around(text) => around = text,
            _ => {
                names.get_or_insert_with(|| Names::declared(pieces.around()));
            }
        }
    }
    let names = names.unwrap_or_else(|| Names::declared(&around));
    Ok(Channel::read(&around, names))
}

fn article(
    text: &str,
    channel: &Channel,
    lang: Option<&LanguageTag>,
    at: At,
    fault: Option<Finding>,
) -> Found {
    let Some(element) = Element::parse(text, &channel.names) else {
        let finding = Finding::new("invalid_xml", "the entry cannot be read as XML");
        return Found::Refused {
            at,
            id: None,
            finding,
        };
    };
    if let Some((kind, reason, each)) = state::left_out(&element) {
        return Found::LeftOut {
            at,
            id: state::name_of(&element),
            kind,
            reason,
            each,
        };
    }
    let (fields, mut notes) = entry::read(&element, channel, lang);
    notes.extend(fault);
    Found::Article { at, fields, notes }
}

#[cfg(test)]
mod tests;
