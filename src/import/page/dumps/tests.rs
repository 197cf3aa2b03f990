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

#[test]
fn steps_below_one_another_are_one_breadcrumb() {
    assert_eq!(
        cleaned("World\n> Europe\n> Islands\n\nText"),
        ["World > Europe > Islands", "", "Text"]
    );
    for quoted in ["She wrote:\n> Come at once", "> Come at once\n> and alone"] {
        assert_eq!(cleaned(quoted).join("\n"), quoted);
    }
}

#[test]
fn a_numbered_list_between_a_menu_and_a_headline_is_a_breadcrumb() {
    let page = "  • Contact\n\n 1. tide\n 2.\n 3. reports\n\nThe island ferry gets a second boat";
    assert_eq!(cleaned(page)[2..4], ["• tide", "• reports"]);
    for list in [
        "We saw:\n\n 1. tide\n 2. reports\n\nThe island ferry gets a second boat",
        "  • Contact\n\n 1. tide\n 2. reports\n\nFerry",
    ] {
        assert_eq!(cleaned(list).join("\n"), list);
    }
}

#[test]
fn pictures_that_are_words_in_brackets_go() {
    for (line, text) in [
        ("[e801b40733] Mina Okafor", "Mina Okafor"),
        ("[site_logo] [head_2] World", "World"),
        ("[Mina Okafor]Mina Okafor", "Mina Okafor"),
        ("[12] Notes", "[12] Notes"),
        ("[Update] The ferry sails", "[Update] The ferry sails"),
    ] {
        assert_eq!(cleaned(line), [text]);
    }
    assert_eq!(cleaned("  * __\nText"), ["Text"]);
}

#[test]
fn letters_that_are_written_as_numbers_are_letters() {
    assert_eq!(
        cleaned("The &#x27;Dune&#39; of 1984"),
        ["The 'Dune' of 1984"]
    );
    assert_eq!(cleaned("&#xD800; and &#;"), ["&#xD800; and &#;"]);
}

#[test]
fn a_post_that_touches_a_name_stands_apart_whatever_its_words() {
    for (line, parts) in [
        (
            "Mina OkaforLifestyle Writer",
            vec!["Mina Okafor", "Lifestyle Writer"],
        ),
        ("Ian MacDonald Writer", vec!["Ian MacDonald Writer"]),
    ] {
        assert_eq!(cleaned(line), parts);
    }
}

#[test]
fn headings_are_told_by_their_stars_or_by_the_margin_that_they_alone_lack() {
    let told = |page: &str| {
        let lines = page.lines().enumerate();
        let lines = lines.map(|(at, text)| Unwrapped {
            text: text.to_owned(),
            number: at + 1,
        });
        let mut told: Vec<String> = headings(&lines.collect::<Vec<_>>()).into_iter().collect();
        told.sort();
        told
    };
    assert_eq!(
        told("****** The_ferry grows ******\nText\n***** More *****"),
        ["theferrygrows"]
    );
    let text = "   The island ferry grows.\n".repeat(12);
    assert_eq!(told(&format!("Ferry news\n{text}")), ["ferrynews"]);
    assert!(told(&text.replace("   ", "")).is_empty());
}

#[test]
fn letters_that_are_written_as_their_numbers_are_letters_in_lines_of_any_length() {
    let long = |sign: &str| {
        format!(
            "The harbour{sign}s office {}",
            "said so again and ".repeat(20)
        )
    };
    assert_eq!(cleaned(&long("&#x27;")), [long("'")]);
    assert_eq!(
        cleaned("The harbour&#39;s office"),
        ["The harbour's office"]
    );
}

#[test]
fn a_time_that_a_link_joins_to_its_date_stands_apart() {
    assert_eq!(cleaned("9/11/13_10:00AM"), ["9/11/13 10:00AM"]);
    for line in ["track_10", "a_1:2", "ratio 3_1"] {
        assert_eq!(cleaned(line), [line]);
    }
}
