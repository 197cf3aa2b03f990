//! Warnings: what a write that was taken changed or left out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of a write that was taken in another form, or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"pointer": "/body/content", "code": "element_removed", "detail": "<script> left out, twice"}))]
pub struct Warning {
    /// A JSON pointer to the field, in what was sent.
    pub pointer: String,
    /// A stable word for the kind of change.
    pub code: String,
    /// The change, its number and its result.
    pub detail: String,
}
