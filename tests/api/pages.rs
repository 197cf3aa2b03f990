//! Reads real and invented article pages as plain text and scores every field against what a careful reader sees on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::shared::shared;
use masthead::import::page::{Page, parse};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// Fields in the order of the table; those that a page's expectation leaves out are not counted for it.
const FIELDS: [&str; 14] = [
    "title",
    "authors",
    "source",
    "published",
    "editor",
    "breadcrumbs",
    "first_paragraph",
    "last_paragraph",
    "subtitle",
    "summary",
    "updated",
    "tags",
    "lang",
    "url",
];
/// Fields that mean "none on the page" when an expectation does not name them.
const EMPTY_WHEN_ABSENT: [&str; 1] = ["source"];

struct Case {
    name: String,
    text: String,
    expected: Value,
}

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    misses: Vec<String>,
}

fn shared_pages() -> Option<PathBuf> {
    shared("pages")
}

fn invented_pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages")
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of pages can be read")
        .map(|entry| entry.expect("a folder entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    names.sort();
    names.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let expected = fs::read_to_string(path.with_extension("expected.json"))
        .expect("a page has its expected values");
    Case {
        name: path
            .file_stem()
            .expect("a page has a name")
            .to_string_lossy()
            .into_owned(),
        text: fs::read_to_string(path).expect("a page can be read"),
        expected: serde_json::from_str(&expected).expect("expected values are JSON"),
    }
}

fn field(page: &Page, name: &str) -> Value {
    match name {
        "title" => json!(page.title),
        "authors" => json!(page.authors),
        "source" => json!(page.source),
        "published" => json!(page.published),
        "updated" => json!(page.updated),
        "editor" => json!(page.editors),
        "breadcrumbs" => json!(page.breadcrumbs),
        "first_paragraph" => json!(page.paragraphs.first()),
        "last_paragraph" => json!(page.paragraphs.last()),
        "subtitle" => json!(page.subtitle),
        "summary" => json!(page.summary),
        "tags" => json!(page.tags),
        "lang" => json!(page.lang),
        "url" => json!(page.url),
        other => panic!("no field {other}"),
    }
}

/// NFC, every run of white space as one space.
fn folded(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(
            text.nfc()
                .collect::<String>()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        ),
        Value::Array(items) => items.iter().map(folded).collect(),
        other => other.clone(),
    }
}

fn is_right(expected: &Value, name: &str, got: &Value) -> bool {
    let alternatives = expected["accept"][name]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let got = folded(got);
    std::iter::once(&expected[name])
        .chain(&alternatives)
        .any(|value| folded(value) == got)
}

fn score(cases: &[Case]) -> BTreeMap<&'static str, Score> {
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    for case in cases {
        let page = parse(&case.text, None).unwrap_or_default();
        for name in FIELDS
            .into_iter()
            .filter(|name| case.expected.get(name).is_some() || EMPTY_WHEN_ABSENT.contains(name))
        {
            let got = field(&page, name);
            let score = scores.entry(name).or_default();
            score.all += 1;
            match is_right(&case.expected, name, &got) {
                true => score.right += 1,
                false => score.misses.push(format!(
                    "{}: {} instead of {}",
                    case.name,
                    short(&got),
                    short(&case.expected[name])
                )),
            }
        }
    }
    scores
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.chars().count() > 110 {
        true => text.chars().take(110).chain("…".chars()).collect(),
        false => text,
    }
}

fn print(heading: &str, scores: &BTreeMap<&'static str, Score>) {
    println!("\n{heading}");
    for name in FIELDS {
        let Some(score) = scores.get(name) else {
            continue;
        };
        println!("  {name:<16} {:>3} / {:<3}", score.right, score.all);
        score
            .misses
            .iter()
            .for_each(|miss| println!("      {miss}"));
    }
}

fn assert_floors(scores: &BTreeMap<&'static str, Score>, floors: &[(&str, usize)]) {
    for (name, floor) in floors {
        assert!(
            scores[name].right >= *floor,
            "{name}: {} right, at least {floor} wanted",
            scores[name].right
        );
    }
}

