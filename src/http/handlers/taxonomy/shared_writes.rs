//! Writing authors, sources and tags: one mechanism for the three. Each says in [`Written`] what is its own.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;

use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::http::call::authorized::Writer;
use crate::http::call::body::{JSON, PATCH};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::{StartsFrom, no_content};
use crate::http::error::Problem;
use crate::http::handlers::taxonomy::shared_operations as operations;
use crate::http::handlers::taxonomy::shared_reads::segment_of;
use crate::http::handlers::taxonomy::written::Written;
use crate::http::request::field_selection::Shape;
use crate::http::request::merge_patch::Edit;
use crate::http::response::redirect::address_of;
use crate::http::response::reply::Reply;
use crate::http::response::represent::{View, represent_one};
use crate::service::Commit;
use crate::store::shared_rows;

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
        let thing: T = operations::create(tx, writer, content.object)?;
        let mut reply = answer(tx, writer, &view, &thing)?;
        reply.status = StatusCode::CREATED;
        let location = address_of(T::PLURAL, &operations::name_of(&thing));
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
    rewrite::<T>(call, writer, starts, Edit::Replace(content.object)).await
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
    rewrite::<T>(call, writer, starts, Edit::Update(content.object)).await
}

/// Answers a request that takes one away.
pub(crate) async fn delete<T: Written>(operation: Operation, call: Call, access: Access) -> Answer {
    let writer = access.may(operation)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let meant = reference_of(&call);
    call.write(writer, "", move |tx, writer| {
        operations::delete::<T>(tx, writer, &meant, &starts)?;
        Ok(no_content())
    })
    .await
}

async fn rewrite<T: Written>(call: Call, writer: Writer, starts: StartsFrom, edit: Edit) -> Answer {
    call.require_no_query()?;
    let (meant, view) = (reference_of(&call), view_of::<T>(&call));
    call.write(writer, "", move |tx, writer| {
        let thing: T = operations::rewrite(tx, writer, &meant, &starts, edit)?;
        answer(tx, writer, &view, &thing)
    })
    .await
}

/// The one that a request's address names.
pub(crate) fn reference_of(call: &Call) -> Reference {
    Reference::parse(&segment_of(call))
}

/// The view of one in full.
pub(crate) fn view_of<T: Written>(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), T::names()))
}

/// The answer that shows one as the writer sees it, with the warnings about the write.
pub(crate) fn answer<T: Written>(
    tx: &mut Commit<'_>,
    writer: &Writer,
    view: &View,
    thing: &T,
) -> Result<Reply, Problem> {
    let (scope, reference) = (writer.scope(), Reference::Id(thing.id()));
    let found = shared_rows::get::<T>(tx.conn(), &scope, &reference, &view.default_lang, false)?;
    let view = view.with_warnings(tx.take_warnings());
    represent_one(&view, T::kind(), (found, Some(tx.stamp())))
}
