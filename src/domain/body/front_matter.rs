//! Front matter: the YAML or TOML that site generators put before a Markdown text, between lines of `---` or `+++`.

/// The most lines that it has; a text between two thematic breaks may be longer.
const MOST_LINES: usize = 200;

/// The front matter of a text and the text behind it; `None` where a text begins at once. A blank line behind the first sign
/// makes it a thematic break.
pub(super) fn part(markdown: &str) -> Option<(&str, &str)> {
    let text = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
    let (first, inner) = text.split_once('\n')?;
    let (end, sign): (&[&str], char) = match first.trim_end() {
        "---" => (&["---", "..."], ':'),
        "+++" => (&["+++"], '='),
        _ => return None,
    };
    let mut at = 0;
    let mut fields = 0;
    for line in inner.split_inclusive('\n').take(MOST_LINES) {
        let bare = line.trim_end();
        if end.contains(&bare) {
            return (fields > 0).then(|| (&inner[..at], &inner[at + line.len()..]));
        }
        if is_field(bare, sign) {
            fields += 1;
        } else if at == 0 && bare.is_empty() || !goes_on(bare, fields > 0) {
            return None;
        }
        at += line.len();
    }
    None
}

/// True for `name: value`, `name:` and `name = value`.
fn is_field(line: &str, sign: char) -> bool {
    let Some((name, value)) = line.split_once(sign) else {
        return false;
    };
    let name = name.trim_end().trim_matches(['"', '\'']);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_parted = sign == '=' || value.is_empty() || value.starts_with([' ', '\t']);
    is_parted && !name.is_empty() && name.chars().all(is_name)
}

/// True for a line that belongs to the field before it, a table of TOML, a comment or a blank line.
fn goes_on(line: &str, has_field: bool) -> bool {
    let is_own = line.is_empty() || line.starts_with(['#', '[']);
    is_own || has_field && line.starts_with([' ', '\t', '-', ']', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_parted_from_the_text_behind_it() {
        let yaml = "title: \"A: b\"\ntags:\n  - one\n- two\n\n# note\ndate: 2020-01-01\n";
        for (open, inner, close) in [
            ("---", yaml, "---"),
            ("---  ", yaml, "..."),
            ("\u{feff}---", "title:\r\n", "---"),
            ("+++", "title = \"A\"\n[params]\nx = 1\n", "+++"),
        ] {
            let text = format!("{open}\n{inner}{close}\nThe text.\n\n---\n\nMore.");
            let expected = Some((inner, "The text.\n\n---\n\nMore."));
            assert_eq!(part(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_between_two_lines_is_none() {
        for text in [
            "---\nA line: with a colon in a sentence\n---\nb",
            "---\n\n---\nb",
            "---\n\ntitle: x\n\n---\n\nb",
            "---\nJust words\n---\nb",
            "---\ntitle: x\nb",
            "Title: x\n---\nb",
            "---",
            "----\ntitle: x\n----\n",
            "---\nhttp://example.org\n---\n",
        ] {
            assert_eq!(part(text), None, "{text}");
        }
    }
}
