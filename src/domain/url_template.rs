//! Where an edition's articles stand on its site: an address with tokens, and the way back from an address.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;
use url::Url;

use super::error::Invalid;
use super::id::Id;
use super::language::LanguageTag;
use super::query::Reference;

/// The most characters of a template.
const MOST_CHARS: usize = 500;

/// What RFC 3986 leaves unreserved stands as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// What stands for a part of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Lang,
    SectionPath,
    Slug,
    Id,
    Year,
    Month,
    Day,
}

const TOKENS: [(&str, Token); 7] = [
    ("lang", Token::Lang),
    ("section_path", Token::SectionPath),
    ("slug", Token::Slug),
    ("id", Token::Id),
    ("year", Token::Year),
    ("month", Token::Month),
    ("day", Token::Day),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Token(Token),
}

/// What the tokens of a template stand for, in one article.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The edition.
    pub lang: &'a LanguageTag,
    /// The section's path; nothing where the article stands in none.
    pub section_path: &'a str,
    /// The slug.
    pub slug: &'a str,
    /// The identity.
    pub id: Id,
    /// The civil date of publication.
    pub date: Option<NaiveDate>,
}

/// An absolute address with tokens, such as `https://example.org/{lang}/{section_path}/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate {
    text: String,
    pieces: Vec<Piece>,
}

impl UrlTemplate {
    /// Reads a template. It must tell articles apart: by `{slug}` or by `{id}`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > MOST_CHARS {
            let detail = format!("a template has at most {MOST_CHARS} characters");
            return Err(Invalid::new("too_long", detail));
        }
        let refused = |detail: &str| Invalid::new("invalid_template", detail);
        let pieces = pieces(text).ok_or_else(|| {
            refused(
                "the tokens are {lang}, {section_path}, {slug}, {id}, {year}, {month} and {day}",
            )
        })?;
        let names = |token| pieces.contains(&Piece::Token(token));
        if !names(Token::Slug) && !names(Token::Id) {
            return Err(refused("{slug} or {id} must be in it"));
        }
        let Some((scheme, host)) = scheme_and_host(text) else {
            return Err(refused(
                "an absolute address, such as https://example.org/{lang}/{slug}",
            ));
        };
        if host.replace("{lang}", "").contains('{') {
            return Err(refused("the host holds no token but {lang}"));
        }
        let sample = text.replace(['{', '}'], "");
        let plain = !text.contains(char::is_whitespace) && !text.contains(['"', '<', '>', '#']);
        if !plain || !matches!(scheme, "http" | "https") || Url::parse(&sample).is_err() {
            return Err(refused(
                "an http or https address without spaces, quotes or a fragment",
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// The template as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and host, without a slash at the end.
    #[must_use]
    pub fn origin(&self, lang: &LanguageTag) -> String {
        let (scheme, host) = scheme_and_host(&self.text).unwrap_or_default();
        format!("{scheme}://{}", host.replace("{lang}", lang.as_str()))
    }

    /// An article's address. A token that stands for nothing takes the slash behind it away.
    #[must_use]
    pub fn expand(&self, parts: &Parts<'_>) -> String {
        let mut url = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) if url.ends_with('/') && words.starts_with('/') => {
                    url.push_str(&encode_words(&words[1..]));
                }
                Piece::Words(words) => url.push_str(&encode_words(words)),
                Piece::Token(token) => push_token(&mut url, *token, parts),
            }
        }
        url
    }

    /// The article that an address made from this template names.
    #[must_use]
    pub fn read_back(&self, url: &Url, lang: &LanguageTag) -> Option<Reference> {
        let mut url = url.clone();
        // The same page is meant by http and https.
        let (scheme, _) = scheme_and_host(&self.text)?;
        url.set_scheme(scheme).ok()?;
        url.set_fragment(None);
        if !self.text.contains('?') {
            url.set_query(None);
        }
        let pattern = Regex::new(&self.pattern(lang)).ok()?;
        let found = pattern.captures(url.as_str())?;
        let decoded = |name| {
            let raw: &str = found.name(name)?.as_str();
            let text = percent_decode_str(raw).decode_utf8().ok()?;
            (!text.contains('\0')).then(|| text.into_owned())
        };
        if let Some(id) = decoded("id") {
            return Id::parse(&id).ok().map(Reference::Id);
        }
        decoded("slug").map(|slug| Reference::slug(&slug))
    }

    fn pattern(&self, lang: &LanguageTag) -> String {
        let mut pattern = String::from("^");
        let mut named = Vec::new();
        let mut slash_is_taken = false;
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Words(words) => {
                    let words = if slash_is_taken { &words[1..] } else { words };
                    pattern.push_str(&regex::escape(&encode_words(words)));
                    slash_is_taken = false;
                }
                Piece::Token(token) => {
                    let next = self.pieces.get(at + 1);
                    let before_slash =
                        matches!(next, Some(Piece::Words(words)) if words.starts_with('/'));
                    let own = token_pattern(*token, lang, &mut named);
                    slash_is_taken = before_slash && token.may_be_empty();
                    // A token that stood for nothing took the slash behind it away.
                    pattern.push_str(&match (token.may_be_empty(), slash_is_taken) {
                        (true, true) => format!("(?:{own}/)?"),
                        (true, false) => format!("(?:{own})?"),
                        (false, _) => own,
                    });
                }
            }
        }
        pattern + "/?$"
    }
}

