//! Bodies of lines, good and bad.

use serde_json::{Map, json};

use super::*;

use crate::import::record::Finding;

fn body(value: Value) -> (String, Map<String, Value>, Vec<Finding>) {
    let Value::Object(map) = value else {
        panic!("an object")
    };
    let mut notes = Vec::new();
    let mut fields = Fields::new(map, String::new(), &mut notes);
    let lang = LanguageTag::parse("en").unwrap();
    let html = read(&mut fields, &lang).into_html();
    let extra = fields.rest().extra;
    (html, extra, notes)
}

#[test]
fn html_comes_before_markdown_and_markdown_before_paragraphs() {
    let (html, ..) = body(json!({
        "body_paragraphs": ["One"], "body_markdown": "*One*", "body_html": "<p><strong>One</strong></p>",
    }));
    assert_eq!(html, "<p><strong>One</strong></p>");
    let (html, ..) = body(json!({"body_paragraphs": ["One"], "body_markdown": "*One*"}));
    assert_eq!(html, "<p><em>One</em></p>");
}

#[test]
fn paragraphs_are_text_and_never_markup() {
    let (html, ..) = body(json!({"body_paragraphs": ["<TCB> & *stars*", "", null]}));
    assert_eq!(html, "<p>&lt;TCB&gt; &amp; *stars*</p>");
}

#[test]
fn a_plainer_form_of_the_same_text_is_left_out() {
    let (_, extra, notes) = body(json!({
        "body_markdown": "*“One”* [two](https://example.org)\n\nThree", "body_paragraphs": ["\"One\" two", "Three"],
    }));
    assert_eq!((extra.len(), notes.len()), (0, 0));
}

#[test]
fn a_form_that_says_something_else_is_kept_and_noted() {
    let (_, extra, notes) = body(json!({
        "body_markdown": "One", "body_paragraphs": ["One", "Two"],
    }));
    assert_eq!(extra["body_paragraphs"], json!(["One", "Two"]));
    assert_eq!(notes[0].code, "body_form_kept");
}

#[test]
fn a_form_that_sanitising_empties_makes_room_for_the_next() {
    let (html, _, notes) = body(json!({
        "body_html": "<script>alert(1)</script>", "body_paragraphs": ["One"],
    }));
    assert_eq!(html, "<p>One</p>");
    assert_eq!(notes[0].code, "element_removed");
    assert!(notes[0].detail.contains("<script>"), "{}", notes[0].detail);
}

#[test]
fn a_body_beyond_two_megabytes_is_cut_and_one_nested_too_deep_loses_its_lists() {
    for value in [
        json!({"body_paragraphs": ["x".repeat(2_000_001)]}),
        json!({"body_paragraphs": vec!["&".repeat(1_000); 1_500]}),
        json!({"body_html": "x&".repeat(700_000)}),
    ] {
        let (html, _, notes) = body(value);
        assert!(
            (400_000..=MAX_BYTES).contains(&html.len()),
            "{}",
            html.len()
        );
        assert_eq!(notes[0].code, "too_long");
    }
    let (html, _, notes) =
        body(json!({"body_html": format!("{}deep{}", "<ul><li>".repeat(99), "</ul>".repeat(99))}));
    assert_eq!((html.as_str(), notes[0].code), ("<p>deep</p>", "too_deep"));
}

