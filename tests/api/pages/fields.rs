//! Single fields of pages: languages, links, dates and titles.

use masthead::import::page::parse;

use super::{FIRST, LAST, page_with};

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
