//! The three kinds of thing that belong to no edition: authors, sources and tags. Each says here what is its own.

use serde::Serialize;
use serde_json::Value;

use crate::domain::view::HasNames;
use crate::http::request::field_selection::Names;
use crate::http::request::json_fields::Fields;
use crate::http::response::links::Linked;
use crate::http::response::represent::Named;
use crate::service::shared::Shared;

/// Resources that clients write and that belong to no edition.
pub(crate) trait Written:
    Shared<View: Serialize + Linked + Named + HasNames + Send + 'static>
{
    /// Its path below `/api`.
    const PLURAL: &'static str;

    /// The names of its representation.
    fn names() -> &'static Names;
    /// Reads its fields; what a change leaves out of its slug stays as it was.
    fn read(fields: &mut Fields, before: Option<&Self::Content>) -> Option<Self::Content>;
    /// The form that it is written in, every field named.
    fn written(content: &Self::Content) -> Value;

    /// The word for one of them.
    fn kind() -> &'static str {
        Self::MOVED.as_str()
    }
}
