//! The facets by which the hits of a search are counted.

use crate::store::facets::FacetKind;

/// Keys by which hits are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facet {
    /// By a facet of the store.
    Of(FacetKind),
    /// By the year of publication.
    Year,
}

/// Values of `facets`.
pub(crate) const FACETS: [(&str, Facet); 6] = [
    ("section", Facet::Of(FacetKind::Section)),
    ("author", Facet::Of(FacetKind::Author)),
    ("source", Facet::Of(FacetKind::Source)),
    ("tag", Facet::Of(FacetKind::Tag)),
    ("lang", Facet::Of(FacetKind::Lang)),
    ("year", Facet::Year),
];
