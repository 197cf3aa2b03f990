//! Authors, sources and tags by their names in other languages.
//!
//! A partial index over those that have such names, of the migration `other_names`, keeps the search from reading the others.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use unicode_normalization::UnicodeNormalization;

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::text::fold_name;

use super::conn::Conn;
use super::error::StoreError;
use super::needs::Named;
use super::schema::{authors, sources, tags};
use super::types::{from_json, stored_id};

/// The identities of those whose other names hold a text, with these names.
macro_rules! holding {
    ($conn:ident, $table:ident, $pattern:expr) => {
        $table::table
            .filter(sql::<Bool>("names <> '{}'"))
            .filter($table::names.like($pattern))
            .order($table::id)
            .select(($table::id, $table::names))
            .load($conn)
    };
}

/// The one that has a name, once both are folded, in another language than that of its first name: in `lang` before all
/// others, the oldest of several.
pub fn find_by_other_name(
    conn: &mut Conn,
    kind: Named,
    name: &str,
    lang: &LanguageTag,
) -> Result<Option<Id>, StoreError> {
    let name = fold_name(name);
    let pattern = format!("%{}%", plain_part(&name));
    let rows: Vec<(String, String)> = match kind {
        Named::Author => holding!(conn, authors, pattern),
        Named::Source => holding!(conn, sources, pattern),
        Named::Tag => holding!(conn, tags, pattern),
        Named::Section => return Ok(None),
    }?;
    let mut elsewhere = None;
    for (id, names) in rows {
        let names: Names = from_json(&names)?;
        let is_own = |(_, own): &(&String, &String)| fold_name(own) == name;
        let mut langs = names.iter().filter(is_own).map(|(lang, _)| lang.as_str());
        match langs.next() {
            Some(first) if first == lang.as_str() || langs.any(|own| own == lang.as_str()) => {
                return Ok(Some(stored_id(&id)?));
            }
            Some(_) => elsewhere = elsewhere.or(Some(id)),
            None => {}
        }
    }
    elsewhere.map(|id| stored_id(&id)).transpose()
}

/// The longest part of a name that is the same in every normal form and in JSON.
fn plain_part(name: &str) -> &str {
    let is_plain = |c: char| c.is_alphanumeric() && std::iter::once(c).nfd().eq([c]);
    let parts = name.split(|c: char| !is_plain(c));
    parts.max_by_key(|part| part.len()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::plain_part;

    #[test]
    fn a_part_of_a_name_is_the_same_in_every_form() {
        for (name, part) in [
            ("Santé publique", "publique"),
            ("公共卫生", "公共卫生"),
            ("été", "t"),
            ("C++", "C"),
            ("😀", ""),
        ] {
            assert_eq!(plain_part(name), part, "{name}");
        }
    }
}
