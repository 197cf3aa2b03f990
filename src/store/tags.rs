//! Tags in the database.

use crate::domain::edition::Edition;
use crate::domain::page_url::PageUrl;
use crate::domain::tag::{Tag, TagContent, spelling_key};
use crate::domain::text::{NAME_MAX, cut, fold_name};
use crate::domain::view::{Links, TagView};

use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::MovedKind;
use super::shared_rows::{SharedKind, SharedRows, shared_rows};

shared_rows!(tags of Tag, TagContent, texts: [], json: []);

impl SharedKind for Tag {
    type View = TagView;
    const MOVED: MovedKind = MovedKind::Tag;
    const HAS_ID: bool = false;
    const HAS_PAGES: bool = true;
    const SHOWN_BY: &'static [FacetKind] = &[FacetKind::Tag];
    const COUNTED: FacetKind = FacetKind::Tag;

    /// NFC and case folding can make more of a name than what an index of the database can hold.
    fn name_key(name: &str) -> String {
        cut(&spelling_key(name), NAME_MAX).to_owned()
    }

    /// First those whose name is exactly that once white space is folded, then those of another spelling, each the oldest
    /// first.
    fn of_name(conn: &mut Conn, name: &str) -> Result<Vec<Self>, StoreError> {
        let exact = fold_name(name);
        let keys = [Self::name_key(name), cut(&exact, NAME_MAX).to_owned()];
        let mut found = Self::with_name_keys(conn, &keys)?;
        // Keys that an earlier version wrote joined more.
        found.retain(|tag| Self::name_key(&tag.content.name) == keys[0]);
        found.sort_by_key(|tag| (fold_name(&tag.content.name) != exact, tag.id));
        Ok(found)
    }

    fn view(self, editions: &[Edition], article_count: Option<i64>) -> TagView {
        let content = self.content;
        TagView {
            article_count,
            url: PageUrl::of_tag(editions, content.slug.as_str()),
            links: Links {
                own: format!("/api/tags/{}", content.slug),
            },
            slug: content.slug.into_string(),
            name: content.name,
            names: content.names,
            version: self.version,
            updated_at: self.updated_at,
        }
    }
}
