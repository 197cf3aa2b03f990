//! Keys of the addresses that articles were imported from, by which they are found again.

use std::collections::BTreeMap;

use diesel::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::domain::article::Details;
use crate::domain::id::Id;
use crate::domain::normal_url::NormalUrl;

use super::batch::insert_rows;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::article_addresses;

/// Longer keys are kept as their digest: PostgreSQL's indexes hold a third of a page.
const KEY_MAX: usize = 1_000;

/// The key of an address: host, path and query of its normal form.
pub(super) fn url_key(url: &NormalUrl) -> String {
    key(format!("{}{}", url.host(), path_and_query(url)))
}

/// The key of an address on whatever host; never empty.
pub(super) fn path_key(url: &NormalUrl) -> String {
    key(format!("/{}", path_and_query(url).trim_start_matches('/')))
}

/// Both keys of the address that an article was imported from.
pub(super) fn keys_of(details: &Details) -> (Option<String>, Option<String>) {
    let url = details.url.as_deref().and_then(NormalUrl::parse_or_path);
    (url.as_ref().map(url_key), url.as_ref().map(path_key))
}

fn path_and_query(url: &NormalUrl) -> String {
    let mark = if url.query().is_some() { "?" } else { "" };
    format!("{}{mark}{}", url.path(), url.query().unwrap_or_default())
}

fn key(text: String) -> String {
    if text.len() > KEY_MAX {
        return format!("{:032x}", xxh3_128(text.as_bytes()));
    }
    text
}

#[derive(Insertable)]
#[diesel(table_name = article_addresses)]
struct AddressRow {
    article_id: Id,
    url_key: String,
    url_path: String,
}

/// Remembers the addresses, beside the one that each was imported from, that lead to articles.
pub(super) fn insert_addresses<'a>(
    conn: &mut Conn,
    articles: impl Iterator<Item = (Id, &'a [String])>,
) -> Result<(), StoreError> {
    let rows: Vec<AddressRow> = articles.flat_map(|(id, urls)| rows_of(id, urls)).collect();
    insert_rows!(conn, article_addresses::table, rows);
    Ok(())
}

fn rows_of(article_id: Id, urls: &[String]) -> impl Iterator<Item = AddressRow> {
    let urls = urls.iter().filter_map(|url| NormalUrl::parse_or_path(url));
    let keys: BTreeMap<String, String> = urls.map(|url| (url_key(&url), path_key(&url))).collect();
    keys.into_iter().map(move |(url_key, url_path)| AddressRow {
        article_id,
        url_key,
        url_path,
    })
}

/// Forgets the addresses that lead to an article.
pub(super) fn remove_addresses(conn: &mut Conn, article: Id) -> Result<(), StoreError> {
    let rows = article_addresses::table.filter(article_addresses::article_id.eq(article));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_of_the_normal_form_and_never_too_long_for_an_index() {
        let url = NormalUrl::parse("https://Example.org/a/?x=1#top").unwrap();
        assert_eq!(url_key(&url), "example.org/a?x=1");
        assert_eq!(path_key(&url), "/a?x=1");
        let root = NormalUrl::parse("https://example.org").unwrap();
        assert_eq!(
            (url_key(&root).as_str(), path_key(&root).as_str()),
            ("example.org", "/")
        );
        let long = NormalUrl::parse(&format!("https://e.org/{}", "a".repeat(2_000))).unwrap();
        assert_eq!((url_key(&long).len(), path_key(&long).len()), (32, 32));
    }
}
