//! Pages wrapped by programs that take the blanks at line ends away.

use super::*;

/// Wraps as the `textwrap` of Python does: at blanks, which are dropped, behind hyphens, and in words that are too long.
fn at_words(page: &str, width: usize) -> String {
    page.lines()
        .map(|line| line_at_words(line, width) + "\n")
        .collect()
}

fn line_at_words(line: &str, width: usize) -> String {
    let (mut rows, mut row) = (Vec::new(), String::new());
    for piece in pieces(line) {
        if Measure::Characters.of(&row) + Measure::Characters.of(&piece) > width {
            if !row.trim().is_empty() {
                rows.push(row.trim_end().to_owned());
            }
            row = piece.trim_start().to_owned();
        } else {
            row.push_str(&piece);
        }
        while Measure::Characters.of(&row) > width {
            let end = row
                .char_indices()
                .nth(width)
                .map_or(row.len(), |(at, _)| at);
            rows.push(row[..end].to_owned());
            row = row[end..].to_owned();
        }
    }
    rows.push(row.trim_end().to_owned());
    rows.join("\n")
}

/// White space and words; a word with a hyphen between letters is two.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let chars: Vec<char> = line.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let is_blank = |c: &char| matches!(c, ' ' | '\t');
        let hyphen =
            at > 1 && chars[at - 1] == '-' && chars[at - 2].is_alphabetic() && c.is_alphabetic();
        if at > 0 && (hyphen || is_blank(c) != is_blank(&chars[at - 1])) {
            pieces.push(String::new());
        }
        pieces.last_mut().unwrap().push(*c);
    }
    pieces
}

/// A page after `fmt -s` of the GNU core utilities; `None` where it is not there.
fn formatted(page: &str, width: usize) -> Option<String> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut command = Command::new("fmt");
    let command = command.args(["-s", "-w", &width.to_string()]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let text = page.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    writer.join().ok()?.ok()?;
    String::from_utf8(output.stdout).ok()
}

/// Checks that of the pages at most a share, in percent, gives another article after `wrap`.
fn at_most(pages: &[(String, String, Page)], percent: usize, wrap: impl Fn(&str) -> String) {
    let others = other_articles(pages, "", wrap);
    let most = pages.len() * percent / 100;
    assert!(
        others.len() <= most,
        "{} of {}\n{}",
        others.len(),
        pages.len(),
        others.join("\n")
    );
}

#[test]
fn pages_that_were_wrapped_at_words_mostly_give_the_article_of_the_unwrapped_page() {
    let pages = [articles("en"), articles("fr")].concat();
    at_most(&pages, 11, |page| at_words(page, 80));
    at_most(&pages, 7, |page| at_words(page, 100));
}

#[test]
fn pages_whose_lines_were_made_of_like_length_mostly_do_too() {
    let pages = [articles("en"), articles("fr")].concat();
    if formatted("a", 80).is_none() {
        return eprintln!("SKIPPED: fmt is not installed");
    }
    at_most(&pages, 11, |page| formatted(page, 80).unwrap());
}

#[test]
fn chinese_pages_that_lost_the_blanks_at_their_line_ends_give_most_of_it() {
    let pages = articles("zh");
    at_most(&pages, 35, |page| {
        stripped(&folded(page, 38, Measure::Characters))
    });
    at_most(&pages, 38, |page| at_words(page, 38));
}

#[test]
fn a_photographer_whose_name_was_cut_is_no_source() {
    let page = pages("fr-lemonde").remove(0).1;
    let (whole, wrapped) = (
        parse(&page, None).unwrap(),
        parse(&at_words(&page, 100), None).unwrap(),
    );
    assert_eq!(whole.source.as_deref(), Some("Le Monde"));
    assert_eq!(wrapped.source, whole.source);
    assert_eq!(
        (whole.guessed_width, wrapped.guessed_width),
        (None, Some(100))
    );
}

#[test]
fn a_menu_is_no_title() {
    let page = pages("en-euronews").remove(0).1;
    let whole = parse(&page, None).unwrap();
    for width in [72, 78, 90, 110] {
        let wrapped = parse(&at_words(&page, width), None).unwrap();
        assert_eq!(wrapped.title, whole.title, "{width}");
        assert!(wrapped.guessed_width.is_some(), "{width}");
    }
}

#[test]
fn a_page_whose_lines_are_guessed_says_so() {
    for (name, page) in pages("en").into_iter().take(8) {
        let guessed = |page: &str| parse(page, None).map(|page| page.guessed_width);
        assert_eq!(guessed(&page).flatten(), None, "{name}");
        let folded = folded(&page, 80, Measure::Characters);
        assert_eq!(guessed(&folded).flatten(), None, "{name}");
        let is_guessed = guessed(&stripped(&folded)).map(|width| width.is_some());
        assert_ne!(is_guessed, Some(false), "{name}");
    }
}
