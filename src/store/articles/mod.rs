//! Articles in the database.

mod derived;
pub mod documents;
mod due;
mod find;
mod length;
mod list;
mod load;
mod places;
mod ranking;
mod references;
mod related;
mod rows;
mod slugs;
mod version;
mod view;
mod withdrawn;
mod within;
mod write;

pub use derived::{
    Derived, PlaceOrder, derive, derived_of, length_columns, write_columns, write_media,
    write_places,
};
pub use due::{next_release, released_before, waiting_until};
pub use find::{
    Found, Holders, Imported, article_exists, find_article, find_by_external_id, find_by_slug,
    imported_articles, was_shown,
};
pub use list::{articles_by_ids, list_articles};
pub use load::{Parts, get_article};
pub use places::{addresses_after, place_of, places_of_translations};
pub use related::list_related;
pub use rows::{Seen, StoredArticle};
pub use slugs::slugs_taken;
pub use version::{Version, show_version, version_of};
pub use view::BodyForm;
pub use withdrawn::list_withdrawn;
pub use write::{ArticleRecord, insert_articles, replace_article, set_import_digest};

pub use load::{find_stored, load_stored, stored_after};

pub use find::is_visible;
