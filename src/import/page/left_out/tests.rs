//! Every line between headline and footer is in a field or told.

use crate::import::page::parse;

const HEAD: &str = "Norhaven Gazette\n\nHOME > INTERNATIONAL > EVENTS\n\nIsland ferry gets a second boat after two winters of petitions\nBy Mina Okafor and Jon Aske\nSource: Norhaven Gazette    2024-06-02\n\nThe island ferry will have a second boat from next Monday, the harbour office said on Sunday, after two winters in which the only boat was often late.\n\nUntil now a single boat carried six hundred people a day across the sound, and on stormy days none at all.\n\n";
const FOOT: &str = "\n\nEditor: Jon Aske\n\nContact us\nTel: +44 20 7946 0999\nEmail: desk@gazette.example.org\nCopyright © 2024 Norhaven Gazette. All rights reserved.\n";

/// The lines that are told of a page with `lines` below its text.
fn told(lines: &str) -> Vec<String> {
    let page = parse(&format!("{HEAD}{lines}{FOOT}"), None).unwrap();
    page.left_out.into_iter().map(|left| left.text).collect()
}

#[test]
fn nothing_is_told_of_a_page_that_is_read_whole() {
    assert_eq!(told(""), ["Contact us"]);
}

#[test]
fn a_line_that_holds_a_date_or_a_name_and_more_is_told() {
    for line in [
        "More on this at https://gazette.example.org/news/2024/06/02/island-ferry-gets-a-second-boat",
        "Listen to Mina Okafor's report of the evening",
        "Source: Norhaven Gazette, which asked the harbour office",
        "2024-06-02 with pictures of the boat",
        "Mina Okafor: last boat sinks off the coast",
        "15 June 2024",
    ] {
        let told = told(line);
        assert!(
            told.iter().any(|told| line.contains(told.as_str())),
            "{line}: {told:?}"
        );
    }
}

#[test]
fn a_line_of_values_and_labels_alone_is_not_told() {
    for line in [
        "Published on 2 June 2024 by Mina Okafor",
        "Source: Norhaven Gazette",
        "Editor: Jon Aske",
        "(Reporting by Mina Okafor and Jon Aske; Editing by Jon Aske)",
        "Edited by Jon Aske",
        "2 June 2024 | Norhaven Gazette | Print",
    ] {
        assert_eq!(told(line), ["Contact us"], "{line}");
    }
}

#[test]
fn a_telephone_number_above_running_text_is_no_footer() {
    let late = "The ferry was late on a hundred days of last year, and the island was cut off from its school on nine of them.";
    let told = told(&format!(
        "Comments\n\nQuestions? Tel: +44 20 7946 0111\n\n{late}"
    ));
    assert!(
        told.iter().any(|line| late.starts_with(line.as_str())),
        "{told:?}"
    );
}

#[test]
fn lines_below_a_copyright_line_are_not_told() {
    let legal = "This document is subject to copyright, and no part of it may be printed without the written permission of the paper.";
    let told = told(&format!(
        "© 2024 Norhaven Gazette\n\n{legal}\n\nRead by most\nA bridge of reeds"
    ));
    assert!(told.is_empty(), "{told:?}");
}
