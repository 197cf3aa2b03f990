//! From an old address to the new one: 308, with the caller's own parameters.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;
use crate::http::error::Problem;
use crate::http::request::paging::Target;
use crate::http::response::links::Linked;
use crate::http::response::reply::Reply;
use crate::http::response::represent::{Named, View, represent_one};

/// The result of a look-up in the taxonomy.
#[derive(Debug)]
pub(crate) enum LookUp<T> {
    /// It is here.
    Found(T),
    /// It is at this path now, which is of an edition where there is one.
    Moved(String, Option<LanguageTag>),
    /// Nothing that the caller may know of.
    Missing,
}

/// Represents what a look-up found; `kind` names it, also where there is none.
pub(crate) fn represent_look_up<T: Serialize + Linked + Named>(
    view: &View,
    kind: &str,
    default_lang: &LanguageTag,
    (found, modified): (LookUp<T>, Option<Timestamp>),
) -> Result<Reply, Problem> {
    match found {
        LookUp::Found(found) => represent_one(view, kind, (Some(found), modified)),
        LookUp::Missing => Err(Problem::not_found(kind)),
        LookUp::Moved(path, lang) => {
            let address = moved_address(&view.target, &path, lang.as_ref(), default_lang);
            Reply::moved_to(&address, view.policy)
        }
    }
}

/// A new address with the caller's own parameters; `lang` is its edition, where it is of one. Without `lang` the default
/// edition would win there, so another edition is named, and one that was left is named no more.
pub(crate) fn moved_address(
    target: &Target,
    path: &str,
    lang: Option<&LanguageTag>,
    default_lang: &LanguageTag,
) -> String {
    let Some(lang) = lang else {
        return target.at(path, &target.query);
    };
    let pieces = target.query.split('&').filter(|piece| !piece.is_empty());
    let (named, others): (Vec<&str>, Vec<&str>) =
        pieces.partition(|piece| piece.starts_with("lang="));
    let own = format!("lang={lang}");
    let is_right = match named.first() {
        Some(named) => named.eq_ignore_ascii_case(&own),
        None => lang == default_lang,
    };
    if is_right {
        return target.at(path, &target.query);
    }
    let pieces: Vec<&str> = others.into_iter().chain([own.as_str()]).collect();
    target.at(path, &pieces.join("&"))
}

/// The longest path of a section that a redirect names, in bytes.
const LONGEST_PATH: usize = 1_000;

static SEGMENT: percent_encoding::AsciiSet =
    NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
static PATH: percent_encoding::AsciiSet = SEGMENT.remove(b'/');

/// The address of a resource by its slug.
pub(crate) fn address_of(plural: &str, slug: &str) -> String {
    format!("/api/{plural}/{}", utf8_percent_encode(slug, &SEGMENT))
}

/// The address of a section by its path, or by its id where the path is too long for a head.
pub(crate) fn address_of_section(path: &str, id: Id) -> String {
    let address = format!("/api/sections/{}", utf8_percent_encode(path, &PATH));
    if address.len() <= LONGEST_PATH {
        return address;
    }
    format!("/api/sections/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_slug_keeps_the_caller_s_query_and_names_an_edition_that_is_not_the_default() {
        let lang = |tag| LanguageTag::parse(tag).unwrap();
        let to = |query: &str, to| {
            let target = Target {
                prefix: "/p".to_owned(),
                bases: std::sync::Arc::default(),
                path: "/api/articles/old".to_owned(),
                query: query.to_owned(),
            };
            let path = address_of("articles", "中");
            moved_address(&target, &path, Some(&lang(to)), &lang("en"))
        };
        assert_eq!(to("", "en"), "/p/api/articles/%E4%B8%AD");
        assert_eq!(to("body=text", "en"), "/p/api/articles/%E4%B8%AD?body=text");
        assert_eq!(
            to("body=text", "fr"),
            "/p/api/articles/%E4%B8%AD?body=text&lang=fr"
        );
        assert_eq!(to("lang=fr", "fr"), "/p/api/articles/%E4%B8%AD?lang=fr");
        assert_eq!(
            to("lang=fr&body=text", "en"),
            "/p/api/articles/%E4%B8%AD?body=text&lang=en"
        );
        let id = Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap();
        assert_eq!(address_of_section("a/b c", id), "/api/sections/a/b%20c");
        let long = address_of_section(&"中/".repeat(200), id);
        assert_eq!(long, format!("/api/sections/{id}"));
    }
}
