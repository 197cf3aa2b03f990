//! Refusals of valid keys go into the audit, later and within bounds.

use crate::domain::permission::Operation;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::context::Incoming;
use crate::http::state::app::App;
use crate::service::key_notes::Refusal;

/// The most characters that the audit keeps of an address.
const LONGEST: usize = 300;

/// Notes a request that a valid key lacked the right to.
pub(crate) fn note(
    incoming: &Incoming,
    path: &str,
    route: Option<&str>,
    problem: &Problem,
    app: &App,
) {
    if problem.code != Code::Forbidden {
        return;
    }
    let caller = incoming.context.caller.get();
    let operation = route.and_then(|route| operation(app, incoming.method.as_str(), route));
    if let (Some(caller), Some(operation)) = (caller, operation) {
        app.key_notes.refused(Refusal {
            key: caller.key,
            operation,
            path: path.chars().take(LONGEST).collect(),
            request_id: incoming.context.id.clone(),
            at: app.clock.now(),
        });
    }
}

/// The operation that a method of a route is.
fn operation(app: &App, method: &str, route: &str) -> Option<Operation> {
    let method = match method {
        "HEAD" => "get".to_owned(),
        other => other.to_ascii_lowercase(),
    };
    let id = app.document["paths"][route.replace(":.+}", "}")][method]["operationId"].as_str()?;
    Operation::ALL
        .iter()
        .copied()
        .find(|one| one.row().id == id)
}
