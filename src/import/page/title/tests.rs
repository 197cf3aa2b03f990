//! Short and plain headlines below a breadcrumb are titles, in each language and form of breadcrumb.

use super::super::parse;

const ENGLISH: &str = "Norhaven Gazette
Home | Local | Sport | Contact us

{crumbs}

{title}
By Mina Okafor
Source: Norhaven Gazette    2024-06-02

The island ferry will have a second boat from next Monday, the harbour office said on Sunday.

Until now a single boat carried six hundred people a day across the sound, and on stormy days none at all.

Editor: Jon Aske

Contact us
Tel: +44 20 7946 0999
Copyright © 2024 Norhaven Gazette. All rights reserved.
";
const FRENCH: &str = "La Gazette du Nord
Accueil | Région | Sports | Contact

{crumbs}

{title}
Par Anne Morel
Source : La Gazette du Nord    2 juin 2024

Le bac de l’île aura un second bateau dès lundi prochain, a annoncé dimanche la capitainerie du port.

Jusqu’ici, un seul bateau transportait six cents personnes par jour, et aucune les jours de tempête.

Contact
Tél. : +33 1 23 45 67 89
";
const CHINESE: &str = "北港日报
首页 | 本地 | 体育 | 联系我们

{crumbs}

{title}
作者：林晓
来源：北港日报    2024-06-02

港务处周日宣布，从下周一起，海岛渡轮将增加第二艘船，往返时间也会相应缩短，居民们对此表示欢迎。

此前只有一艘船，每天运送六百人过海，遇到风暴天气就完全停航，岛上的学校和医院因此常常受到影响。

编辑：周明

联系我们
电话：010-5550-1234
";

/// The headlines that a page does not give as its title below the crumbs, with what it gives.
fn missed(page: &str, crumbs: &str, titles: &[&str], trail: &[&str]) -> Vec<String> {
    let mut missed = Vec::new();
    for title in titles {
        let page = page.replace("{crumbs}", crumbs).replace("{title}", title);
        let read = parse(&page, None).unwrap_or_default();
        if read.title != *title || read.breadcrumbs != trail || read.authors.len() != 1 {
            missed.push(format!(
                "{crumbs:?}: {title} -> {} {:?} {:?}",
                read.title, read.breadcrumbs, read.authors
            ));
        }
    }
    missed
}

const TITLES: [&str; 28] = [
    "Snow",
    "Up",
    "Floods",
    "Mayor resigns",
    "Events of the week",
    "Why the sea is rising",
    "Three poems for winter",
    "Obituary: Jane Aske, 1931-2024",
    "New school year starts",
    "Port strike: day three",
    "What we know about the storm so far",
    "Other house story",
    "Other house story entirely new",
    "Harbour bridge reopens",
    "By the sea",
    "Editor resigns",
    "Photo essay: the island in winter",
    "Watch: the storm from above",
    "How to subscribe to a better life",
    "Is the ferry safe?",
    "“We will not sell”",
    "2024 in pictures",
    "A > B",
    "Sources: minister to resign",
    "Norhaven University News",
    "7 July 2024: a day to remember",
    "Share the road",
    "the quiet return of the otter",
];

