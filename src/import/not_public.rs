//! Fields by which other systems say that an article is not for everybody, or not yet. A word of such a field that is not
//! clearly harmless counts: the article is no public one.

use serde_json::{Map, Value};

use crate::domain::nearest::snake;
use crate::domain::time::{Clock, Timestamp};

use super::date::WrittenDate;
use super::feed_date;

/// Milliseconds by which the clocks of the last zone are behind those of UTC, and more.
const EVERYWHERE: i64 = 14 * 60 * 60 * 1_000;

/// Objects in which other systems keep what they say of an article.
const CONTAINERS: [&str; 19] = [
    "access",
    "attributes",
    "custom_fields",
    "data",
    "flags",
    "front_matter",
    "frontmatter",
    "meta",
    "metadata",
    "options",
    "post",
    "publication",
    "publishing",
    "settings",
    "state",
    "status",
    "sys",
    "system",
    "workflow",
];
/// Words that stand before the name of a field and say of what it is.
const PREFIXES: [&str; 13] = [
    "article_",
    "content_",
    "document_",
    "entry_",
    "field_",
    "is_",
    "item_",
    "node_",
    "page_",
    "post_",
    "record_",
    "story_",
    "web_",
];

/// Fields of publication: without a yes, or a date that has passed, nothing is public.
const PUBLISHED: [&str; 22] = [
    "date_published",
    "first_published_at",
    "ispublished",
    "publication_date",
    "publish",
    "publish_date",
    "publish_from",
    "publish_on",
    "publish_time",
    "publish_up",
    "published",
    "published_at",
    "published_date",
    "published_from",
    "published_on",
    "published_time",
    "published_version",
    "pub_date",
    "pubdate",
    "date_gmt",
    "go_live",
    "go_live_at",
];
/// Fields that say no where the article is not for everybody.
const SHOWN: [&str; 24] = [
    "accessible",
    "active",
    "approved",
    "available",
    "displayed",
    "enabled",
    "free",
    "isactive",
    "ispublic",
    "isvisible",
    "listed",
    "live",
    "online",
    "open_access",
    "public",
    "publicly_visible",
    "released",
    "show",
    "show_on_web",
    "show_online",
    "shown",
    "viewable",
    "visible",
    "web",
];
/// Fields of a state or an audience: what is no word for public hides the article.
const STATES: [&str; 34] = [
    "access",
    "access_level",
    "access_rights",
    "access_tier",
    "access_type",
    "approval_state",
    "approval_status",
    "editorial_state",
    "editorial_status",
    "lifecycle_state",
    "lifecycle_status",
    "moderation_state",
    "moderation_status",
    "privacy",
    "privacy_level",
    "privacy_status",
    "publication_state",
    "publication_status",
    "publish_state",
    "publish_status",
    "published_status",
    "publishing_state",
    "publishing_status",
    "review_state",
    "review_status",
    "state",
    "status",
    "visibility",
    "visibility_level",
    "visible_to",
    "workflow",
    "workflow_stage",
    "workflow_state",
    "workflow_status",
];
/// Fields of many meanings, which hide the article by the words of [`HIDING`] alone.
const VAGUE: [&str; 9] = [
    "audience",
    "availability",
    "lifecycle",
    "phase",
    "readership",
    "stage",
    "step",
    "tier",
    "tiers",
];
/// Parts of the names of fields of a time to wait for.
const WAITING: [&str; 9] = [
    "available_from",
    "embargo",
    "goes_live",
    "hold_until",
    "not_before",
    "scheduled",
    "start_publishing",
    "unlock",
    "visible_from",
];
/// Parts of the names of fields that hide the article unless they say no, and words that do so as values.
const HIDING: [&str; 32] = [
    "available_until",
    "confidential",
    "deleted",
    "draft",
    "end_publishing",
    "expir",
    "gated",
    "hidden",
    "invisible",
    "login_required",
    "member",
    "not_public",
    "nonpublic",
    "off_time",
    "paid",
    "password",
    "paywall",
    "premium",
    "private",
    "protected",
    "publish_down",
    "requires_login",
    "restrict",
    "subscriber",
    "suspended",
    "takedown",
    "taken_down",
    "trash",
    "unlisted",
    "unpublish",
    "valid_until",
    "withdr",
];
/// Whole names of fields that do so.
const HIDDEN: [&str; 16] = [
    "archived",
    "archived_at",
    "archived_version",
    "blocked",
    "disabled",
    "hide",
    "internal",
    "isarchived",
    "isprivate",
    "killed",
    "locked",
    "pending",
    "removed",
    "secret",
    "spiked",
    "subscription",
];
/// Words for public.
const PUBLIC: [&str; 22] = [
    "active",
    "all",
    "anyone",
    "approved",
    "everybody",
    "everyone",
    "free",
    "live",
    "online",
    "open",
    "open access",
    "open_access",
    "openaccess",
    "public",
    "publicly visible",
    "publish",
    "published",
    "released",
    "unrestricted",
    "visible",
    "world",
    "www",
];

