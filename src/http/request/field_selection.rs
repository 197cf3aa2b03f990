//! `fields` and `include`: how much of each resource is sent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::{self, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::error::Problem;
use crate::http::request::query::Query;

/// A resource's names: its fields, those that always come, and what `include` takes.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) fields: Vec<String>,
    pub(crate) identity: &'static [&'static str],
    pub(crate) includes: &'static [&'static str],
}

impl Names {
    /// The names of `T`, as its schema has them.
    pub(crate) fn of<T: ToSchema>(
        identity: &'static [&'static str],
        includes: &'static [&'static str],
    ) -> Self {
        let fields = match T::schema() {
            RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
            _ => Vec::new(),
        };
        Self {
            fields,
            identity,
            includes,
        }
    }
}

/// The fields and parts that a request picked.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Top-level names; `None`: all.
    fields: Option<Vec<String>>,
    include: Vec<String>,
}

impl Shape {
    /// Everything.
    pub(crate) const fn whole() -> Self {
        Self {
            fields: None,
            include: Vec::new(),
        }
    }

    /// Reads `fields` and `include`.
    pub(crate) fn read(query: &mut Query, names: &Names) -> Self {
        let include: Vec<(&str, &str)> = names.includes.iter().map(|name| (*name, *name)).collect();
        let include = query
            .choices("include", &include)
            .into_iter()
            .map(str::to_owned);
        let include: Vec<String> = include.collect();
        let pairs: Vec<(&str, &str)> = names
            .fields
            .iter()
            .map(|n| (n.as_str(), n.as_str()))
            .collect();
        let picked = query.has("fields").then(|| query.choices("fields", &pairs));
        let fields = picked.map(|picked| {
            let identity = names.identity.iter().copied();
            let all = identity.chain(picked).map(str::to_owned);
            all.chain(include.iter().cloned()).collect()
        });
        Self { fields, include }
    }

    /// True if `name` was asked for by name, in either parameter.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.include.iter().any(|n| n == name) || self.picks(name) && self.fields.is_some()
    }

    /// Lets one more name through.
    pub(crate) fn add(&mut self, name: &str) {
        if let Some(fields) = &mut self.fields {
            fields.push(name.to_owned());
        }
    }

    /// True if `fields` lets `name` through.
    pub(crate) fn picks(&self, name: &str) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| fields.iter().any(|n| n == name))
    }

    /// A resource as it is sent.
    ///
    /// # Errors
    /// The fault of a resource that cannot be written as JSON.
    pub(crate) fn row<'a, T: Serialize>(&'a self, row: &'a T) -> Result<Row<'a, T>, Problem> {
        Ok(match self.fields {
            None => Row::Whole(row),
            Some(_) => Row::Picked(Picked {
                shape: self,
                json: Cow::Owned(to_raw_value(row).map_err(Problem::internal)?),
            }),
        })
    }
}

/// A resource as it is sent.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Row<'a, T> {
    /// With all its fields.
    Whole(&'a T),
    /// With those that were picked.
    Picked(Picked<'a>),
}

/// The JSON of a resource, of which only what was picked is written; and so of its children.
#[derive(Debug)]
pub(crate) struct Picked<'a> {
    shape: &'a Shape,
    json: Cow<'a, RawValue>,
}

impl Serialize for Picked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields: Fields<'_> = read(self.json.get())?;
        let mut written = serializer.serialize_map(None)?;
        for (name, value) in fields.0 {
            if !self.shape.picks(name) {
                continue;
            }
            if name != "children" {
                written.serialize_entry(name, value)?;
                continue;
            }
            let children: Option<Vec<&RawValue>> = read(value.get())?;
            let picked = |json| Picked {
                shape: self.shape,
                json: Cow::Borrowed(json),
            };
            let children = children.map(|all| all.into_iter().map(picked).collect::<Vec<_>>());
            written.serialize_entry(name, &children)?;
        }
        written.end()
    }
}

fn read<'a, T: Deserialize<'a>, E: ser::Error>(json: &'a str) -> Result<T, E> {
    serde_json::from_str(json).map_err(E::custom)
}

/// The fields of a JSON object, in order. Their names hold nothing that JSON escapes.
struct Fields<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::AuthorView;
    use serde_json::json;

    fn asked(raw: &str) -> (Shape, Query) {
        let names = Names::of::<AuthorView>(&["id"], &["article_count"]);
        let mut query = Query::parse(raw, &["fields".to_owned(), "include".to_owned()]);
        (Shape::read(&mut query, &names), query)
    }

    #[test]
    fn fields_picks_and_include_adds_and_the_identity_always_comes() {
        let (shape, query) = asked("fields=name&include=article_count");
        let row = json!({"id": 1, "name": "a", "bio": null, "article_count": 2,
            "children": [{"id": 2, "bio": "b", "name": "c"}]});
        let cut = |shape: &Shape| serde_json::to_string(&shape.row(&row).unwrap()).unwrap();
        assert_eq!(cut(&shape), r#"{"id":1,"name":"a","article_count":2}"#);
        assert_eq!(cut(&Shape::whole()), row.to_string());
        let mut with_children = shape.clone();
        with_children.add("children");
        assert_eq!(
            cut(&with_children),
            r#"{"id":1,"name":"a","article_count":2,"children":[{"id":2,"name":"c"}]}"#
        );
        assert!(shape.names("article_count") && !shape.names("bio"));
        assert!(query.finish().is_ok());
        assert!(asked("fields=article_count").0.names("article_count"));
        assert!(!asked("").0.names("article_count"));
    }

    #[test]
    fn an_unknown_name_in_either_is_refused() {
        assert!(asked("fields=nam").1.finish().is_err());
        assert!(asked("fields=").1.finish().is_err());
        assert!(asked("include=bio").1.finish().is_err());
    }
}
