//! Pages of HTML: the article on one, found among menus, comments and advertisements by no rule of one site.

mod address;
mod around;
mod body;
mod data;
mod fields;
mod left_out;
mod lines;
mod names;
mod nesting;
mod original;
mod people;
mod second;
#[cfg(test)]
mod tests;
mod trail;

use std::io::{BufRead, Read};

use dom_query::Document;

use crate::domain::language::LanguageTag;

use super::encoding;
use super::found::{At, Found, Sink, Stopped, guarded};
use super::lines::{LIMIT, broken_off};
use super::record::Finding;

/// Reads a page.
pub(super) fn read(
    input: impl BufRead,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let at = At::default();
    let refused = |finding| Found::Refused {
        at,
        id: None,
        finding,
    };
    let text = match whole(input) {
        Ok(text) => text,
        Err(finding) => return sink(refused(finding), 0),
    };
    let found = guarded(|| {
        let bounded = nesting::bounded(&text);
        let text = bounded.as_deref().unwrap_or(&text);
        fields::read(&Document::from(text), text, lang)
    });
    let found = match found {
        Ok(Some((fields, notes))) => Found::Article { at, fields, notes },
        Ok(None) => refused(Finding::new(
            "no_article",
            "no article was found on the page",
        )),
        Err(finding) => refused(finding),
    };
    sink(found, text.len())
}

fn whole(input: impl BufRead) -> Result<String, Finding> {
    let mut text = String::new();
    let read = encoding::utf8(input)
        .and_then(|input| input.take(LIMIT as u64 + 1).read_to_string(&mut text));
    read.map_err(|problem| broken_off(&problem))?;
    match text.len() > LIMIT {
        true => Err(Finding::new(
            "too_long",
            format!("a page has at most {LIMIT} bytes"),
        )),
        false => Ok(text),
    }
}
