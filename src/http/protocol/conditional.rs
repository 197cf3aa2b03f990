//! Conditional requests (RFC 9110, section 13).

use actix_web::http::header::{self, HeaderMap, HeaderName, HttpDate};

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::http::protocol::encoding::Coding;

/// The result of a request's conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Send the representation.
    Send,
    /// 304: the client has it.
    NotModified,
    /// 412: If-Match or If-Unmodified-Since does not hold.
    Failed,
}

/// A version of a resource as entity tags name it. The time tells it from a lost version of the same number, after an older
/// backup was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VersionTag {
    pub(crate) number: i64,
    pub(crate) at: Timestamp,
}

impl VersionTag {
    /// The beginning of the tags of all its representations.
    pub(crate) fn tag(self) -> String {
        format!("v{}-{:x}", self.number, self.at.millis())
    }

    /// True if an opaque tag names this version: by any of its representations, or by its number alone.
    pub(crate) fn is_named_by(self, tag: &str) -> bool {
        let representation = tag.strip_prefix(&self.tag());
        tag == format!("v{}", self.number)
            || representation.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

/// Evaluates the conditions of a GET or HEAD in the order of section 13.2.2. `tag` is the representation's opaque tag
/// without quotes and without the mark of a coding: the tag of any of its codings matches.
pub(crate) fn evaluate(headers: &HeaderMap, tag: &str, modified: Option<Timestamp>) -> Outcome {
    let is_later = |name| {
        date(headers, name)
            .zip(seconds(modified))
            .map(|(d, m)| m > d)
    };
    let holds = if headers.contains_key(header::IF_MATCH) {
        matches(headers, &header::IF_MATCH, tag, true)
    } else {
        !is_later(header::IF_UNMODIFIED_SINCE).unwrap_or(false)
    };
    if !holds {
        return Outcome::Failed;
    }
    let known = if headers.contains_key(header::IF_NONE_MATCH) {
        matches(headers, &header::IF_NONE_MATCH, tag, false)
    } else {
        is_later(header::IF_MODIFIED_SINCE) == Some(false)
    };
    if known {
        Outcome::NotModified
    } else {
        Outcome::Send
    }
}

/// The entity tags of If-Match without their quotes, weak ones left out since the comparison is strong; `None` where the
/// field is absent.
pub(crate) fn strong_tags(headers: &HeaderMap) -> Option<Vec<String>> {
    headers.get(header::IF_MATCH)?;
    Some(strong_tags_in(&joined(headers, &header::IF_MATCH)))
}

/// The strong entity tags of a list, without their quotes, or `*`. What stands in no quotes is no entity tag (RFC 9110,
/// section 8.8.3).
pub(crate) fn strong_tags_in(list: &str) -> Vec<String> {
    let strong = entity_tags(list).into_iter().filter(|(weak, _)| !weak);
    strong
        .filter_map(|(_, opaque)| unquoted(opaque).or_else(|| (opaque == "*").then_some("*")))
        .map(str::to_owned)
        .collect()
}

/// The value of a field that is a list, its lines joined (RFC 9110, section 5.3).
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.collect::<Vec<_>>().join(",")
}

fn unquoted(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

/// True if a list of entity tags names `tag`. Strong comparison skips weak tags; `*` names any, beside other tags only where
/// nothing is written.
fn matches(headers: &HeaderMap, name: &HeaderName, tag: &str, strong: bool) -> bool {
    let list = joined(headers, name);
    let tags = if strong {
        entity_tags(&list)
    } else {
        elements(&list)
    };
    tags.into_iter()
        .any(|(weak, opaque)| opaque == "*" && !weak || !(strong && weak) && names(opaque, tag))
}

fn names(opaque: &str, tag: &str) -> bool {
    let Some(opaque) = unquoted(opaque) else {
        return false;
    };
    opaque == tag
        || Coding::COMPRESSED
            .iter()
            .any(|coding| opaque.strip_suffix(coding.tag_suffix()) == Some(tag))
}

/// The entity tags of a list, each with whether it is weak, quotes kept; none where `*` stands among others (RFC 9110,
/// section 13.1.1).
fn entity_tags(list: &str) -> Vec<(bool, &str)> {
    let mut tags = elements(list);
    if tags.len() > 1 && tags.contains(&(false, "*")) {
        tags.clear();
    }
    tags
}

/// The elements of a list of entity tags. A comma inside quotes parts nothing, and each ends at the next one outside.
fn elements(list: &str) -> Vec<(bool, &str)> {
    let mut tags = Vec::new();
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return tags;
        }
        let weak = rest.starts_with("W/");
        let body = if weak { &rest[2..] } else { rest };
        let quoted = body.strip_prefix('"');
        let close = quoted.map_or(Some(0), |quoted| quoted.find('"').map(|at| at + 2));
        let comma = close.and_then(|at| Some(at + body[at..].find(',')?));
        let end = comma.unwrap_or(body.len());
        tags.push((weak, body[..end].trim_end()));
        rest = &body[end..];
    }
}