#[test]
fn real_pages_are_read_as_a_careful_reader_reads_them() {
    let Some(folder) = shared_pages() else { return };
    let scores = score(&cases(&folder));
    print("real pages", &scores);
    assert_floors(
        &scores,
        &[
            ("title", 25),
            ("published", 23),
            ("editor", 23),
            ("authors", 20),
            ("source", 20),
            ("breadcrumbs", 20),
            ("first_paragraph", 20),
            ("last_paragraph", 20),
        ],
    );
}

#[test]
fn invented_pages_are_read_as_a_careful_reader_reads_them() {
    let cases = cases(&invented_pages());
    let scores = score(&cases);
    print("invented pages", &scores);
    assert_eq!(scores["title"].right, cases.len());
    let most = cases.len() - cases.len() / 20;
    let floors = FIELDS[1..8]
        .iter()
        .map(|name| (*name, most))
        .collect::<Vec<_>>();
    assert_floors(&scores, &floors);
}

#[test]
fn the_model_page_is_right_in_every_field() {
    let Some(folder) = shared_pages() else { return };
    let case = case(&folder.join("en-model.txt"));
    let page = parse(&case.text, None).unwrap();
    for name in FIELDS
        .into_iter()
        .filter(|name| case.expected.get(name).is_some())
    {
        assert!(
            is_right(&case.expected, name, &field(&page, name)),
            "{name}: {}",
            field(&page, name)
        );
    }
    let phone = |label: &str, number: &str| (label.to_owned(), number.to_owned());
    assert_eq!(
        page.phones,
        [
            phone("CASS", "86-10-85195999"),
            phone("CSSN", "86-10-85886173")
        ]
    );
    assert_eq!(page.email.as_deref(), Some("cssnenglish@cass.org.cn"));
    assert_eq!(
        page.address.as_deref(),
        Some("#5 Jianguomennei Street, Beijing, 100732,P.R.China")
    );
    assert_eq!(
        page.copyright.as_deref(),
        Some("Copyright by CASS. All Rights Reserved")
    );
    assert_eq!(page.language_links, ["中文", "Français"]);
    assert_eq!(page.paragraphs.len(), 10);
    assert_eq!(
        page.byline_raw.as_deref(),
        Some("Author:WANG CHUNYAN Source: Chinese Social Sciences Today 2022-11-25")
    );
}

/// A page that opens, between menus and a footer, with `body`.
fn page_with(body: &str) -> String {
    format!(
        "  • Home\n  • News\n  • Contact\n\nHome > News > Events\nA bridge of reeds is woven again after forty winters\n\nBy Ada Quill | 4 May 2021\n\n{body}\n\nComments\n\nLog in to comment\n\n© 2021 The Reed Review\n"
    )
}

const FIRST: &str = "Forty winters after the last bridge of reeds was washed away, the villagers of Upper Lake have woven a new one by hand.";
const LAST: &str = "They will cut the ropes again in the spring, as they always did, and begin once more from the northern bank.";

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

#[test]
fn the_language_given_wins_over_the_language_found() {
    let text = page_with(&format!("{FIRST}\n\n{LAST}"));
    assert_eq!(parse(&text, Some("en-GB")).unwrap().lang, "en-GB");
    assert_eq!(parse(&text, None).unwrap().lang, "en");
}

#[test]
fn links_and_buttons_inside_the_text_are_left_out_and_its_points_kept() {
    let text = page_with(&format!(
        "{FIRST}\n\nRead also: Ten lost bridges\n\nThey needed three things:\n\n  • reeds that were cut before the first frost of the year;\n  • rope.\n\nShare\nFacebook\n\n{LAST}"
    ));
    let page = parse(&text, None).unwrap();
    assert_eq!(
        page.paragraphs,
        [
            FIRST,
            "They needed three things:",
            "reeds that were cut before the first frost of the year;",
            "rope.",
            LAST
        ]
    );
}

#[test]
fn a_relative_date_is_no_date() {
    let text = page_with(&format!("{FIRST}\n\n{LAST}")).replace("4 May 2021", "3 hours ago");
    let page = parse(&text, None).unwrap();
    assert_eq!(
        (page.published, page.authors),
        (None, vec!["Ada Quill".to_owned()])
    );
}

