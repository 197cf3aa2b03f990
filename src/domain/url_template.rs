//! Addresses of an edition's pages on its site: templates, and the way back from an address.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::error::Invalid;
use super::id::Id;
use super::language::LanguageTag;
use super::normal_url::{NormalUrl, normal_escapes};
pub use super::page_kind::PageKind;
use super::page_kind::{TOKENS, Token};
use super::query::Reference;
use super::text::is_invisible;
use super::url_path::{PATH, SEGMENT};

/// The most characters of a template.
const MOST_CHARS: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// In the normal form of addresses.
    Words(String),
    Token(Token),
}

/// The values of the tokens, for one resource. A value that is empty leaves its token out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts<'a> {
    /// The edition.
    pub lang: &'a str,
    /// The path of the section, or of the article's section.
    pub section_path: &'a str,
    /// The slug.
    pub slug: &'a str,
    /// The identity.
    pub id: Option<Id>,
    /// The civil date of publication.
    pub date: Option<NaiveDate>,
    /// The token of a preview link.
    pub token: &'a str,
}

/// An absolute address with tokens, such as `https://example.org/{lang}/{section_path}/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate {
    text: String,
    scheme: &'static str,
    /// Host and port, a domain as A-labels (RFC 5890); `{lang}` may stand in it.
    host: String,
    /// Path and query.
    pieces: Vec<Piece>,
}

impl UrlTemplate {
    /// Parses the template of a kind of page.
    ///
    /// # Errors
    /// A template that is too long, is no http or https address, has a token that the kind does not know or lacks the one that
    /// tells its pages apart.
    pub fn parse(kind: PageKind, text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > MOST_CHARS {
            let detail = format!("a template has at most {MOST_CHARS} characters");
            return Err(Invalid::new("too_long", detail));
        }
        if let Some(unknown) = unknown_token(text, kind) {
            return Err(refused(unknown));
        }
        let template = Self::read(text).ok_or_else(|| {
            refused("an http or https address without spaces, quotes, user, fragment or invisible characters, such as https://example.org/{lang}/{slug}".to_owned())
        })?;
        template.check_tokens(kind)?;
        Ok(template)
    }