/// The field's date in seconds; `None` where it is absent, repeated or no HTTP date, which all mean no condition.
fn date(headers: &HeaderMap, name: HeaderName) -> Option<i64> {
    let mut values = headers.get_all(name);
    let value = values.next().filter(|_| values.next().is_none())?;
    let date: HttpDate = value.to_str().ok()?.trim().parse().ok()?;
    let since = std::time::SystemTime::from(date).duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.ok()?.as_secs()).ok()
}

fn seconds(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.millis().div_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    const MODIFIED: Timestamp = Timestamp::from_millis(1_669_305_600_900);
    const AT: &str = "Thu, 24 Nov 2022 16:00:00 GMT";
    const BEFORE: &str = "Thu, 24 Nov 2022 15:59:59 GMT";

    fn ask(fields: &[(&'static str, &'static str)]) -> Outcome {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        evaluate(&headers, "abc", Some(MODIFIED))
    }

    #[test]
    fn any_of_the_listed_tags_matches_weak_or_strong_and_of_any_coding() {
        for list in [
            "\"abc\"",
            "W/\"abc\"",
            "\"x\", \"abc-br\"",
            "*",
            "\"a,b\",\"abc-gzip\"",
            ",, \"abc\"",
        ] {
            assert_eq!(
                ask(&[("if-none-match", list)]),
                Outcome::NotModified,
                "{list}"
            );
        }
        for list in [
            "",
            "abc",
            "\"abc\"x",
            "\"abc\" \"x\"",
            "\"ab\"",
            "\"abc-xz\"",
            "\"abc",
            "\"*\"",
            "W/*",
        ] {
            assert_eq!(ask(&[("if-none-match", list)]), Outcome::Send, "{list}");
        }
        assert_eq!(
            ask(&[("if-none-match", "\"x\""), ("if-none-match", "\"abc\"")]),
            Outcome::NotModified
        );
    }

    #[test]
    fn a_date_counts_by_whole_seconds_and_only_without_a_tag() {
        assert_eq!(ask(&[("if-modified-since", AT)]), Outcome::NotModified);
        assert_eq!(ask(&[("if-modified-since", BEFORE)]), Outcome::Send);
        assert_eq!(ask(&[("if-modified-since", "yesterday")]), Outcome::Send);
        assert_eq!(
            ask(&[("if-modified-since", AT), ("if-modified-since", AT)]),
            Outcome::Send
        );
        assert_eq!(
            ask(&[("if-modified-since", AT), ("if-none-match", "\"x\"")]),
            Outcome::Send
        );
    }

    #[test]
    fn a_version_is_named_by_its_number_or_by_its_own_representations() {
        let version = VersionTag {
            number: 3,
            at: MODIFIED,
        };
        let own = version.tag();
        for tag in ["v3", own.as_str(), &format!("{own}-abc-br")] {
            assert!(version.is_named_by(tag), "{tag}");
        }
        let lost = VersionTag {
            at: Timestamp::from_millis(7),
            ..version
        };
        for tag in [
            "v33",
            "v",
            "",
            "v3-",
            "v3-abc",
            &format!("{own}0"),
            &lost.tag(),
        ] {
            assert!(!version.is_named_by(tag), "{tag}");
        }
    }

    #[test]
    fn what_stands_in_no_quotes_is_no_tag() {
        assert_eq!(strong_tags_in("v1, 'v2', \"v3"), Vec::<String>::new());
        let tags = strong_tags_in("v1, W/\"v3\", \"v4\", \"\"");
        assert_eq!(tags, ["v4", ""]);
    }

    #[test]
    fn an_asterisk_means_any_only_where_it_stands_alone() {
        assert_eq!(strong_tags_in(" , * ,"), ["*"]);
        for list in ["*, \"v1\"", "\"abc\", *", "*,*", "*, W/\"abc\""] {
            assert_eq!(strong_tags_in(list), Vec::<String>::new(), "{list}");
            assert_eq!(ask(&[("if-match", list)]), Outcome::Failed, "{list}");
        }
        let lines = [("if-match", "*"), ("if-match", "\"abc\"")];
        assert_eq!(ask(&lines), Outcome::Failed);
    }

    #[test]
    fn if_match_comes_first_and_compares_strongly() {
        assert_eq!(ask(&[("if-match", "\"x\"")]), Outcome::Failed);
        assert_eq!(ask(&[("if-match", "W/\"abc\"")]), Outcome::Failed);
        assert_eq!(ask(&[("if-match", "\"abc-br\"")]), Outcome::Send);
        assert_eq!(
            ask(&[("if-match", "*"), ("if-none-match", "*")]),
            Outcome::NotModified
        );
        assert_eq!(ask(&[("if-unmodified-since", BEFORE)]), Outcome::Failed);
        assert_eq!(ask(&[("if-unmodified-since", AT)]), Outcome::Send);
    }
}