impl Token {
    /// Whether an article may have nothing that it stands for.
    const fn may_be_empty(self) -> bool {
        matches!(
            self,
            Self::SectionPath | Self::Year | Self::Month | Self::Day
        )
    }
}

fn token_pattern(token: Token, lang: &LanguageTag, named: &mut Vec<&'static str>) -> String {
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
        Token::SectionPath => ".+".to_owned(),
        Token::Slug => once("slug", "[^/?]+"),
        Token::Id => once("id", "[0-9A-Fa-f-]{36}"),
        Token::Year => r"\d{4,}".to_owned(),
        Token::Month | Token::Day => r"\d{2}".to_owned(),
    }
}

fn push_token(url: &mut String, token: Token, parts: &Parts<'_>) {
    let date = |part: fn(NaiveDate) -> String| parts.date.map(part).unwrap_or_default();
    let text = match token {
        Token::Lang => parts.lang.to_string(),
        Token::SectionPath => utf8_percent_encode(parts.section_path, PATH).to_string(),
        Token::Slug => utf8_percent_encode(parts.slug, SEGMENT).to_string(),
        Token::Id => parts.id.to_string(),
        Token::Year => date(|date| format!("{:04}", date.year())),
        Token::Month => date(|date| format!("{:02}", date.month())),
        Token::Day => date(|date| format!("{:02}", date.day())),
    };
    url.push_str(&text);
}

/// Letters beyond ASCII as their octets, all else as it was written.
fn encode_words(words: &str) -> String {
    let mut encoded = String::with_capacity(words.len());
    for c in words.chars() {
        if c.is_ascii() {
            encoded.push(c);
        } else {
            let mut octets = [0; 4];
            for octet in c.encode_utf8(&mut octets).bytes() {
                let written = write!(encoded, "%{octet:02X}");
                debug_assert!(written.is_ok(), "a String takes all text");
            }
        }
    }
    encoded
}

fn scheme_and_host(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let host = rest.split(['/', '?']).next()?;
    let plain =
        |c: char| c.is_ascii_alphanumeric() && !c.is_ascii_uppercase() || ".-:{}[]_".contains(c);
    (!host.is_empty() && host.chars().all(plain)).then_some((scheme, host))
}

/// The pieces of a template, in order; `None` where a brace does not belong to a token.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        let (_, token) = TOKENS.iter().find(|(known, _)| *known == name)?;
        if !words.is_empty() {
            pieces.push(Piece::Words(words.to_owned()));
        }
        pieces.push(Piece::Token(*token));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    let braced = |piece: &Piece| matches!(piece, Piece::Words(words) if words.contains('}'));
    (!pieces.iter().any(braced)).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang() -> LanguageTag {
        LanguageTag::parse("zh-Hans").unwrap()
    }

    fn id() -> Id {
        Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap()
    }

    fn expand(template: &str, section_path: &str, date: Option<&str>) -> String {
        UrlTemplate::parse(template).unwrap().expand(&Parts {
            lang: &lang(),
            section_path,
            slug: "中-a",
            id: id(),
            date: date.map(|date| date.parse().unwrap()),
        })
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
                "https://{lang}.example.org/é/{year}/{month}/{day}/{id}.html",
                "",
                Some("2022-01-09")
            ),
            "https://zh-Hans.example.org/%C3%A9/2022/01/09/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b.html"
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
    fn what_was_made_from_a_template_is_read_back() {
        for template in [
            "https://example.org/{lang}/{section_path}/{slug}",
            "https://example.org/{year}/{section_path}/{slug}.html",
            "https://example.org/story?slug={slug}",
        ] {
            let read = UrlTemplate::parse(template).unwrap();
            for (section, date) in [("国/b", Some("2022-01-09")), ("", None)] {
                let url = Url::parse(&expand(template, section, date)).unwrap();
                let slug = Reference::Slug("中-a".to_owned());
                assert_eq!(read.read_back(&url, &lang()), Some(slug.clone()), "{url}");
            }
            let other = Url::parse("https://example.net/zh-Hans/a/b").unwrap();
            assert_eq!(read.read_back(&other, &lang()), None);
        }
        let by_id = UrlTemplate::parse("https://example.org/{slug}/{id}").unwrap();
        let url = Url::parse(&expand(by_id.as_str(), "", None)).unwrap();
        assert_eq!(by_id.read_back(&url, &lang()), Some(Reference::Id(id())));
    }

    #[test]
    fn what_names_no_article_or_is_no_address_is_refused() {
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
        ] {
            assert!(UrlTemplate::parse(text).is_err(), "{text}");
        }
        assert!(
            UrlTemplate::parse(&format!("https://e.org/{}/{{slug}}", "a".repeat(500))).is_err()
        );
    }
}