    fn read(text: &str) -> Option<Self> {
        let odd = |c: char| {
            c.is_whitespace() || c.is_control() || is_invisible(c) || "\"<>#\\^`|".contains(c)
        };
        if text.contains(odd) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = ["http", "https"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(scheme))?;
        let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let slash = if rest.starts_with('/') { "" } else { "/" };
        let pieces = pieces(&format!("{slash}{rest}"))?;
        let path = rest.split('?').next().unwrap_or_default();
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            scheme,
            host: normal_host(scheme, host)?,
            pieces,
        })
    }

    fn check_tokens(&self, kind: PageKind) -> Result<(), Invalid> {
        let mut used = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Token(token) => Some(*token),
        });
        if used.any(|token| kind.identity().contains(&token)) {
            return Ok(());
        }
        Err(refused(match kind.identity() {
            [only] => format!(
                "the address must hold {}, which tells one page from another",
                listed(&[*only])
            ),
            several => format!(
                "the address must hold one of {}: without it all pages would have the same address",
                listed(several)
            ),
        }))
    }

    /// The template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and host, without a slash at the end.
    #[must_use]
    pub fn origin(&self, lang: &LanguageTag) -> String {
        format!("{}://{}", self.scheme, self.host_of(lang))
    }

    /// Host and port, as addresses in their normal form have them.
    #[must_use]
    pub fn host_of(&self, lang: &LanguageTag) -> String {
        self.host.replace("{lang}", lang.as_str()).to_lowercase()
    }

    /// The address of a page. A token without a value takes the slash behind it away.
    #[must_use]
    pub fn expand(&self, parts: &Parts<'_>) -> String {
        let mut url = format!(
            "{}://{}",
            self.scheme,
            self.host.replace("{lang}", parts.lang)
        );
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) if url.ends_with('/') && words.starts_with('/') => {
                    url.push_str(&words[1..]);
                }
                Piece::Words(words) => url.push_str(words),
                Piece::Token(token) => push_token(&mut url, *token, parts),
            }
        }
        url
    }

    /// The resource that a path and query name which were made from this template, on whatever host. A query that the template
    /// lacks is ignored, and so are the section and the date of an article, which may have changed since.
    #[must_use]
    pub fn read_back(&self, url: &NormalUrl, lang: &LanguageTag) -> Option<Reference> {
        let has_query = self.pieces.iter().any(Piece::has_query);
        let written = match url.query() {
            Some(query) if has_query => format!("{}?{query}", url.path()),
            _ => url.path().to_owned(),
        };
        if !written.starts_with(&self.beginning()) {
            return None;
        }
        let pattern = Regex::new(&self.pattern(lang)).ok()?;
        let found = pattern.captures(&written)?;
        let decoded = |name| {
            let raw: &str = found.name(name)?.as_str();
            let text = percent_decode_str(raw).decode_utf8().ok()?;
            (!text.contains('\0')).then(|| text.nfc().collect::<String>())
        };
        if let Some(id) = decoded("id") {
            return Id::parse(&id).ok().map(Reference::Id);
        }
        decoded("path")
            .or_else(|| decoded("slug"))
            .map(|text| Reference::slug(&text))
    }

    /// The words before the first token, as the normal form has them.
    fn beginning(&self) -> String {
        match self.pieces.first() {
            Some(Piece::Words(words)) => words.replace("/?", "?").trim_end_matches('/').to_owned(),
            _ => String::new(),
        }
    }

    fn pattern(&self, lang: &LanguageTag) -> String {
        let is_section = !self.pieces.contains(&Piece::Token(Token::Slug));
        let mut pattern = String::from("^");
        let mut named = Vec::new();
        let mut slash_is_taken = false;
        let mut sections = SECTIONS;
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Words(words) => {
                    let words = if slash_is_taken { &words[1..] } else { words };
                    // The normal form has no slash at the end of a path.
                    let words = words.replace("/?", "?");
                    let last = at + 1 == self.pieces.len();
                    let words = if last {
                        words.trim_end_matches('/')
                    } else {
                        &words
                    };
                    pattern.push_str(&regex::escape(words));
                    slash_is_taken = false;
                    if piece.has_query() {
                        sections = SECTIONS_IN_QUERY;
                    }
                }
                Piece::Token(token) => {
                    let next = self.pieces.get(at + 1);
                    let ends_here = at + 2 == self.pieces.len();
                    let before_slash = matches!(next, Some(Piece::Words(words))
                        if words.starts_with('/') && !(ends_here && words == "/"));
                    let own = token_pattern(*token, lang, is_section, sections, &mut named);
                    slash_is_taken = before_slash && token.may_be_empty();
                    // A token without a value took the slash behind it away.
                    pattern.push_str(&match (token.may_be_empty(), slash_is_taken) {
                        (true, true) => format!("(?:{own}/)?"),
                        (true, false) => format!("(?:{own})?"),
                        (false, _) => own,
                    });
                }
            }
        }
        pattern + "$"
    }
}

/// The templates of an edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlTemplates(BTreeMap<PageKind, UrlTemplate>);

impl UrlTemplates {
    /// The template of a kind of page, where there is one.
    #[must_use]
    pub fn get(&self, kind: PageKind) -> Option<&UrlTemplate> {
        self.0.get(&kind)
    }

    /// The same as it was written.
    #[must_use]
    pub fn text(&self, kind: PageKind) -> Option<&str> {
        self.get(kind).map(UrlTemplate::as_str)
    }

    /// Sets the template of a kind of page.
    pub fn set(&mut self, kind: PageKind, template: UrlTemplate) {
        self.0.insert(kind, template);
    }

    /// The templates of both, where a kind has two those of `self`.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (kind, template) in other.0 {
            self.0.entry(kind).or_insert(template);
        }
        self
    }

    /// Every template.
    pub fn iter(&self) -> impl Iterator<Item = (PageKind, &UrlTemplate)> {
        self.0.iter().map(|(kind, template)| (*kind, template))
    }
}

fn refused(detail: String) -> Invalid {
    Invalid::new("invalid_template", detail)
}