#[test]
fn whatever_is_nested_too_deep_keeps_its_text() {
    let quotes = format!("{} deep\n>>> more\n\nlast", ">".repeat(50_000));
    let lists: String = (0..60)
        .map(|level| format!("{}- item {level}\n", "  ".repeat(level)))
        .collect();
    let mixed = format!("{}one *two*\n\n> three", "- > 1. ".repeat(20));
    let raw = format!("a\n\n{}\n\nb **c**", "<blockquote>".repeat(50));
    let figures = format!(
        "{}x<img src=/a.png>{}",
        "<figure>".repeat(300),
        "<p>y</p></figure>".repeat(300)
    );
    let tables = format!(
        "<table><tr><td>{}deep",
        "<ul><li><table><tr><td>".repeat(300)
    );
    let leaf = json!([{"type": "paragraph", "content": [{"text": "deep"}]}]);
    let block = (0..40).fold(leaf, |inner, _| json!([{"type": "quote", "blocks": inner}]));
    for (value, words) in [
        (
            json!({"body_markdown": quotes}),
            &["deep", "more", "last"][..],
        ),
        (
            json!({"body_markdown": lists}),
            &["item 0", "item 31", "item 59"],
        ),
        (
            json!({"body_markdown": mixed}),
            &["one <em>two</em>", "three"],
        ),
        (json!({"body_markdown": raw}), &["a", "b"]),
        (json!({"body_html": figures}), &["x", "y"]),
        (json!({"body_html": tables}), &["deep"]),
        (
            json!({"body": {"format": "blocks", "content": block}}),
            &["<p>deep</p>"],
        ),
    ] {
        let (html, _, notes) = body(value);
        for word in words {
            assert!(html.contains(word), "{word}: {html:.300} {notes:?}");
        }
    }
    let (_, _, notes) = body(json!({"body_markdown": quotes}));
    assert_eq!(notes[0].code, "too_deep");
    let (html, ..) = body(json!({"body_markdown": lists}));
    assert_eq!(html.matches("<p>").count(), 60, "{html}");
}

#[test]
fn what_is_wrong_in_a_block_is_told_at_its_place_in_plain_words() {
    let (html, _, notes) = body(json!({"body": {"format": "blocks", "content": [
        {"type": "paragraph", "content": [{"text": "a"}]}, 1, {"type": "heading", "level": "2", "content": []},
    ]}}));
    assert_eq!(html, "<p>a</p>");
    let told: Vec<_> = notes
        .iter()
        .map(|note| note.field.as_deref().unwrap())
        .collect();
    assert_eq!(told, ["/body/content/1", "/body/content/2/level"]);
    assert!(notes.iter().all(|note| note.code == "invalid_blocks"));
}

#[test]
fn a_paragraph_that_is_no_text_is_left_out_at_its_place() {
    let (html, _, notes) = body(json!({"body_paragraphs": ["One", {"text": "Two"}]}));
    assert_eq!(html, "<p>One</p>");
    let found = (notes[0].code, notes[0].field.as_deref());
    assert_eq!(found, ("wrong_type", Some("/body_paragraphs/1")));
}

#[test]
fn the_own_form_of_the_api_is_read_in_each_format() {
    for (content, html) in [
        (
            json!({"format": "html", "content": "<p>a <em>b</em></p>"}),
            "<p>a <em>b</em></p>",
        ),
        (
            json!({"format": "markdown", "content": "a *b*"}),
            "<p>a <em>b</em></p>",
        ),
        (
            json!({"format": "text", "content": "a <b>"}),
            "<p>a &lt;b&gt;</p>",
        ),
        (
            json!({"format": "blocks", "content": [{"type": "paragraph", "content": [{"text": "a", "marks": []}]}]}),
            "<p>a</p>",
        ),
    ] {
        let (found, extra, notes) = body(json!({ "body": content }));
        assert_eq!(
            (found.as_str(), extra.len()),
            (html, 0),
            "{content}: {notes:?}"
        );
        assert!(notes.is_empty(), "{notes:?}");
    }
    for (content, html) in [
        (json!("<p>a</p>"), "<p>a</p>"),
        (json!("1 < 2"), "<p>1 &lt; 2</p>"),
        (json!({"content": "<p>a</p>"}), "<p>a</p>"),
        (json!({"format": "rtf", "content": "a"}), "<p>a</p>"),
    ] {
        let (found, _, notes) = body(json!({ "body": content }));
        assert_eq!(
            (found.as_str(), notes[0].code),
            (html, "body_format"),
            "{content}"
        );
    }
}

#[test]
fn an_article_may_have_no_body() {
    assert_eq!(body(json!({})).0, "");
}
