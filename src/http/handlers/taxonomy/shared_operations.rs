//! The operations on authors, sources and tags within a transaction: the one way that single requests and the lines of a
//! bulk share.

use serde_json::{Map, Value};

use crate::domain::author::Author;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::query::Reference;
use crate::domain::text;
use crate::http::call::authorized::Writer;
use crate::http::call::write::{StartsFrom, record};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::taxonomy::written::Written;
use crate::http::request::json_fields::Fields;
use crate::http::request::merge_patch::Edit;
use crate::service::authors::{give_articles, merge_authors};
use crate::service::{Commit, shared, unknown};
use crate::store::Conn;
use crate::store::moved::MovedKind;

const SLUG: &str = "slug";

/// Makes one. A slug that was asked for and is taken is told of.
pub(crate) fn create<T: Written>(
    tx: &mut Commit<'_>,
    writer: &Writer,
    object: Map<String, Value>,
) -> Result<T, Problem> {
    check_limits::<T>(writer, None)?;
    let names_slug = object.get(SLUG).is_some_and(Value::is_string);
    let content = read::<T>(object, None)?;
    let wanted = T::slug(&content).clone();
    let id = shared::create::<T>(tx, content)?;
    let thing = written_now::<T>(tx, writer, id)?;
    if names_slug {
        tx.warn_of_slug(T::kind(), &wanted, T::slug(thing.content()));
    }
    Ok(thing)
}

/// Changes the one that is meant, where it is at the version that the change starts from.
pub(crate) fn rewrite<T: Written>(
    tx: &mut Commit<'_>,
    writer: &Writer,
    meant: &Reference,
    starts: &StartsFrom,
    edit: Edit,
) -> Result<T, Problem> {
    let before = found::<T>(tx.conn(), meant)?;
    starts.check(before.version(), before.updated_at())?;
    let id = before.id();
    check_limits::<T>(writer, Some(id))?;
    let object = edit.apply(|| match T::written(before.content()) {
        Value::Object(map) => map,
        _ => Map::new(),
    });
    let content = read::<T>(object, Some(before.content()))?;
    let wanted = T::slug(&content).clone();
    shared::replace(tx, before, content)?;
    let thing = written_now::<T>(tx, writer, id)?;
    tx.warn_of_slug(T::kind(), &wanted, T::slug(thing.content()));
    Ok(thing)
}

/// Takes the one away that is meant, and answers what it was.
pub(crate) fn delete<T: Written>(
    tx: &mut Commit<'_>,
    writer: &Writer,
    meant: &Reference,
    starts: &StartsFrom,
) -> Result<T, Problem> {
    let before = found::<T>(tx.conn(), meant)?;
    starts.check(before.version(), before.updated_at())?;
    check_limits::<T>(writer, Some(before.id()))?;
    shared::delete(tx, &before)?;
    record(tx, writer, T::kind(), before.id(), None);
    Ok(before)
}

/// The two authors of a merge.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    pub(crate) from: Reference,
    pub(crate) starts: StartsFrom,
    pub(crate) into: Reference,
}

impl Merge {
    /// Merges the author that is meant into another, and answers the one that is left.
    pub(crate) fn run(&self, tx: &mut Commit<'_>, writer: &Writer) -> Result<Author, Problem> {
        let (from, into) = self.authors(tx, writer)?;
        merge_authors(tx, &from, &into)?;
        written_now(tx, writer, into.id)
    }

    /// Gives some of the articles of the one to the other, and answers whether more are left. What has been given stays
    /// given where the rest fails: the same merge goes on from there.
    pub(crate) fn run_part(&self, tx: &mut Commit<'_>, writer: &Writer) -> Result<bool, Problem> {
        let (from, into) = self.authors(tx, writer)?;
        Ok(give_articles(tx, &from, &into)?)
    }

    fn authors(&self, tx: &mut Commit<'_>, writer: &Writer) -> Result<(Author, Author), Problem> {
        let from = found::<Author>(tx.conn(), &self.from)?;
        self.starts.check(from.version, from.updated_at)?;
        check_limits::<Author>(writer, None)?;
        let into = other_author(tx, &from, &self.into)?;
        Ok((from, into))
    }
}

/// Reads which author another is merged into.
pub(crate) fn read_merge(object: Map<String, Value>) -> Result<Reference, Problem> {
    let mut fields = Fields::new(object);
    let into = fields.required("into", text::NAME_MAX);
    fields.finish().map_err(Problem::invalid_content)?;
    Ok(Reference::parse(&into.unwrap_or_default()))
}

/// The author that another is merged into.
fn other_author(tx: &mut Commit<'_>, from: &Author, into: &Reference) -> Result<Author, Problem> {
    let found = shared::find::<Author>(tx.conn(), into)?;
    let invalid = match found {
        None => unknown::author(tx.conn(), into)?,
        Some(into) if into.id == from.id => {
            Invalid::new("same_author", "an author cannot be merged into itself")
        }
        Some(into) => return Ok(into),
    };
    Err(Problem::invalid_content(vec![Fault::new("/into", invalid)]))
}

/// The name in addresses and messages: the id, or the slug where that is the identity.
pub(crate) fn name_of<T: Written>(thing: &T) -> String {
    if T::HAS_ID {
        thing.id().to_string()
    } else {
        T::slug(thing.content()).to_string()
    }
}

/// One as it is after a write, which goes into the audit.
fn written_now<T: Written>(tx: &mut Commit<'_>, writer: &Writer, id: Id) -> Result<T, Problem> {
    let thing = T::with_ids(tx.conn(), &[id])?.pop();
    let thing = thing.ok_or_else(|| Problem::not_found(T::kind()))?;
    record(tx, writer, T::kind(), id, Some(thing.version()));
    Ok(thing)
}

/// The thing that is meant; a slug that it had leads to it too.
fn found<T: Written>(conn: &mut Conn, meant: &Reference) -> Result<T, Problem> {
    let found = shared::find::<T>(conn, meant)?;
    found.ok_or_else(|| Problem::not_found(T::kind()))
}

/// Checks that a key's limits leave room for what all editions share.
fn check_limits<T: Written>(writer: &Writer, id: Option<Id>) -> Result<(), Problem> {
    let source = id.filter(|_| T::MOVED == MovedKind::Source);
    if writer.grant.limits.allow_shared(source) {
        return Ok(());
    }
    let detail = format!(
        "this key is limited to some editions, sections or sources, and this {} is beyond them",
        T::kind()
    );
    Err(Problem::new(Code::Forbidden, detail))
}

fn read<T: Written>(
    object: Map<String, Value>,
    before: Option<&T::Content>,
) -> Result<T::Content, Problem> {
    let mut fields = Fields::new(object);
    let content = T::read(&mut fields, before);
    let faults = fields.finish().err().unwrap_or_default();
    let content = content.filter(|_| faults.is_empty());
    content.ok_or_else(|| Problem::invalid_content(faults))
}
