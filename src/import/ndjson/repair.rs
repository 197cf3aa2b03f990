//! Repair of almost JSON: each place that a parser refuses is noted, and the rest is read.

use serde_json::Value;

use crate::domain::json::marks::{self, Oddity};
use crate::import::record::Finding;

use super::fields::tell;

/// Takes the marks out of a value, and notes the place of each.
pub(super) fn unmark(value: &mut Value, notes: &mut Vec<Finding>) {
    marks::unmark(value, "", &mut |at, oddity| {
        let (code, detail) = match oddity {
            Oddity::Deep => ("too_deep", "this lies too deep and is left out"),
            Oddity::Vast => (
                "out_of_range",
                "this number is out of range and is left out",
            ),
            Oddity::Surrogate => ("lone_surrogate", "half a surrogate pair became U+FFFD"),
            Oddity::Control => ("control_character", "control characters became blanks"),
            Oddity::Stray => ("invalid_utf8", "bytes that are not UTF-8 were taken out"),
        };
        tell(notes, Finding::at(at, code, detail));
    });
}
