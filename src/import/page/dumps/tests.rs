//! Marks of w3m, lynx and html2text are taken away; what looks like one and is none stays.

use super::*;

fn cleaned(page: &str) -> Vec<String> {
    let lines = page.lines().enumerate();
    let lines = lines.map(|(at, text)| Unwrapped {
        text: text.to_owned(),
        number: at + 1,
    });
    let cleaned = clean(lines.collect());
    cleaned.into_iter().map(|line| line.text).collect()
}

#[test]
fn headings_between_stars_lose_them() {
    let page = "****** Island ferry gets a second boat ****** by Mina Okafor";
    assert_eq!(
        cleaned(page),
        ["Island ferry gets a second boat", "by Mina Okafor"]
    );
    for line in [
        "** Not the same ***",
        "* a point * and more",
        "**Bold** words",
    ] {
        assert_eq!(cleaned(line), [line]);
    }
}

#[test]
fn links_are_words_again_where_all_of_a_page_are_joined() {
    let menu = "Our_ideas\nOur_work\nThe_local_groups\nWhat_we_read\nGive_now";
    let page = format!("***** News *****\n{menu}\nby Mina_Okafor, see https://x.example/a_b");
    let lines = cleaned(&page);
    assert_eq!(lines[3], "The local groups");
    assert_eq!(lines[6], "by Mina Okafor, see https://x.example/a_b");
    let code = "Call read_line, skip_blank, take_word, put_back and at_end.";
    assert_eq!(cleaned(code), [code]);
}

#[test]
fn breadcrumbs_that_are_lists_are_found() {
    assert_eq!(
        cleaned("  • Home >\n  • News and media >\n  • In the media\n\n  • Else"),
        ["Home > News and media > In the media", "", "  • Else"]
    );
    assert_eq!(
        cleaned(" 1. [Home]\n 2. [Politics]\n\nText"),
        ["• Home", "• Politics", "", "Text"]
    );
    for list in [
        "  1. Broccoli\n  2. Cabbage",
        "  • Home\n  • News",
        "  1. Home\n  • Share",
    ] {
        assert_eq!(cleaned(list).join("\n"), list);
    }
}

#[test]
fn pieces_that_stood_apart_are_parted() {
    for (line, parts) in [
        (
            "Sophie FosterTravel News Reporter",
            "Sophie Foster|Travel News Reporter",
        ),
        ("By Sarah LazareTwitter", "By Sarah Lazare|Twitter"),
        (
            "Northern PressApril 28, 2023 GMT",
            "Northern Press April 28, 2023 GMT",
        ),
        ("April 25, 20232:26 PM", "April 25, 2023 2:26 PM"),
        ("Ophélie OstermannOphélie Ostermann", "Ophélie Ostermann"),
        (
            "Xiaoying You^0, Mariana Lenharo",
            "Xiaoying You, Mariana Lenharo",
        ),
        ("[logo01.png] [logo2] 人民网>>文化", "人民网>>文化"),
        ("New York New York", "New York New York"),
        ("E = mc^2 and why", "E = mc^2 and why"),
        ("sin^2 x + cos^2 x", "sin^2 x + cos^2 x"),
        ("[G20] Leaders meet", "[G20] Leaders meet"),
        ("[Applause.]", "[Applause.]"),
        ("Ann McReporter", "Ann McReporter"),
        ("By Jane MacDonald Reporter", "By Jane MacDonald Reporter"),
    ] {
        assert_eq!(cleaned(line).join("|"), parts);
    }
}
