//! Deletions of what others need.

use crate::domain::error::Invalid;
use crate::store::needs::COUNTED;

use super::ServiceError;

/// Most obstacles to a deletion that are named.
pub const NAMED_AT_MOST: usize = 10;

/// Refuses to take away what others need, and names them.
pub fn refuse_used(what: &str, used: &[(&str, (i64, Vec<String>))]) -> Result<(), ServiceError> {
    let in_words = |(noun, (count, first)): &(&str, (i64, Vec<String>))| {
        let plural = if *count == 1 { "" } else { "s" };
        let all = usize::try_from(*count).unwrap_or(usize::MAX);
        let more = if all > first.len() { " …" } else { "" };
        let count = match all > COUNTED {
            true => format!("more than {COUNTED}"),
            false => count.to_string(),
        };
        format!("{count} {noun}{plural}: {}{more}", first.join(", "))
    };
    let needed: Vec<String> = used
        .iter()
        .filter(|(_, (count, _))| *count > 0)
        .map(in_words)
        .collect();
    if needed.is_empty() {
        return Ok(());
    }
    let detail = format!("this {what} is needed by {}", needed.join("; "));
    Err(ServiceError::Conflict(Invalid::new("in_use", detail)))
}
