//! Partners: sites that take content from here under a contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Invalid;
use super::source::Rights;
use super::text::{NOTE_MAX, clean};

/// The longest embargo offset: ten years.
pub const OFFSET_MAX: u32 = 315_360_000;
/// The most requests a second that a contract can name.
pub const RATE_MAX: u32 = 10_000;
/// The most requests a day that a contract can name.
pub const QUOTA_MAX: u32 = 1_000_000_000;

/// The contract of a partner, beyond the editions, sections and sources that its key is limited to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contract {
    /// Seconds after publication before the partner sees an article.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(minimum = 0, maximum = 315_360_000, example = 3600)]
    pub embargo_offset: u32,
    /// True leaves bodies out of everything that the partner reads.
    #[serde(skip_serializing_if = "is_false")]
    pub summary_only: bool,
    /// The rights line that its copies must show; stands in `rights.copyright`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "© Example Press. Licensed to The Daily.")]
    pub rights: Option<String>,
    /// The attribution that its copies must show; stands in `rights.attribution`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "First published by Example Press")]
    pub attribution: Option<String>,
    /// Requests a day, from midnight to midnight in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000_000, example = 10_000)]
    pub quota_per_day: Option<u32>,
    /// Requests a second, on each node.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, minimum = 1, maximum = 10_000, example = 10)]
    pub rate_per_second: Option<u32>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Contract {
    /// The contract with its texts cleaned, where every number is one that can be kept; otherwise the field that is
    /// wrong, and why.
    ///
    /// # Errors
    /// The first field that does not hold.
    pub fn checked(mut self) -> Result<Self, (&'static str, Invalid)> {
        if self.embargo_offset > OFFSET_MAX {
            return Err(("embargo_offset", out_of_range(0, OFFSET_MAX)));
        }
        if !within(self.quota_per_day, QUOTA_MAX) {
            return Err(("quota_per_day", out_of_range(1, QUOTA_MAX)));
        }
        if !within(self.rate_per_second, RATE_MAX) {
            return Err(("rate_per_second", out_of_range(1, RATE_MAX)));
        }
        self.rights = line(self.rights).map_err(|invalid| ("rights", invalid))?;
        self.attribution = line(self.attribution).map_err(|invalid| ("attribution", invalid))?;
        Ok(self)
    }

    /// An article's rights as a copy under this contract must show them.
    #[must_use]
    pub fn rights_of(&self, rights: Rights) -> Rights {
        Rights {
            copyright: self.rights.clone().or(rights.copyright),
            licence: rights.licence,
            attribution: self.attribution.clone().or(rights.attribution),
        }
    }

    /// True if a copy under this contract is the same as under another: everything but the rate of requests is equal.
    #[must_use]
    pub fn copies_like(&self, other: &Self) -> bool {
        let uncounted = |contract: &Self| Self {
            quota_per_day: None,
            rate_per_second: None,
            ..contract.clone()
        };
        uncounted(self) == uncounted(other)
    }

    /// True if requests are counted.
    #[must_use]
    pub const fn is_metered(&self) -> bool {
        self.quota_per_day.is_some() || self.rate_per_second.is_some()
    }
}

fn within(number: Option<u32>, most: u32) -> bool {
    number.is_none_or(|number| (1..=most).contains(&number))
}

fn out_of_range(least: u32, most: u32) -> Invalid {
    Invalid::new(
        "out_of_range",
        format!("a whole number from {least} to {most}"),
    )
}

fn line(text: Option<String>) -> Result<Option<String>, Invalid> {
    let cleaned = text.map(|text| clean(&text, NOTE_MAX)).transpose()?;
    Ok(cleaned.filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_kept_are_refused_by_field() {
        let faulty = [
            (
                "embargo_offset",
                Contract {
                    embargo_offset: OFFSET_MAX + 1,
                    ..Contract::default()
                },
            ),
            (
                "quota_per_day",
                Contract {
                    quota_per_day: Some(0),
                    ..Contract::default()
                },
            ),
            (
                "rate_per_second",
                Contract {
                    rate_per_second: Some(RATE_MAX + 1),
                    ..Contract::default()
                },
            ),
        ];
        for (field, contract) in faulty {
            assert_eq!(contract.checked().unwrap_err().0, field);
        }
    }

    #[test]
    fn what_a_contract_says_of_rights_wins_and_the_rest_stays() {
        let contract = Contract {
            rights: Some(" © Us ".to_owned()),
            attribution: Some("  ".to_owned()),
            ..Contract::default()
        };
        let contract = contract.checked().unwrap();
        let rights = contract.rights_of(Rights {
            copyright: Some("© Them".to_owned()),
            licence: Some("CC-BY-4.0".to_owned()),
            attribution: Some("By them".to_owned()),
        });
        assert_eq!(rights.copyright.as_deref(), Some("© Us"));
        assert_eq!(rights.licence.as_deref(), Some("CC-BY-4.0"));
        assert_eq!(rights.attribution.as_deref(), Some("By them"));
    }

    #[test]
    fn how_often_may_be_asked_changes_no_copy() {
        let free = Contract::default();
        let counted = Contract {
            quota_per_day: Some(5),
            rate_per_second: Some(1),
            ..Contract::default()
        };
        let short = Contract {
            summary_only: true,
            ..Contract::default()
        };
        assert!(free.copies_like(&counted) && !free.copies_like(&short));
    }

    #[test]
    fn a_contract_without_terms_is_an_empty_object() {
        assert_eq!(serde_json::to_string(&Contract::default()).unwrap(), "{}");
    }
}