#[test]
fn dates_are_as_exact_as_they_are_printed() {
    let printed = [
        ("May 4, 2021", "2021-05-04"),
        ("4th May 2021, 10.30pm BST", "2021-05-04T22:30+01:00"),
        ("Tuesday, 4 May 2021 at 12:05 AM", "2021-05-04T00:05"),
        ("mardi 4 mai 2021 à 9h", "2021-05-04T09:00"),
        ("Publié le 1er août 2021 à 10h30", "2021-08-01T10:30"),
        ("le 14/05/2021 à 08:15:09", "2021-05-14T08:15:09"),
        ("2021年05月04日08:18", "2021-05-04T08:18"),
        ("2021/5/4 8:18", "2021-05-04T08:18"),
        ("2021-05-04T08:18:00+0800", "2021-05-04T08:18:00+08:00"),
        ("13/05/2021", "2021-05-13"),
        ("05/13/2021", "2021-05-13"),
        ("04.05.2021", "2021-05-04"),
        ("Sept. 30, 2021", "2021-09-30"),
        ("Updated 10:56 AM ET, Tue May 4, 2021", "2021-05-04T10:56"),
        ("May 2021", "2021-05"),
    ];
    for (date, value) in printed {
        let text = page_with(&format!("{FIRST}\n\n{LAST}")).replace(
            "By Ada Quill | 4 May 2021",
            &format!("By Ada Quill\n{date}"),
        );
        assert_eq!(
            parse(&text, None).unwrap().published.as_deref(),
            Some(value),
            "{date}"
        );
    }
    let impossible = page_with(FIRST).replace("4 May 2021", "31 February 2021");
    assert_eq!(parse(&impossible, None).unwrap().published, None);
}

#[test]
fn a_numeric_date_is_read_as_its_language_writes_it() {
    let french = "Une passerelle de roseaux est tressée à nouveau\n\nPar Ada Quill\nPublié le 03/04/2021\n\nLes habitants du lac ont tressé une passerelle de roseaux, comme leurs grands-parents le faisaient avant que la crue ne l’emporte.\n";
    assert_eq!(
        parse(french, None).unwrap().published.as_deref(),
        Some("2021-04-03")
    );
    let american = page_with(FIRST).replace("4 May 2021", "03/04/2021");
    assert_eq!(
        parse(&american, None).unwrap().published.as_deref(),
        Some("2021-03-04")
    );
    let british = american.replace("Log in to comment", "Last printed 30/03/2021");
    assert_eq!(
        parse(&british, None).unwrap().published.as_deref(),
        Some("2021-04-03")
    );
}

#[test]
fn titles_that_begin_like_furniture_are_titles_all_the_same() {
    let titles = [
        "Share of renewable power passes one half for the first time",
        "Privacy fears grow as city tests cameras on buses",
        "Copyright law reform splits the music industry",
        "Plus de 300 contraventions dressées en une nuit",
        "10 réponses à vos questions sur la taxe foncière",
        "À lire cet été, six romans pour la plage et les longs trajets",
        "Related diseases share one gene, researchers find",
        "By George, he did it: amateur solves chess puzzle",
        "Comments by minister draw anger from unions",
        "Latest figures show rivers are cleaner than in 1990",
        "Photo contest winners show life under the ice",
        "Faut-il encore adhérer à un syndicat ?",
        "Search for missing sailors called off",
        "The Times They Are A-Changin’ at the opera house",
        "University of Eastmere",
        "分享经济迎来新规：平台须公开算法",
        "视频：雪豹母子现身三江源保护区",
        "点赞中国制造：小县城做出大风机",
        "相关部门回应古树移栽争议",
        "记者调查：网红桥为何半年三修",
        "收藏热背后的旧书生意",
    ];
    let mut missed = Vec::new();
    for title in titles {
        let body = match title.is_ascii() || title.contains(['à', 'é', 'À', '’']) {
            true => format!("By Ada Quill | 4 May 2021\n\n{FIRST}\n\n{LAST}"),
            false => "2021-05-04 10:00 来源：芦苇日报\n\n　　四十个冬天之后，上湖村的村民重新用芦苇编起了一座浮桥，方法与祖辈完全相同，没有用一颗铁钉。\n\n　　村民说，明年春天还要把绳索割断，从北岸重新编起，这是几百年来的规矩，谁也不愿意改变。".to_owned(),
        };
        let text = format!(
            "Home\nNews\nContact us\n\n{title}\n\n{body}\n\nComments\n\n© 2021 The Reed Review\n"
        );
        if parse(&text, None).is_none_or(|page| page.title != title) {
            missed.push(title);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

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
