//! `fields` and `include`: how much of each resource is sent.

use serde::Serialize;
use serde_json::Value;
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

    /// The answer's JSON. Without `fields` the rows are written straight to bytes.
    pub(crate) fn write<T: Serialize>(&self, answer: &T) -> Result<Vec<u8>, Problem> {
        if self.fields.is_none() {
            return serde_json::to_vec(answer).map_err(Problem::internal);
        }
        let mut value = serde_json::to_value(answer).map_err(Problem::internal)?;
        match value.get_mut("data") {
            Some(Value::Array(rows)) => rows.iter_mut().for_each(|row| self.cut(row)),
            Some(row) => self.cut(row),
            None => {}
        }
        serde_json::to_vec(&value).map_err(Problem::internal)
    }

    fn cut(&self, row: &mut Value) {
        if let Value::Object(row) = row {
            row.retain(|name, _| self.picks(name));
            if let Some(Value::Array(children)) = row.get_mut("children") {
                children.iter_mut().for_each(|child| self.cut(child));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::AuthorView;
    use serde_json::json;

    fn read(raw: &str) -> (Shape, Query) {
        let names = Names::of::<AuthorView>(&["id"], &["article_count"]);
        let mut query = Query::parse(raw, &["fields".to_owned(), "include".to_owned()]);
        (Shape::read(&mut query, &names), query)
    }

    #[test]
    fn fields_picks_and_include_adds_and_the_identity_always_comes() {
        let (shape, query) = read("fields=name&include=article_count");
        let answer = json!({"data": [{"id": 1, "name": "a", "bio": null, "article_count": 2}]});
        let cut = r#"{"data":[{"id":1,"name":"a","article_count":2}]}"#;
        assert_eq!(
            String::from_utf8(shape.write(&answer).unwrap()).unwrap(),
            cut
        );
        assert!(shape.names("article_count") && !shape.names("bio"));
        assert!(query.finish().is_ok());
        assert!(read("fields=article_count").0.names("article_count"));
        assert!(!read("").0.names("article_count"));
    }

    #[test]
    fn an_unknown_name_in_either_is_refused() {
        assert!(read("fields=nam").1.finish().is_err());
        assert!(read("fields=").1.finish().is_err());
        assert!(read("include=bio").1.finish().is_err());
    }
}