/// The meaning of a value.
enum Said {
    Yes,
    No,
    Nothing,
    Past,
    Future,
    Public,
    Words(String),
    Other,
}

/// True if a field of this name says that its article is not for everybody, or not yet; `None` for a field of another meaning.
pub(super) fn hides(name: &str, value: &Value) -> Option<bool> {
    let snake = snake(name);
    let mut plain = snake.as_str();
    while let Some(rest) = PREFIXES
        .iter()
        .find_map(|prefix| plain.strip_prefix(prefix))
    {
        plain = rest;
    }
    let is_part = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
    let said = said(value);
    // The number of a version that was published.
    let is_version = plain == "published_version" && value.as_u64() > Some(0);
    if PUBLISHED.contains(&plain) && !is_version {
        return Some(!matches!(said, Said::Yes | Said::Past | Said::Public));
    }
    if is_part(&WAITING) {
        let is_over = matches!(said, Said::No | Said::Nothing | Said::Past | Said::Public);
        return Some(!is_over);
    }
    if is_part(&HIDING) || HIDDEN.contains(&plain) {
        return Some(!matches!(said, Said::No | Said::Nothing | Said::Public));
    }
    if STATES.contains(&plain) {
        return Some(!matches!(said, Said::Yes | Said::Nothing | Said::Public));
    }
    if SHOWN.contains(&plain) || VAGUE.contains(&plain) {
        return Some(match said {
            Said::No => SHOWN.contains(&plain),
            Said::Words(words) => HIDING.iter().any(|word| words.contains(word)),
            _ => false,
        });
    }
    None
}

/// The first field that hides an article, by its path, also one in an object in which other systems keep such fields.
pub(super) fn mark(fields: &Map<String, Value>) -> Option<String> {
    fields.iter().find_map(|(name, value)| {
        let step = name.replace('~', "~0").replace('/', "~1");
        let inner = inner(name, value);
        if let Some(mark) = inner.and_then(mark) {
            return Some(format!("{step}/{mark}"));
        }
        // An object is told by what it says, where that can be read.
        let says = |(name, value): (&String, &Value)| hides(name, value).is_some();
        let is_read = inner.is_some_and(|inner| inner.iter().any(says));
        (!is_read && hides(name, value) == Some(true)).then_some(step)
    })
}

/// The fields of an object in which other systems keep what they say of an article.
fn inner<'v>(name: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
    let is_container = name.starts_with('_') || CONTAINERS.contains(&snake(name).as_str());
    value.as_object().filter(|_| is_container)
}

/// The words of a report for a field that hides its article.
pub(super) fn told(name: &str) -> String {
    format!("{name} says that it is not for everybody, or not yet: the article goes in as a draft")
}

fn said(value: &Value) -> Said {
    match value {
        Value::Null => Said::Nothing,
        Value::Bool(true) => Said::Yes,
        Value::Bool(false) => Said::No,
        Value::Number(number) => match number.as_i64() {
            Some(0) => Said::No,
            Some(1) => Said::Yes,
            Some(at) if at > 100_000_000 => epoch(at),
            _ => Said::Other,
        },
        Value::String(text) => of_words(text),
        Value::Array(items) => match items.as_slice() {
            [] => Said::Nothing,
            [one] => said(one),
            _ => Said::Other,
        },
        Value::Object(fields) if fields.is_empty() => Said::Nothing,
        Value::Object(_) => Said::Other,
    }
}

fn of_words(text: &str) -> Said {
    let words = text.trim().to_lowercase();
    match words.as_str() {
        "" | "null" | "undefined" | "nil" | "n/a" | "-" => Said::Nothing,
        "true" | "1" | "yes" | "y" | "on" | "t" => Said::Yes,
        "false" | "0" | "no" | "n" | "off" | "f" | "none" | "never" => Said::No,
        word if PUBLIC.contains(&word) => Said::Public,
        _ if WrittenDate::is_zero(&words) => Said::Nothing,
        _ => match feed_date::instant(text) {
            Some(at) => of_date(at),
            None => Said::Words(words.replace([' ', '-'], "_")),
        },
    }
}

/// Seconds, or milliseconds, since 1970.
fn epoch(number: i64) -> Said {
    let is_millis = number > 100_000_000_000;
    let millis = number.checked_mul(if is_millis { 1 } else { 1_000 });
    millis.map_or(Said::Other, |millis| {
        of_date(Timestamp::from_millis(millis))
    })
}

/// A time has passed where it has passed on the clocks of every zone.
fn of_date(at: Timestamp) -> Said {
    match at.millis().saturating_add(EVERYWHERE) < Clock::System.now().millis() {
        true => Said::Past,
        false => Said::Future,
    }
}

#[cfg(test)]
mod tests;
