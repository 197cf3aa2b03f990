//! Authors in the database.

use crate::domain::author::{Author, AuthorContent};
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::page_url::PageUrl;
use crate::domain::text::fold_name;
use crate::domain::view::{AuthorView, Links};

use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::{Known, MovedKind, find_moved};
use super::shared_rows::{SharedKind, shared_rows};

shared_rows!(authors of Author, AuthorContent, texts: [bio, affiliation, url], json: []);

impl SharedKind for Author {
    type View = AuthorView;
    const MOVED: MovedKind = MovedKind::Author;
    const HAS_ID: bool = true;
    const HAS_PAGES: bool = true;
    const SHOWN_BY: &'static [FacetKind] = &FacetKind::PERSON;
    const COUNTED: FacetKind = FacetKind::Author;

    fn view(self, editions: &[Edition], article_count: Option<i64>) -> AuthorView {
        let url = page_of(&self, editions);
        let content = self.content;
        AuthorView {
            id: self.id,
            article_count,
            links: Links {
                own: format!("/api/authors/{}", self.id),
            },
            slug: content.slug.into_string(),
            name: content.name,
            names: content.names,
            bio: content.bio,
            affiliation: content.affiliation,
            url,
            version: self.version,
            updated_at: self.updated_at,
        }
    }
}

/// Whom an author of this exact name was merged with.
pub fn merged_author_of_name(conn: &mut Conn, name: &str) -> Result<Option<Id>, StoreError> {
    find_moved(
        conn,
        MovedKind::AuthorName,
        "",
        &fold_name(name),
        Known::All,
    )
}

/// The address of an author: a page of their own, else the one in the first of these editions that has pages of authors.
pub fn page_of(author: &Author, editions: &[Edition]) -> PageUrl {
    let content = &author.content;
    match &content.url {
        Some(own) => PageUrl::Absolute(own.clone()),
        None => PageUrl::of_author(editions, author.id, content.slug.as_str()),
    }
}
