//! Writing authors, sources and tags: one mechanism for the three. Each says in [`Written`] what is its own.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use serde::Serialize;
use serde_json::{Map, Value};

use super::article_input::merge;
use super::content::{JSON, PATCH};
use super::error::{Code, Problem};
use super::extract::{Access, Answer, Call};
use super::fields::Fields;
use super::links::Linked;
use super::moved::{LookUp, address_of};
use super::reply::Reply;
use super::represent::{Named, View, represent_one};
use super::shape::{Names, Shape};
use super::write::{StartsFrom, Writer, no_content, record};
use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::service::Commit;
use crate::service::shared::{self, Shared};
use crate::store::moved::MovedKind;
use crate::store::{Conn, StoreError};

/// What clients write that belongs to no edition.
pub(crate) trait Written: Shared {
    /// What readers see of it.
    type View: Serialize + Linked + Named + Send + 'static;
    /// Its path below `/api`.
    const PLURAL: &'static str;

    /// The names of its representation.
    fn names() -> &'static Names;
    /// Reads its fields; what a change leaves out of its slug stays as it was.
    fn read(fields: &mut Fields, before: Option<&Self::Content>) -> Option<Self::Content>;
    /// The form that it is written in, every field named.
    fn written(content: &Self::Content) -> Value;
    /// What a scope sees of it.
    fn view(conn: &mut Conn, scope: &Scope, thing: &Self)
    -> Result<Option<Self::View>, StoreError>;

    /// The word for one of them.
    fn kind() -> &'static str {
        Self::MOVED.as_str()
    }
}

/// What a reference that finds nothing leads to, for a scope that may see it.
pub(crate) fn look_behind<T: Written>(
    conn: &mut Conn,
    scope: &Scope,
    reference: &str,
) -> Result<LookUp<T::View>, StoreError> {
    let Some(thing) = shared::find_moved::<T>(conn, reference)? else {
        return Ok(LookUp::Missing);
    };
    let slug = T::slug(thing.content()).as_str();
    Ok(match T::view(conn, scope, &thing)? {
        Some(_) => LookUp::Moved(address_of(T::PLURAL, slug), None),
        None => LookUp::Missing,
    })
}

/// Answers a request for a new one.
pub(crate) async fn create<T: Written>(
    operation: Operation,
    call: Call,
    access: Access,
    payload: Payload,
) -> Answer {
    let writer = access.may(operation)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let view = view_of::<T>(&call);
    let digest = content.digest.clone();
    call.write(writer, &digest, move |tx, writer| {
        check_limits::<T>(writer, None)?;
        let content = read::<T>(content.object, None)?;
        let id = shared::create::<T>(tx, content)?;
        let (mut reply, segment) = answer::<T>(tx, writer, &view, id)?;
        reply.status = StatusCode::CREATED;
        let location = address_of(T::PLURAL, &segment);
        let location = format!("{}{location}", view.target.prefix);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Answers a request that writes one anew.
pub(crate) async fn replace<T: Written>(
    operation: Operation,
    call: Call,
    access: Access,
    payload: Payload,
) -> Answer {
    let writer = access.may(operation)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, JSON).await?;
    rewrite::<T>(call, writer, starts, move |_| content.object).await
}

/// Answers a request that changes some fields of one.
pub(crate) async fn update<T: Written>(
    operation: Operation,
    call: Call,
    access: Access,
    payload: Payload,
) -> Answer {
    let writer = access.may(operation)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    rewrite::<T>(call, writer, starts, move |before| {
        let mut whole = match T::written(before) {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        merge(&mut whole, content.object);
        whole
    })
    .await
}

/// Answers a request that takes one away.
pub(crate) async fn delete<T: Written>(operation: Operation, call: Call, access: Access) -> Answer {
    let writer = access.may(operation)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let reference = reference_of(&call);
    call.write(writer, "", move |tx, writer| {
        let before = found::<T>(tx.conn(), &reference)?;
        starts.check(before.version())?;
        check_limits::<T>(writer, Some(before.id()))?;
        shared::delete(tx, &before)?;
        record(tx, writer, T::kind(), before.id(), None);
        Ok(no_content())
    })
    .await
}

async fn rewrite<T: Written>(
    call: Call,
    writer: Writer,
    starts: StartsFrom,
    object: impl FnOnce(&T::Content) -> Map<String, Value> + Send + 'static,
) -> Answer {
    call.require_no_query()?;
    let (reference, view) = (reference_of(&call), view_of::<T>(&call));
    call.write(writer, "", move |tx, writer| {
        let before = found::<T>(tx.conn(), &reference)?;
        starts.check(before.version())?;
        let id = before.id();
        check_limits::<T>(writer, Some(id))?;
        let content = read::<T>(object(before.content()), Some(before.content()))?;
        shared::replace(tx, before, content)?;
        answer::<T>(tx, writer, &view, id).map(|(reply, _)| reply)
    })
    .await
}

/// The id or slug that a request's address names.
pub(crate) fn reference_of(call: &Call) -> Reference {
    let segment = ["id", "slug"].map(|name| call.segment(name));
    Reference::parse(
        segment
            .iter()
            .find(|text| !text.is_empty())
            .map_or("", |t| t),
    )
}

/// The view of one in full.
pub(crate) fn view_of<T: Written>(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), T::names()))
}

/// The thing that a request means; a slug that it had leads to it too.
pub(crate) fn found<T: Written>(conn: &mut Conn, reference: &Reference) -> Result<T, Problem> {
    let found = shared::find::<T>(conn, reference)?;
    found.ok_or_else(|| Problem::not_found(T::kind()))
}

/// Checks that a key's limits leave room for what all editions share.
pub(crate) fn check_limits<T: Written>(writer: &Writer, id: Option<Id>) -> Result<(), Problem> {
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

/// The answer that shows one as it is now, and what its address names it by.
pub(crate) fn answer<T: Written>(
    tx: &mut Commit<'_>,
    writer: &Writer,
    view: &View,
    id: Id,
) -> Result<(Reply, String), Problem> {
    let thing = T::with_ids(tx.conn(), &[id.to_string()])?.pop();
    let thing = thing.ok_or_else(|| Problem::not_found(T::kind()))?;
    let found = T::view(tx.conn(), &writer.scope(), &thing)?;
    let reply = represent_one(view, T::kind(), (found, Some(tx.now())))?;
    record(tx, writer, T::kind(), id, reply.version);
    let segment = if T::HAS_ID {
        id.to_string()
    } else {
        T::slug(thing.content()).to_string()
    };
    Ok((reply, segment))
}
