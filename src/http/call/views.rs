//! The view that a call asks for.

use crate::domain::warning::Warning;
use crate::http::call::extract::Call;
use crate::http::request::field_selection::Shape;
use crate::http::response::reply::Policy;
use crate::http::response::represent::View;

impl View {
    /// The view of editions, sections, authors, sources and tags.
    pub(crate) fn of_taxonomy(call: &Call, shape: Shape) -> Self {
        Self {
            shape,
            target: call.target(),
            policy: Policy::Taxonomy,
            warnings: None,
            default_lang: call.app.config.default_lang.clone(),
        }
    }

    /// The same view of a resource that was written, with warnings about the write.
    pub(crate) fn with_warnings(&self, warnings: Vec<Warning>) -> Self {
        Self {
            warnings: Some(warnings),
            ..self.clone()
        }
    }

    /// The view of what is always sent whole.
    pub(crate) fn whole(call: &Call, policy: Policy) -> Self {
        Self {
            shape: Shape::whole(),
            target: call.target(),
            policy,
            warnings: None,
            default_lang: call.app.config.default_lang.clone(),
        }
    }
}
