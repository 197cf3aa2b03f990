//! Pages wrapped at many widths give what they give unwrapped.

use std::path::Path;

use super::row::Measure;
use super::*;
use crate::import::page::text::fold;
use crate::import::page::{Page, parse};

mod lost_blanks;
mod margins;
mod terminals;

fn texts(page: &str) -> Vec<String> {
    let (lines, _) = unwrap(page);
    lines.into_iter().map(|line| line.text).collect()
}

/// Wraps as `fold -s` does, in the units of `measure`; without a blank before the width at the last column.
fn folded(page: &str, width: usize, measure: Measure) -> String {
    let mut out = String::new();
    for line in page.split_inclusive('\n') {
        let mut rest = line;
        while measure.of(rest.trim_end_matches('\n')) > width {
            let mut end = 0;
            for (at, c) in rest.char_indices() {
                if measure.of(&rest[..at + c.len_utf8()]) > width {
                    break;
                }
                end = at + c.len_utf8();
            }
            let blank = rest[..end].rfind([' ', '\t']).map(|at| at + 1);
            let (head, tail) = rest.split_at(blank.unwrap_or(end));
            out.push_str(head);
            out.push('\n');
            rest = tail;
        }
        out.push_str(rest);
    }
    out
}

/// Wraps at the last column, in words too.
fn cut(page: &str, width: usize, measure: Measure) -> String {
    let mut out = String::new();
    for line in page.split_inclusive('\n') {
        let mut row = String::new();
        for c in line.chars() {
            row.push(c);
            if c != '\n' && measure.of(&row) > width {
                row.pop();
                out.push_str(&row);
                out.push('\n');
                row = c.to_string();
            }
        }
        out.push_str(&row);
    }
    out
}

fn stripped(page: &str) -> String {
    page.lines()
        .map(|line| format!("{}\n", line.trim_end_matches([' ', '\t'])))
        .collect()
}