#[test]
fn short_headlines_below_a_breadcrumb_are_titles() {
    let trail = ["HOME", "INTERNATIONAL", "EVENTS"];
    let mut all = Vec::new();
    for crumbs in [
        "HOME > INTERNATIONAL > EVENTS",
        "HOME › INTERNATIONAL › EVENTS",
        "HOME / INTERNATIONAL / EVENTS",
        "You are here: HOME > INTERNATIONAL > EVENTS",
        "HOME > INTERNATIONAL > EVENTS >",
    ] {
        all.extend(missed(ENGLISH, crumbs, &TITLES, &trail));
    }
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn short_headlines_in_french_and_chinese_are_titles() {
    let titles = [
        "Neige",
        "Le maire démissionne",
        "Grève au port : troisième jour",
        "Trois poèmes pour l’hiver",
    ];
    let trail = ["ACCUEIL", "INTERNATIONAL", "ÉVÉNEMENTS"];
    let mut all = missed(
        FRENCH,
        "ACCUEIL > INTERNATIONAL > ÉVÉNEMENTS",
        &titles,
        &trail,
    );
    all.extend(missed(
        FRENCH,
        "ACCUEIL » INTERNATIONAL » ÉVÉNEMENTS",
        &titles,
        &trail,
    ));
    let titles = ["雪", "下雪了", "市长辞职", "冬日诗三首", "罢工：第三天"];
    let trail = ["首页", "国际", "会议活动"];
    all.extend(missed(CHINESE, "首页 > 国际 > 会议活动", &titles, &trail));
    all.extend(missed(
        CHINESE,
        "当前位置：首页 > 国际 > 会议活动",
        &titles,
        &trail,
    ));
    all.extend(missed(
        CHINESE,
        "首页 > 国际 > 会议活动 > 正文",
        &titles,
        &trail,
    ));
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn the_line_that_repeats_the_last_crumb_is_the_title() {
    for title in ["Snow", "Mayor resigns", "Why the sea is rising"] {
        let crumbs = format!("HOME > INTERNATIONAL > {title}\n\nWorld desk");
        let all = missed(ENGLISH, &crumbs, &[title], &["HOME", "INTERNATIONAL"]);
        assert!(all.is_empty(), "{all:#?}");
    }
}

#[test]
fn a_title_above_its_breadcrumb_stays_the_title() {
    let page = ENGLISH
        .replace("{crumbs}", "The island ferry gets a second boat")
        .replace("{title}", "HOME > INTERNATIONAL > EVENTS");
    let read = parse(&page, None).unwrap();
    assert_eq!(read.title, "The island ferry gets a second boat");
    assert_eq!(read.authors, ["Mina Okafor"]);
}

#[test]
fn a_trail_that_begins_with_the_site_is_no_title_either() {
    let crumbs = "Norhaven Gazette > World > Events";
    let titles = ["Snow", "Mayor resigns", "Port strike: day three"];
    let all = missed(
        ENGLISH,
        crumbs,
        &titles,
        &["Norhaven Gazette", "World", "Events"],
    );
    assert!(all.is_empty(), "{all:#?}");
}

const PARAGRAPHS: &str = "The island ferry will have a second boat from next Monday, the harbour office said on Sunday.

Until now a single boat carried six hundred people a day across the sound, and on stormy days none at all.
";

#[test]
fn the_words_of_a_picture_are_no_title() {
    for (head, title) in [
        (
            "The island ferry gets a second boat\n\n[The second boat of the island ferry]",
            "The island ferry gets a second boat",
        ),
        (
            "At long last: the island ferry gets a second boat\n\nThe island ferry gets a second boat",
            "At long last: the island ferry gets a second boat",
        ),
        (
            "The harbour office buys a second boat for the island ferry, the first for more than forty years\n\nThe boat was paid for by the islanders and will sail from Monday on when the weather allows",
            "The harbour office buys a second boat for the island ferry, the first for more than forty years",
        ),
    ] {
        let page =
            format!("Norhaven Gazette\n\n{head}\nBy Mina Okafor\n2 June 2024\n\n{PARAGRAPHS}");
        let page = parse(&page, Some("en")).unwrap();
        assert_eq!(page.title, title);
        assert_eq!(page.authors, ["Mina Okafor"]);
    }
}

#[test]
fn a_field_of_a_form_below_a_breadcrumb_is_no_title() {
    let page = format!(
        "Norhaven Gazette >> Local\n\nYour search_____________\n\nFerry grows\nBy Mina Okafor, 2 June 2024\n\n{PARAGRAPHS}"
    );
    assert_eq!(parse(&page, Some("en")).unwrap().title, "Ferry grows");
}

#[test]
fn a_heading_of_the_page_is_the_title_before_what_looks_like_one() {
    let page = |star: &str| {
        format!(
            "Norhaven Gazette\n\n{star} A second ferry for the island {star}\n\nTwo boats on the sound from Monday on\nBy Mina Okafor\n2 June 2024\n\n{PARAGRAPHS}"
        )
    };
    assert_eq!(
        parse(&page("******"), Some("en")).unwrap().title,
        "A second ferry for the island"
    );
}

#[test]
fn titles_of_other_articles_that_a_list_prints_twice_are_not_that_of_the_page() {
    let others = [
        "The mayor of Norhaven buys a lighthouse for a single crown",
        "'Night Heron' is another film that is coming to the island",
        "A new boat for six hundred fishermen is for sale in the harbour",
    ];
    let list: String = others
        .iter()
        .map(|title| format!("{title}\n\n{title}\n\n"))
        .collect();
    let page = format!(
        "Norhaven Gazette\n\n{list}Review: a ferry that keeps in touch\n\nBut only patient people will wait for it.\n\nMina Okafor\n2 June 2024\nShare\n\nScores\n\nBoats\n\nSails\n\nSpeed\n\n{PARAGRAPHS}"
    );
    let page = parse(&page, Some("en")).unwrap();
    assert_eq!(page.title, "Review: a ferry that keeps in touch");
    assert_eq!(page.authors, ["Mina Okafor"]);
}

#[test]
fn a_title_that_its_page_prints_twice_stays_the_title_above_a_standfirst_that_it_prints_twice() {
    let head = "The island ferry gets a second boat\n\nTwo boats on the sound from Monday on, says the office\n\n";
    let page = format!(
        "{}By Mina Okafor\n2 June 2024\n\n{PARAGRAPHS}",
        head.repeat(2)
    );
    assert_eq!(
        parse(&page, Some("en")).unwrap().title,
        "The island ferry gets a second boat"
    );
}

#[test]
fn a_title_that_stands_in_a_list_too_is_the_title_where_it_heads_the_text() {
    let titles = [
        "The mayor of Norhaven buys a lighthouse for a single crown",
        "'Night Heron' is another film that is coming to the island",
        "The island ferry gets a second boat after all",
    ];
    let list: String = titles
        .map(|title| format!("{title}\n\n{title}\n\n"))
        .concat();
    let page = format!(
        "Norhaven Gazette\n\n{list}Scores\n\nBoats\n\nSails\n\nSpeed\n\nTides\n\n{}\n\nMina Okafor\n2 June 2024\n\n{PARAGRAPHS}",
        titles[2]
    );
    assert_eq!(parse(&page, Some("en")).unwrap().title, titles[2]);
}