/// The first name in braces that stands for nothing in this template, with the ones that do.
fn unknown_token(text: &str, kind: PageKind) -> Option<String> {
    let names = text.split('{').skip(1);
    let mut names = names.filter_map(|rest| Some(rest.split_once('}')?.0));
    let is_known = |name: &str| {
        let known = TOKENS.iter().find(|(known, _)| *known == name);
        known.is_some_and(|(_, token)| kind.tokens().contains(token))
    };
    let name = names.find(|name| !is_known(name))?;
    let there_are = listed(kind.tokens());
    Some(format!(
        "there is no placeholder {{{name}}} in {}; there are {there_are}",
        kind.field()
    ))
}

fn listed(tokens: &[Token]) -> String {
    let names: Vec<String> = TOKENS
        .iter()
        .filter(|(_, token)| tokens.contains(token))
        .map(|(name, _)| format!("{{{name}}}"))
        .collect();
    names.join(", ")
}

impl Piece {
    fn has_query(&self) -> bool {
        matches!(self, Self::Words(words) if words.contains('?'))
    }
}

/// Slugs of sections with slashes between. An escaped slash is none (RFC 3986, section 6.2.2).
const SECTIONS: &str = "(?:[^?%]|%[^2?]|%2[^F?])+";
/// The same in a query, in which forms escape slashes.
const SECTIONS_IN_QUERY: &str = "[^?]+";

fn token_pattern(
    token: Token,
    lang: &LanguageTag,
    is_section: bool,
    sections: &str,
    named: &mut Vec<&'static str>,
) -> String {
    let mut once = |name: &'static str, pattern: &str| {
        let again = named.contains(&name);
        named.push(name);
        if again {
            pattern.to_owned()
        } else {
            format!("(?P<{name}>{pattern})")
        }
    };
    match token {
        Token::Lang => format!("(?i:{})", regex::escape(lang.as_str())),
        Token::SectionPath if is_section => once("path", sections),
        Token::Path => once("path", sections),
        Token::SectionPath => sections.to_owned(),
        Token::Slug | Token::Pass => once("slug", "[^/?&]+"),
        Token::Id => once("id", "[0-9A-Fa-f-]{36}"),
        Token::Year => r"\d{4,}".to_owned(),
        Token::Month | Token::Day => r"\d{2}".to_owned(),
    }
}

fn push_token(url: &mut String, token: Token, parts: &Parts<'_>) {
    let date = |part: fn(NaiveDate) -> String| parts.date.map(part).unwrap_or_default();
    let text = match token {
        Token::Lang => parts.lang.to_owned(),
        Token::SectionPath | Token::Path => {
            utf8_percent_encode(parts.section_path, PATH).to_string()
        }
        Token::Slug => utf8_percent_encode(parts.slug, SEGMENT).to_string(),
        Token::Id => parts.id.map(|id| id.to_string()).unwrap_or_default(),
        Token::Year => date(|date| format!("{:04}", date.year())),
        Token::Month => date(|date| format!("{:02}", date.month())),
        Token::Day => date(|date| format!("{:02}", date.day())),
        Token::Pass => utf8_percent_encode(parts.token, SEGMENT).to_string(),
    };
    url.push_str(&text);
}

/// Host and port as an address has them, around `{lang}` where it stands in the host.
fn normal_host(scheme: &str, host: &str) -> Option<String> {
    /// Stands for the token where a host must be one.
    const LANG: &str = "masthead-lang";
    let whole = host.replace("{lang}", LANG);
    if whole.contains(['{', '}', '@']) || host.contains(LANG) {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{whole}/")).ok()?;
    let normal = NormalUrl::of(&url)?;
    Some(normal.host().replace(LANG, "{lang}"))
}

/// The pieces of a template, in order; `None` where a brace does not belong to a token.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        let (_, token) = TOKENS.iter().find(|(known, _)| *known == name)?;
        if !words.is_empty() {
            pieces.push(Piece::Words(normal_escapes(words)));
        }
        pieces.push(Piece::Token(*token));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(normal_escapes(rest)));
    }
    let braced = |piece: &Piece| matches!(piece, Piece::Words(words) if words.contains('}'));
    (!pieces.iter().any(braced)).then_some(pieces)
}

#[cfg(test)]
mod tests;
