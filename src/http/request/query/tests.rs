//! Tests of query strings.

use super::*;

fn query(raw: &str) -> Query {
    let known = ["lang", "limit", "tag", "section", "sort", "published_from"].map(str::to_owned);
    Query::parse(raw, &known)
}

fn codes(query: Query) -> Vec<(String, &'static str)> {
    let problem = query.finish().unwrap_err();
    problem
        .errors
        .into_iter()
        .map(|e| (e.parameter.unwrap_or_default(), e.code))
        .collect()
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut asked = query("limit=0&lang=e_n&sorted=x&tag=a,,b&%ff=1");
    asked.number("limit", 1_u32, 100);
    asked.languages();
    asked.groups("tag", |text| Ok(text.to_owned()));
    let codes = codes(asked);
    let expected = [
        ("sorted", "unknown_parameter"),
        ("", "malformed"),
        ("limit", "out_of_range"),
        ("lang", "invalid_language"),
        ("tag", "empty"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(n, c)| ((*n).to_owned(), *c))
        .collect();
    assert_eq!(codes, expected);
}

#[test]
fn an_unknown_parameter_is_told_with_the_nearest() {
    let problem = query("pubished_from=1").finish().unwrap_err();
    assert!(
        problem.errors[0]
            .detail
            .contains("published_from is the nearest")
    );
}

#[test]
fn a_comma_is_any_of_and_a_repetition_is_all_of() {
    let mut asked = query("tag=b,a,b&tag=%E4%B8%AD%E5%9B%BD&tag=x+y");
    let groups = asked.groups("tag", |text| Ok(text.to_owned()));
    assert_eq!(groups, [vec!["a", "b"], vec!["x y"], vec!["中国"]]);
    assert!(asked.finish().is_ok());
}

#[test]
fn numbers_are_plain_digits_in_range() {
    for raw in [
        "limit=",
        "limit=-1",
        "limit=%2B5",
        "limit=101",
        "limit=1e1",
        "limit=99999999999999999999",
    ] {
        let mut asked = query(raw);
        assert_eq!(asked.number("limit", 1_u32, 100), None);
        assert_eq!(codes(asked).len(), 1, "{raw}");
    }
}

#[test]
fn broken_encoding_control_characters_and_repetition_are_refused() {
    for raw in [
        "tag=%zz",
        "tag=%ff",
        "tag=a%00b",
        "tag=%",
        "tag=%1",
        "tag=%c3%28",
        "tag=%7f",
    ] {
        assert_eq!(
            codes(query(raw)),
            [("tag".to_owned(), "malformed")],
            "{raw}"
        );
    }
    let mut asked = query("lang=en&lang=fr");
    asked.languages();
    assert_eq!(codes(asked), [("lang".to_owned(), "repeated")]);
}

#[test]
fn a_refused_repetition_says_what_to_send_instead() {
    let detail = |query: Query| query.finish().unwrap_err().errors[0].detail.clone();
    let mut asked = query("lang=en&lang=fr,en");
    asked.languages();
    assert!(detail(asked).ends_with(": lang=en,fr"));
    let mut asked = query("tag=a%26b&tag=%E4%B8%AD+c");
    asked.group("tag", |text| Ok(text.to_owned()));
    assert!(detail(asked).ends_with(": tag=a%26b,%E4%B8%AD%20c"));
    let many = vec![format!("tag={}", "x".repeat(150)); 2].join("&");
    let many: Vec<String> = (0..9).map(|n| format!("{many}{n}")).collect();
    let mut asked = query(&many.join("&"));
    asked.group("tag", |text| Ok(text.to_owned()));
    let detail = detail(asked);
    assert!(detail.ends_with(",…") && detail.len() < 1_500, "{detail}");
}

#[test]
fn what_is_shown_is_chosen_by_commas_and_repetitions_alike() {
    let words = [("title", 1), ("slug", 2), ("body", 3)];
    for raw in [
        "sort=title,slug",
        "sort=title&sort=slug",
        "sort=title&sort=slug,title",
    ] {
        let mut asked = query(raw);
        assert_eq!(asked.choices("sort", &words), [1, 2], "{raw}");
        assert!(asked.finish().is_ok());
    }
    let mut asked = query("sort=title&sort=titel");
    asked.choices("sort", &words);
    assert_eq!(codes(asked), [("sort".to_owned(), "unknown_value")]);
}

#[test]
fn too_many_or_too_long_values_are_refused() {
    let mut asked = query(&format!("tag={}", vec!["a"; 101].join(",")));
    asked.groups("tag", |text| Ok(text.to_owned()));
    assert_eq!(codes(asked), [("tag".to_owned(), "too_many")]);
    let mut asked = query(&format!("tag={}", "é".repeat(201)));
    asked.groups("tag", |text| Ok(text.to_owned()));
    assert_eq!(codes(asked), [("tag".to_owned(), "too_long")]);
}

#[test]
fn a_filter_takes_the_longest_slug_and_path_that_a_write_makes_in_any_normal_form() {
    let slug = "e\u{302}\u{301}".repeat(200);
    let path = ["a".repeat(200).as_str(); 10].join("/").split_off(9);
    let mut asked = query(&format!("tag={slug}&section={path}"));
    asked.groups("tag", |text| Ok(text.to_owned()));
    asked.group("section", |text| Ok(text.to_owned()));
    assert!(path.len() == 2_000 && asked.finish().is_ok());
    let mut asked = query(&format!("section={path}a"));
    asked.group("section", |text| Ok(text.to_owned()));
    assert_eq!(codes(asked), [("section".to_owned(), "too_long")]);
}
