//! The links of a resource.

use serde::Serialize;
use utoipa::ToSchema;

/// Links to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Links {
    /// The resource's own address, relative to the service.
    #[serde(rename = "self")]
    #[schema(example = "/api/articles/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b")]
    pub own: String,
}
