//! Pages in another form: wrapped at some width, in another normal form.

use masthead::import::page::{Page, parse};
use unicode_normalization::UnicodeNormalization;

use super::{FIRST, LAST, case, page_with, shared_pages};

/// Wraps every line at `width` columns as `fold -s` does, or, without blanks, at the last column.
fn wrapped_at(page: &str, width: usize) -> String {
    let mut out = String::new();
    for line in page.split_inclusive('\n') {
        let mut rest: Vec<char> = line.chars().collect();
        while rest.len() > width + 1 {
            let blank = rest[..width].iter().rposition(|c| *c == ' ');
            let tail = rest.split_off(blank.map_or(width, |at| at + 1));
            out.extend(rest);
            out.push('\n');
            rest = tail;
        }
        out.extend(rest);
    }
    out
}

/// A page without the line numbers of what was left out.
fn content(page: Option<Page>) -> Page {
    let mut page = page.unwrap();
    page.left_out.iter_mut().for_each(|left| left.line = 0);
    page
}

#[test]
fn a_wrapped_page_gives_what_the_unwrapped_one_gives() {
    let title = "A bridge of reeds is woven again after forty winters, and the villagers of Upper Lake dance upon it";
    let text = page_with(&format!("{FIRST}\n\n{LAST}")).replace(
        "A bridge of reeds is woven again after forty winters",
        title,
    );
    let whole = content(parse(&text, None));
    assert_eq!(whole.title, title);
    for width in [72, 80, 100] {
        for wrapped in [
            wrapped_at(&text, width),
            wrapped_at(&text, width).replace('\n', "\r\n"),
        ] {
            assert_eq!(content(parse(&wrapped, None)), whole, "{width}");
        }
    }
    let Some(folder) = shared_pages() else { return };
    for (name, width) in [
        ("en-model", 72),
        ("en-model", 140),
        ("fr-dw", 80),
        ("zh-cmse", 100),
        ("zh-banyuetan", 38),
    ] {
        let text = case(&folder.join(format!("{name}.txt"))).text;
        assert_eq!(
            content(parse(&wrapped_at(&text, width), None)),
            content(parse(&text, None)),
            "{name} at {width}"
        );
    }
}

#[test]
fn a_page_in_another_normal_form_and_with_emoji_gives_the_same() {
    let title = "Une passerelle de roseaux ✏️ tressée à nouveau à Évian 🏞️";
    let text = format!(
        "Accueil > Région > Été\n{title}\n\nPar Zoë Hélène | 4 mai 2021\n\nLes habitants du lac ont tressé une passerelle de roseaux, comme leurs grands-parents le faisaient avant que la crue ne l’emporte.\n\nIls couperont les cordes au printemps, et ils recommenceront depuis la rive où tout a été préparé.\n"
    );
    let page = parse(&text, None).unwrap();
    assert_eq!(
        (page.title.as_str(), page.authors.as_slice()),
        (title, ["Zoë Hélène".to_owned()].as_slice())
    );
    let decomposed: String = text.nfd().collect();
    assert_eq!(parse(&decomposed, None).unwrap(), page);
    assert_eq!(
        content(parse(&wrapped_at(&decomposed, 72), None)),
        content(Some(page))
    );
}
