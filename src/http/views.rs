//! The view that a call asks for.

use super::extract::Call;
use super::reply::Policy;
use super::represent::View;
use super::shape::Shape;

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