fn pages(prefix: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("MASTHEAD_SHARED").map_or(root.join("../shared"), Into::into);
    let mut found = Vec::new();
    for folder in [shared.join("pages"), root.join("tests/fixtures/pages")] {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("SKIPPED: there are no pages at {}", folder.display());
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".txt") && name.starts_with(prefix) {
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// The lines of a page that are not blank, white space folded.
fn printed(page: &str) -> Vec<String> {
    let lines = page.lines().map(fold);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Number of pages that give all their lines again after `wrap`.
fn whole(pages: &[(String, String)], wrap: impl Fn(&str) -> String) -> (usize, Vec<String>) {
    let mut missed = Vec::new();
    for (name, page) in pages {
        let lines = texts(&wrap(page))
            .iter()
            .map(|line| fold(line))
            .collect::<Vec<_>>();
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        if lines != printed(page) {
            missed.push(name.clone());
        }
    }
    (pages.len() - missed.len(), missed)
}

#[test]
fn no_page_that_was_not_wrapped_is_touched() {
    for (name, page) in pages("") {
        let lines: Vec<&str> = page.split('\n').collect();
        assert_eq!(texts(&page), lines, "{name}");
    }
}

#[test]
fn pages_of_words_that_were_folded_give_their_lines_again() {
    let pages: Vec<_> = [pages("en"), pages("fr")].concat();
    for (width, measure) in [
        (72, Measure::Bytes),
        (80, Measure::Columns),
        (100, Measure::Characters),
        (140, Measure::Bytes),
    ] {
        let (right, missed) = whole(&pages, |page| folded(page, width, measure));
        println!("{width} {measure:?}: {right} of {}", pages.len());
        assert!(missed.is_empty(), "{width} {measure:?}: {missed:?}");
    }
}

#[test]
fn pages_of_ideographs_that_were_wrapped_give_their_lines_again() {
    let pages = pages("zh");
    let least = pages.len() * 3 / 4;
    for (width, measure) in [
        (38, Measure::Characters),
        (76, Measure::Columns),
        (35, Measure::Characters),
    ] {
        let (right, missed) = whole(&pages, |page| cut(page, width, measure));
        println!("{width} {measure:?}: {right} of {} {missed:?}", pages.len());
        assert!(right >= least, "{width} {measure:?}: {missed:?}");
        let (right, missed) = whole(&pages, |page| folded(page, width, measure));
        println!(
            "folded at {width} {measure:?}: {right} of {} {missed:?}",
            pages.len()
        );
        assert!(right >= least, "folded at {width} {measure:?}: {missed:?}");
    }
}

#[test]
fn pages_that_lost_the_blanks_at_their_line_ends_mostly_do_too() {
    let pages: Vec<_> = [pages("en"), pages("fr")].concat();
    for width in [72, 100] {
        let (right, _) = whole(&pages, |page| {
            stripped(&folded(page, width, Measure::Characters))
        });
        println!("{width}: {right} of {}", pages.len());
        assert!(right * 10 >= pages.len() * 7, "{width}: {right}");
    }
}

/// The fields in which the article of a wrapped page differs from that of the page itself.
fn differing(page: &Page, wrapped: &Page) -> Vec<String> {
    let told = |page: &Page| {
        let page = Page {
            left_out: Vec::new(),
            guessed_width: None,
            ..page.clone()
        };
        format!("{page:#?}")
    };
    let (page, wrapped) = (told(page), told(wrapped));
    let other = |line: &&str| !page.lines().any(|of| of == *line);
    wrapped
        .lines()
        .filter(other)
        .map(|line| line.chars().take(200).collect())
        .collect()
}

/// The pages that give another article after `wrap`.
fn other_articles(
    pages: &[(String, String, Page)],
    how: &str,
    wrap: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut others = Vec::new();
    for (name, text, page) in pages {
        let wrapped = parse(&wrap(text), None).unwrap_or_default();
        let same = Page {
            left_out: page.left_out.clone(),
            guessed_width: page.guessed_width,
            ..wrapped.clone()
        };
        if same != *page {
            others.push(format!("{name} {how}: {:#?}", differing(page, &wrapped)));
        }
    }
    others
}

fn articles(prefix: &str) -> Vec<(String, String, Page)> {
    let pages = pages(prefix).into_iter();
    let read = |(name, text): (String, String)| {
        let page = parse(&text, None)?;
        Some((name, text, page))
    };
    pages.filter_map(read).collect()
}

const WIDTHS: [usize; 6] = [72, 80, 90, 100, 120, 140];

#[test]
fn wrapped_pages_give_the_article_of_the_unwrapped_page() {
    let pages = [articles("en"), articles("fr")].concat();
    let mut others = Vec::new();
    for width in WIDTHS {
        let measure = match width {
            80 | 100 => Measure::Bytes,
            _ => Measure::Characters,
        };
        let wrap = |page: &str| folded(page, width, measure);
        others.extend(other_articles(&pages, &width.to_string(), wrap));
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn pages_that_lost_the_blanks_at_their_line_ends_mostly_give_it_too() {
    let pages = [articles("en"), articles("fr")].concat();
    let mut others = Vec::new();
    for width in WIDTHS {
        let how = format!("{width} stripped");
        let wrap = |page: &str| stripped(&folded(page, width, Measure::Characters));
        others.extend(other_articles(&pages, &how, wrap));
    }
    println!("{}", others.join("\n"));
    // A paragraph that ends where the line is full is no other than a sentence that does, where no blank line parts them.
    let all = pages.len() * WIDTHS.len();
    assert!(others.len() * 100 <= all * 7, "{} of {all}", others.len());
    let plain = [
        "en-model",
        "en-voa",
        "en-japantimes",
        "en-wikimedia",
        "fr-attac",
        "fr-psl",
    ];
    let missed = |name: &&str| others.iter().any(|other| other.starts_with(*name));
    let missed: Vec<_> = plain.iter().filter(|name| missed(name)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn wrapped_chinese_pages_mostly_give_the_article_of_the_unwrapped_page() {
    let pages = articles("zh");
    let mut others = Vec::new();
    for width in [36, 38, 40] {
        let wrap = |page: &str| folded(page, width, Measure::Characters);
        others.extend(other_articles(&pages, &format!("{width} folded"), wrap));
        let wrap = |page: &str| cut(page, width, Measure::Characters);
        others.extend(other_articles(&pages, &format!("{width} cut"), wrap));
    }
    println!("{}", others.join("\n"));
    let all = pages.len() * 6;
    assert!(others.len() * 100 <= all * 9, "{} of {all}", others.len());
}

/// Wraps as `fold -s` does where it counts bytes: behind the last blank, else inside characters too.
fn folded_at_bytes(page: &str, width: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for line in page.as_bytes().split_inclusive(|byte| *byte == b'\n') {
        let mut rest = line;
        while rest.strip_suffix(b"\n").unwrap_or(rest).len() > width {
            let blank = rest[..width].iter().rposition(|byte| b" \t".contains(byte));
            let (head, tail) = rest.split_at(blank.map_or(width, |at| at + 1));
            out.extend_from_slice(head);
            out.push(b'\n');
            rest = tail;
        }
        out.extend_from_slice(rest);
    }
    out
}

#[test]
fn chinese_pages_that_were_folded_at_bytes_give_the_article_of_the_unwrapped_page() {
    let pages = articles("zh");
    let mut others = Vec::new();
    for width in [72, 76, 80, 90, 100, 114, 120, 140] {
        let wrap = |page: &str| decode(folded_at_bytes(page, width)).unwrap();
        others.extend(other_articles(&pages, &format!("{width} bytes"), wrap));
    }
    // Two paragraphs without a blank line between them, the first of which ends at the last column, read as one.
    let known = ["zh-government.txt 72 ", "zh-app-news.txt 120 "];
    others.retain(|other| !known.iter().any(|known| other.starts_with(known)));
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn line_ends_of_any_kind_end_a_line_once() {
    assert_eq!(
        texts("a\r\nb\rc\u{2028}d\u{c}e\n"),
        ["a", "b", "c", "d", "e", ""]
    );
    let page = folded(PROSE, 40, Measure::Characters);
    assert_eq!(texts(&page.replace('\n', "\r\n")), texts(&page));
}

const PROSE: &str = "The first paragraph is long enough to be wrapped at forty columns, twice or even more.\n\nThe second one stands below a blank line, and it is wrapped as well, like the first.\n";

#[test]
fn paragraphs_stay_apart_at_blank_lines_and_indents() {
    for tight in [PROSE.to_owned(), PROSE.replace("\n\n", "\n    ")] {
        let lines = tight.split('\n').collect::<Vec<_>>();
        for page in [
            folded(&tight, 40, Measure::Characters),
            stripped(&folded(&tight, 40, Measure::Characters)),
        ] {
            assert_eq!(texts(&page), lines, "{page}");
        }
    }
}

#[test]
fn lines_that_are_short_by_nature_are_not_glued() {
    let poem = "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thy fearful symmetry?";
    let list = "Four things to carry into the hills\n- a map of the whole district\n- bread\n- water for two days\n- a rope of twenty metres";
    let address = "The Reed Review\n14 Northern Bank Road\nUpper Lake, 00100\nTel: 010-5550-1234";
    let code = "fn main() {\n    let answer = 42;\n    println!(\"{answer}\");\n}";
    let poem_of_ideographs = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。";
    for text in [poem, list, address, code, poem_of_ideographs] {
        assert_eq!(texts(text), text.split('\n').collect::<Vec<_>>());
        let page = format!("{PROSE}\n{text}\n\n{PROSE}");
        let wrapped = folded(&page, 40, Measure::Characters);
        assert_eq!(texts(&wrapped), page.split('\n').collect::<Vec<_>>());
    }
}

#[test]
fn ideographs_are_joined_without_a_blank_and_words_with_one() {
    let page = "四十个冬天之后，上湖村的村民重新用芦苇编起了一座浮桥，方法与祖辈完全相同，没有用一颗铁钉，全长120米。\n\n他们在 OpenBridge 大会上展示了 Reed 桥，来自二十个国家的 engineers 看过之后都说这是一件了不起的事情。\n";
    for width in [20, 25] {
        let wrapped = cut(page, width * 2, Measure::Columns);
        assert_eq!(
            texts(&wrapped),
            page.split('\n').collect::<Vec<_>>(),
            "{wrapped}"
        );
    }
    let words = stripped(&folded(PROSE, 40, Measure::Characters));
    assert_eq!(texts(&words), PROSE.split('\n').collect::<Vec<_>>());
}

#[test]
fn characters_that_a_wrap_at_bytes_cut_in_two_are_whole_again() {
    let page = "四十个冬天之后，上湖村的村民重新用芦苇编起了一座浮桥，方法与祖辈完全相同，没有用一颗铁钉。\n";
    for line_end in [&b"\n"[..], b"\r\n"] {
        for width in [40, 41, 43] {
            let rows: Vec<&[u8]> = page.trim_end().as_bytes().chunks(width).collect();
            let text = decode(rows.join(line_end)).unwrap();
            assert_eq!(texts(&text).concat(), page.trim_end(), "{width}");
        }
    }
    assert_eq!(decode(b"caf\xc3\xa9 \xff".to_vec()), Err(6));
    assert_eq!(decode(b"caf\xc3".to_vec()), Err(3));
    assert_eq!(decode(b"caf\xc3\n\n\xa9".to_vec()), Err(3));
}

#[test]
fn white_space_of_any_kind_behind_a_list_item_is_read() {
    let list = "    * _\u{a0} \n".repeat(9);
    assert_eq!(texts(&list).len(), 10);
}
