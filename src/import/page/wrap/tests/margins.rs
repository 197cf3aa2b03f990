//! Pages with blanks around every line give what they give without them.

use super::*;

/// Each line filled with blanks up to a width, as terminals and tables do.
fn padded(page: &str, width: usize) -> String {
    let fill = |line: &str| {
        let missing = width.saturating_sub(Measure::Columns.of(line));
        format!("{line}{}\n", " ".repeat(missing))
    };
    page.lines().map(fill).collect()
}

/// Each line behind the same blanks, or before them.
fn beside(page: &str, before: &str, after: &str) -> String {
    page.lines()
        .map(|line| format!("{before}{line}{after}\n"))
        .collect()
}

#[test]
fn lines_that_were_padded_end_where_their_text_ends() {
    for (name, page) in pages("") {
        let (width, measure) = (72, Measure::Columns);
        let wrapped = folded(&page, width, measure);
        let bare = texts(&stripped(&wrapped));
        assert_eq!(texts(&padded(&wrapped, width)), bare, "{name}");
        assert_eq!(texts(&beside(&stripped(&wrapped), "", " ")), bare, "{name}");
    }
}

#[test]
fn an_indent_of_all_lines_is_none() {
    for (name, page) in pages("") {
        let wrapped = folded(&page, 72, Measure::Columns);
        let whole = texts(&beside(&wrapped, "", ""));
        for indent in [" ", "    ", "\t", "\u{3000}"] {
            // Blank lines may lack it.
            let indented = beside(&wrapped, indent, "").replace(&format!("\n{indent}\n"), "\n\n");
            assert_eq!(texts(&indented), whole, "{name} {indent:?}");
        }
    }
}
