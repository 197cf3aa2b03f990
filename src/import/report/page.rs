//! The counts of an import as a page of its own: no script, no request to anywhere.

use std::fmt::Write;

use crate::domain::text::escape_html;

use super::Summary;

/// The beginning of every page, by which a page that may be replaced is known.
pub(super) const GENERATOR: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"masthead import\">\n";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h1{font-size:1.7rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\
td.n,th.n{text-align:right;width:7rem;font-variant-numeric:tabular-nums}.where{color:#555;font-size:.875rem}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}td,th{border-color:#444}.where{color:#aaa}}";

/// The page of an import; of a dry run where `is_trial`.
#[must_use]
pub fn page(summary: &Summary, is_trial: bool) -> String {
    let title = if is_trial {
        "Import: dry run"
    } else {
        "Import"
    };
    let mut page = format!(
        "{GENERATOR}<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n"
    );
    if is_trial {
        page.push_str("<p>Nothing was written.</p>\n");
    }
    kinds(&mut page, summary);
    left_out(&mut page, summary);
    refused(&mut page, summary);
    if let Some(counts) = &summary.pictures {
        append(
            &mut page,
            format_args!("<p>Pictures: {}</p>\n", escape_html(&counts.to_string())),
        );
        let rows = counts.by_host().into_iter();
        let rows = rows.map(|(host, n)| (n, escape_html(&host)));
        table(&mut page, "Pictures by host", "Pictures", rows);
    }
    oddest(&mut page, summary);
    for (heading, rows) in summary.overview.tables() {
        let rows = rows.iter().map(|(name, n)| (*n, escape_html(name)));
        table(&mut page, heading, "Articles", rows);
    }
    let unknown = summary
        .unknown
        .iter()
        .map(|(name, n)| (*n, escape_html(name)));
    let heading = "Fields without a place of their own";
    table(&mut page, heading, "Records", unknown);
    page
}

fn refused(page: &mut String, summary: &Summary) {
    let rows = summary.overview.refusals().map(|(reason, refusals)| {
        let mut cell = escape_html(reason);
        for (place, detail) in &refusals.first {
            let (place, detail) = (escape_html(place), escape_html(detail));
            append(
                &mut cell,
                format_args!("<div class=\"where\">{place}: {detail}</div>"),
            );
        }
        (refusals.records, cell)
    });
    table(page, "Refused", "Records", rows);
}

fn oddest(page: &mut String, summary: &Summary) {
    let odd = summary.overview.oddest();
    if odd.is_empty() {
        return;
    }
    page.push_str("<h2>Oddest articles</h2>\n<ol>\n");
    for odd in odd {
        let (title, place) = (escape_html(&odd.title), escape_html(&odd.place));
        let why = escape_html(&odd.why.join("; "));
        append(
            page,
            format_args!(
                "<li>{title} <span class=\"where\">{place}</span><div class=\"where\">{why}</div></li>\n"
            ),
        );
    }
    page.push_str("</ol>\n");
}

fn kinds(page: &mut String, summary: &Summary) {
    page.push_str(
        "<h2>Records</h2>\n<table>\n<tr><th>Type</th><th class=\"n\">New</th><th class=\"n\">Changed</th>\
         <th class=\"n\">As before</th><th class=\"n\">Repeated</th><th class=\"n\">Altered</th><th class=\"n\">Refused</th></tr>\n",
    );
    for (kind, counts) in &summary.kinds {
        let numbers = [
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.repeated,
            counts.altered,
            counts.refused,
        ];
        append(page, format_args!("<tr><td>{kind}</td>"));
        for number in numbers {
            append(page, format_args!("<td class=\"n\">{number}</td>"));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

fn left_out(page: &mut String, summary: &Summary) {
    let rows = summary.left_out.iter().map(|(kind, (n, reason))| {
        let kind = escape_html(kind);
        (*n, format!("{kind}<div class=\"where\">{reason}</div>"))
    });
    table(page, "Left out", "Items", rows);
}

/// A table of counts; the second cells are HTML. No rows make no table.
fn table(
    page: &mut String,
    heading: &str,
    counted: &str,
    rows: impl Iterator<Item = (u64, String)>,
) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    append(
        page,
        format_args!(
            "<h2>{heading}</h2>\n<table>\n<tr><th class=\"n\">{counted}</th><th></th></tr>\n"
        ),
    );
    for (count, cell) in rows {
        append(
            page,
            format_args!("<tr><td class=\"n\">{count}</td><td>{cell}</td></tr>\n"),
        );
    }
    page.push_str("</table>\n");
}

/// Appends formatted text.
fn append(page: &mut String, text: std::fmt::Arguments<'_>) {
    let written = page.write_fmt(text);
    debug_assert!(written.is_ok(), "a String takes all text");
}
