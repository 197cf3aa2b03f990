//! The pages of words that the `type` of a problem leads to.

use std::fmt::Write;

use actix_web::get;

use crate::http::call::extract::{Answer, Call};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::accept;
use crate::http::response::html;
use crate::http::response::reply::{Policy, Reply};

#[get("/problems")]
pub(crate) async fn list_problems(call: Call) -> Answer {
    let prefix = &call.context.prefix;
    let mut list = String::from("<h1>Problems</h1>\n<ul>\n");
    let mut text = String::from("Problems\n\n");
    for entry in Code::ALL.map(Code::entry) {
        let (word, status) = (entry.word, entry.status.as_u16());
        let item = format!(
            "<a href=\"{prefix}/problems/{word}\">{word}</a> ({status}): {}",
            entry.title
        );
        html::append(&mut list, format_args!("<li>{item}</li>\n"));
        let written = writeln!(text, "{status} {word}: {}", entry.title);
        debug_assert!(written.is_ok(), "a String takes all text");
    }
    list += "</ul>\n";
    words(&call, "Problems", &list, text)
}

#[get("/problems/{code}")]
pub(crate) async fn get_problem(call: Call) -> Answer {
    let code = Code::parse(&call.segment("code")).ok_or_else(|| Problem::not_found("problem"))?;
    let entry = code.entry();
    let status = format!("{} · {}", entry.status.as_u16(), entry.word);
    let page = format!(
        "<h1>{}</h1>\n<p><code>{status}</code></p>\n<p>{}</p>\n<p><a href=\"{}/problems\">All problems</a></p>\n",
        entry.title,
        html::escape(entry.page),
        call.context.prefix
    );
    words(
        &call,
        entry.title,
        &page,
        format!("{}\n{status}\n\n{}\n", entry.title, entry.page),
    )
}

/// A page for browsers, plain text for everything else.
pub(super) fn words(call: &Call, title: &str, page: &str, text: String) -> Answer {
    let reply = if accept::prefers_html(call.request.headers()) {
        html::reply(title, page)
    } else {
        Reply::new("text/plain; charset=utf-8", text, Policy::Docs)
    };
    call.answer_with(reply.varying_by_accept())
}
