//! Blocks, and the limits of every form.

use super::*;

#[test]
fn blocks_have_the_documented_shape() {
    let body = Body::from_html(
        "<h3>a</h3><p>b <a href=/x title=t><b>c</b></a></p><ol start=2><li>d</ol><hr>",
    )
    .expect("a body");
    let expected = serde_json::json!([
        {"type": "heading", "level": 3, "content": [{"text": "a", "marks": []}]},
        {"type": "paragraph", "content": [
            {"text": "b ", "marks": []},
            {"text": "c", "marks": ["strong", {"link": "/x", "title": "t"}]}]},
        {"type": "list", "ordered": true, "start": 2, "items": [[{"type": "paragraph", "content": [{"text": "d", "marks": []}]}]]},
        {"type": "rule"},
    ]);
    assert_eq!(serde_json::to_value(body.blocks()).expect("json"), expected);
}

#[test]
fn blocks_with_unknown_names_are_refused() {
    for wrong in [
        r#"{"type":"video"}"#,
        r#"{"type":"rule","x":1}"#,
        r#"{"type":"paragraph","content":[],"x":1}"#,
        r#"{"type":"paragraph","content":[{"text":"a","x":1}]}"#,
        r#"{"type":"paragraph","content":[{"text":"a","marks":["bold"]}]}"#,
        r#"{"type":"paragraph","content":[{"text":"a","marks":[{"link":"/","x":1}]}]}"#,
        r#"{"type":"table","body":[[{"content":[],"x":1}]]}"#,
    ] {
        assert!(serde_json::from_str::<Block>(wrong).is_err(), "{wrong}");
    }
    let wrong = r#"{"type":"paragraph","content":[{"text":"a","marks":["bold"]}]}"#;
    let said = serde_json::from_str::<Block>(wrong)
        .expect_err("refused")
        .to_string();
    assert!(said.starts_with("a mark is one of"), "{said}");
}

#[test]
fn a_heading_outside_2_to_6_is_refused() {
    for level in [0, 1, 7] {
        let error = Body::from_blocks(&[Block::Heading {
            id: None,
            level,
            content: Vec::new(),
        }]);
        assert_eq!(error, Err(BodyError::HeadingLevel(level)));
    }
}

#[test]
fn a_body_over_2_mb_is_refused_in_every_form() {
    let big = "a".repeat(MAX_BYTES + 1);
    let grows = "<".repeat(MAX_BYTES / 2);
    assert_eq!(Body::from_html(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_markdown(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_text(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_text(&grows), Err(BodyError::TooLarge));
    let content = vec![Inline {
        text: big,
        ..Inline::default()
    }];
    assert_eq!(
        Body::from_blocks(&[Block::paragraph(content)]),
        Err(BodyError::TooLarge)
    );
    assert!(Body::from_text(&"a".repeat(MAX_BYTES - 7)).is_ok());
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "<blockquote>".repeat(depth) + "a";
    assert_agrees(&Body::from_html(&nested(MAX_DEPTH)).expect("as deep as allowed"));
    assert_eq!(
        Body::from_html(&nested(MAX_DEPTH + 1)),
        Err(BodyError::TooDeep)
    );
    let lists = |depth: usize| "<ul><li>a".repeat(depth);
    assert_agrees(&Body::from_html(&lists(MAX_DEPTH)).expect("as deep as allowed"));
    assert_eq!(
        Body::from_html(&lists(MAX_DEPTH + 1)),
        Err(BodyError::TooDeep)
    );
    let lazy = "> - 1. ".repeat(MAX_DEPTH * 2) + "a";
    assert_eq!(Body::from_markdown(&lazy), Err(BodyError::TooDeep));
    assert_eq!(
        Body::from_markdown(&">".repeat(MAX_DEPTH + 1).replace('>', "> a\n>")).err(),
        None
    );
    assert_eq!(
        Body::from_markdown(&(">".repeat(MAX_DEPTH + 1) + "a")),
        Err(BodyError::TooDeep)
    );
}

#[test]
fn an_empty_body_is_empty_in_every_form() {
    let body = Body::default();
    assert!(body.is_empty());
    assert_eq!(Body::from_html(" <p></p> ").expect("a body"), body);
    assert_eq!(Body::from_blocks(&[]).expect("a body"), body);
    assert_eq!(
        (body.text(), body.markdown(), body.blocks()),
        (String::new(), String::new(), Vec::new())
    );
    assert_eq!(body.length(), super::super::Length::default());
    assert_eq!(Body::from_stored("<p>a</p>".to_owned()).text(), "a");
}

#[test]
fn the_schema_of_blocks_can_be_written() {
    #[derive(utoipa::OpenApi)]
    #[openapi(components(schemas(Block)))]
    struct Doc;
    let json = serde_json::to_value(<Doc as utoipa::OpenApi>::openapi()).expect("json");
    let schemas = &json["components"]["schemas"];
    for name in [
        "Block", "Cell", "Inline", "Mark", "Style", "Link", "Picture",
    ] {
        assert!(schemas[name].is_object(), "{name} is described");
    }
    assert_eq!(schemas["Block"]["oneOf"].as_array().map(Vec::len), Some(10));
}

#[test]
fn an_embed_of_the_site_itself_has_a_relative_address() {
    for url in [
        "/v.mp4",
        "v.mp4",
        "/v",
        "/p/",
        "./v",
        "../a/b.mp4?c=1",
        "?film=1",
    ] {
        let blocks = [Block::Embed {
            id: None,
            url: url.to_owned(),
            provider: None,
            caption: Vec::new(),
        }];
        let (body, warnings) = Body::from_blocks_reporting(&blocks).expect("a body");
        let expected = format!("<figure class=\"embed\"><a href=\"{url}\">{url}</a></figure>");
        assert_eq!(
            (body.html(), warnings.is_empty()),
            (expected.as_str(), true)
        );
        assert_eq!(body.blocks(), blocks, "{url}");
        let of_markdown = Body::from_markdown(&body.markdown()).expect("a body");
        assert_eq!(of_markdown, body, "{}", body.markdown());
    }
}

#[test]
fn a_block_that_says_nothing_is_told() {
    let blocks: Vec<Block> = serde_json::from_value(serde_json::json!([
        {"type": "gallery", "images": []},
        {"type": "list", "ordered": false, "items": []},
        {"type": "quote", "blocks": []},
        {"type": "table"},
        {"type": "heading", "level": 2, "content": []},
        {"type": "paragraph", "content": []},
    ]))
    .expect("blocks");
    let (body, warnings) = Body::from_blocks_reporting(&blocks).expect("a body");
    assert!(body.is_empty());
    let told: Vec<String> = warnings.iter().map(|(_, detail)| detail).collect();
    assert_eq!(
        told,
        [
            "a gallery without pictures left out, once",
            "an empty heading left out, once",
            "an empty list left out, once",
            "an empty quote left out, once",
            "an empty table left out, once",
        ]
    );
}
