//! The schemas of parameters: languages, ids, words, times, and lists of them.

use utoipa::openapi::schema::{AnyOfBuilder, Array, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, Object, Schema, SchemaFormat};

use crate::domain::query::{LONGEST_PATH, LONGEST_VALUE, MOST_VALUES};

/// Declares types that stand for a schema. A parameter of such a type keeps its description, which `schema_with` drops.
macro_rules! schemas {
    ($($name:ident: $schema:expr;)*) => {$(
        #[doc = concat!("The schema of a parameter: ", stringify!($name), ".")]
        #[derive(Debug)]
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}
pub(crate) use schemas;

schemas! {
    Language: language();
    Languages: languages();
    References: references(LONGEST_VALUE);
    Paths: references(LONGEST_PATH);
    Ids: ids();
    Moment: moment();
}

/// A language tag: language, script, region and variants (RFC 5646, section 2.1).
const LANGUAGE: &str = "[A-Za-z]{2,8}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?";
/// A UUID of version 7.
const ID: &str = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}";

fn text(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
}

/// One of a few words.
pub(crate) fn enumeration(words: &[&str], default: Option<&str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .default(default.map(Into::into))
        .build()
}

/// Words of a few.
pub(crate) fn word_list(words: &[&str]) -> Array {
    let list = ArrayBuilder::new().items(enumeration(words, None));
    list.min_items(Some(1)).build()
}

/// One language.
pub(crate) fn language() -> Object {
    text(&format!("^{LANGUAGE}$")).build()
}

/// Languages with commas between.
fn languages() -> Object {
    text(&format!("^{LANGUAGE}(,{LANGUAGE}){{0,19}}$")).build()
}

/// A filter by slugs, paths or ids of so many characters.
fn references(most: usize) -> Array {
    let value = format!(
        "^[^,\\s\\u0000-\\u001f\\u007f-\\u009f][^,\\u0000-\\u001f\\u007f-\\u009f]{{0,{}}}$",
        most - 1
    );
    filter(text(&value).build())
}

/// A filter by ids.
fn ids() -> Array {
    filter(text(&format!("^{ID}$")).build())
}

fn filter(item: Object) -> Array {
    ArrayBuilder::new()
        .items(item)
        .min_items(Some(1))
        .max_items(Some(MOST_VALUES))
        .build()
}

/// An instant, a whole day or a whole year.
fn moment() -> Schema {
    let form = |format| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
    };
    let year = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^(?!0000)[0-9]{4}$"));
    let either = AnyOfBuilder::new()
        .item(form(KnownFormat::Date))
        .item(form(KnownFormat::DateTime))
        .item(year);
    Schema::AnyOf(either.build())
}
