//! Pages that are none, that are cut short, and that are enormous.

use masthead::import::page::parse;

use super::{FIRST, LAST, cases, invented_pages, page_with, shared_pages};

#[test]
fn a_page_without_an_article_is_none() {
    let menus = "  • Home\n  • News\n  • Sport\n\nSections\nPolitics\nWorld\n\n  • Contact us\n  • Privacy policy\n\n© 2021 Nobody\n";
    for text in [
        "",
        " \n\t\n\u{3000}\n",
        "\u{feff}",
        menus,
        "One line only",
        "2021-01-01",
        "• • •\n\n•\n",
        ">>>\n>\n",
        "：：\n／\n",
    ] {
        assert_eq!(parse(text, None), None, "{text:?}");
    }
}

#[test]
fn binary_garbage_and_one_enormous_line_do_no_harm() {
    let bytes: Vec<u8> = (0..200_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let garbage = String::from_utf8_lossy(&bytes).into_owned();
    assert!(parse(&garbage, None).is_none_or(|page| !page.title.is_empty()));
    let long = "all work and no play makes a long line, and the line is the page. ".repeat(20_000);
    assert_eq!(parse(&long, None), None);
    assert!(
        parse(&page_with(&long), None)
            .is_some_and(|page| page.paragraphs[0].starts_with("all work"))
    );
    assert_eq!(parse(&"\u{0}\u{7}\u{1b}[31m".repeat(1000), None), None);
}

#[test]
fn no_page_cut_short_makes_the_reader_panic() {
    let mut texts: Vec<String> = cases(&invented_pages())
        .into_iter()
        .map(|case| case.text)
        .collect();
    texts.extend(
        shared_pages()
            .map(|folder| cases(&folder))
            .unwrap_or_default()
            .into_iter()
            .map(|case| case.text),
    );
    for text in texts {
        let step = text.chars().count() / 12 + 1;
        for (at, _) in text.char_indices().step_by(step) {
            for half in [&text[..at], &text[at..]] {
                assert!(
                    parse(half, Some("en"))
                        .is_none_or(|page| !page.title.is_empty() && !page.paragraphs.is_empty())
                );
            }
        }
    }
}

#[test]
fn five_megabytes_are_read_in_linear_time() {
    let article = page_with(&format!("{FIRST}\n\n{LAST}"));
    let menus = "  • A menu entry\nAnother headline of some other article\nBy Nobody Known | 3 May 2021\nA teaser sentence that is long enough to be taken for prose by anybody who reads it.\n\n";
    let time = |copies: usize| {
        let text = format!("{article}{}", menus.repeat(copies));
        let start = std::time::Instant::now();
        assert!(parse(&text, None).is_some());
        start.elapsed().as_secs_f64()
    };
    let (small, large) = (time(3_500), time(28_000));
    println!("{:.2} s for 0.6 MB, {large:.2} s for 5 MB", small);
    assert!(
        large < 30.0 * small.max(0.02),
        "{small} s, then {large} s for eight times the text"
    );
}
