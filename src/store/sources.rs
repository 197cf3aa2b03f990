//! Sources in the database.

use crate::domain::edition::Edition;
use crate::domain::source::{Rights, Source, SourceContent};
use crate::domain::view::{Links, SourceView};

use super::facets::FacetKind;
use super::moved::MovedKind;
use super::shared_rows::{SharedKind, shared_rows};

shared_rows!(sources of Source, SourceContent, texts: [kind, url], json: [rights: Rights]);

impl SharedKind for Source {
    type View = SourceView;
    const MOVED: MovedKind = MovedKind::Source;
    const HAS_ID: bool = true;
    const HAS_PAGES: bool = false;
    const SHOWN_BY: &'static [FacetKind] = &[FacetKind::Source];
    const COUNTED: FacetKind = FacetKind::Source;

    fn view(self, _: &[Edition], article_count: Option<i64>) -> SourceView {
        let content = self.content;
        SourceView {
            id: self.id,
            article_count,
            links: Links {
                own: format!("/api/sources/{}", self.id),
            },
            slug: content.slug.into_string(),
            name: content.name,
            names: content.names,
            kind: content.kind,
            url: content.url,
            rights: content.rights,
            version: self.version,
            updated_at: self.updated_at,
        }
    }
}
