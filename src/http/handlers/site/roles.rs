//! The page that shows what each role may do: the one table of permissions, in words.

use actix_web::get;

use super::problems::words;
use crate::domain::access::Role;
use crate::domain::permission::{self, Operation};
use crate::http::call::extract::{Answer, Call};
use crate::http::response::html;

const TITLE: &str = "What each role may do";

/// The same words for the page and for its plain text.
const NOTES: [&str; 3] = [
    "A key has one role. Its limits (editions, sections, sources) say where it may use its rights.",
    "without limits: the operation concerns the whole service, so the key must have no limits.",
    "own drafts: only drafts that the same key made.",
];

#[get("/docs/roles")]
pub(crate) async fn get_docs_roles(call: Call) -> Answer {
    call.require_reader_of_docs().await?;
    let mut page = format!("<h1>{TITLE}</h1>\n");
    for note in NOTES {
        html::append(&mut page, format_args!("<p>{note}</p>\n"));
    }
    page += &table();
    html::append(
        &mut page,
        format_args!(
            "<p><a href=\"{}/docs\">The API's operations</a></p>\n",
            call.context.prefix
        ),
    );
    let text = format!(
        "{TITLE}\n\n{}\n\n{}",
        NOTES.join("\n"),
        permission::markdown()
    );
    words(&call, TITLE, &page, text)
}

fn table() -> String {
    let heads = Role::ALL.map(|role| format!("<th>{}</th>", role.as_str()));
    let mut table = format!(
        "<table>\n<tr><th>operation</th><th>no key</th>{}</tr>\n",
        heads.concat()
    );
    for operation in Operation::ALL {
        let row = operation.row();
        let cells = row.words().map(|cell| format!("<td>{cell}</td>"));
        html::append(
            &mut table,
            format_args!(
                "<tr><td><code>{}</code></td>{}</tr>\n",
                row.id,
                cells.concat()
            ),
        );
    }
    table + "</table>\n"
}
