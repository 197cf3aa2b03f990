//! Mistakes in blocks that a client sent, each at its place and in the words of the document.

use serde_json::{Map, Value};

use super::blocks::Style;
use crate::domain::error::{Fault, Invalid};
use crate::domain::nearest::{hint, nearest};

/// The most mistakes that are told at once.
const MOST: usize = 20;

/// The code of each of them.
const CODE: &str = "invalid_blocks";

/// The form of a value.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Bool,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// An object with these fields: what it is, and an example.
    Object(&'static str, &'static [Field]),
    Block,
    Mark,
    List(&'static Form, &'static str),
}

/// A field: its name, its form, and whether it is needed or may be null.
struct Field(&'static str, Form, Need);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Needed,
    /// It may be left out.
    Free,
    /// It may be left out, or null.
    Nullable,
}

use Need::{Free, Needed, Nullable};

const ID: Field = Field("id", Form::Text, Nullable);
const ANY: u64 = u32::MAX as u64;
const BLOCK: &str =
    r#"a block is an object such as {"type": "paragraph", "content": [{"text": "…"}]}"#;
const BLOCKS: Form = Form::List(&Form::Block, "an array of blocks");
const INLINES: Form = Form::List(
    &Form::Object(
        r#"a run of text is an object such as {"text": "…", "marks": ["strong"]}"#,
        &[
            Field("text", Form::Text, Needed),
            Field("marks", Form::List(&Form::Mark, "an array of marks"), Free),
        ],
    ),
    r#"an array of runs of text such as [{"text": "…"}]"#,
);
const ROWS: Form = Form::List(
    &Form::List(
        &Form::Object(
            r#"a cell is an object such as {"content": [{"text": "…"}]}"#,
            &[
                Field("header", Form::Bool, Free),
                Field("content", INLINES, Needed),
            ],
        ),
        "a row, which is an array of cells",
    ),
    "an array of rows",
);
const PICTURE: [Field; 6] = [
    Field("src", Form::Text, Needed),
    Field("alt", Form::Text, Free),
    Field("width", Form::Number(0, ANY), Nullable),
    Field("height", Form::Number(0, ANY), Nullable),
    Field("link", Form::Text, Nullable),
    Field("caption", INLINES, Free),
];

/// The kinds of block, each with its fields.
const KINDS: [(&str, &[Field]); 10] = [
    ("paragraph", &[ID, Field("content", INLINES, Needed)]),
    (
        "heading",
        &[
            ID,
            Field("level", Form::Number(2, 6), Needed),
            Field("content", INLINES, Needed),
        ],
    ),
    (
        "list",
        &[
            Field("ordered", Form::Bool, Needed),
            Field("start", Form::Number(0, 999_999_999), Nullable),
            Field(
                "items",
                Form::List(&BLOCKS, "an array of items, each an array of blocks"),
                Needed,
            ),
        ],
    ),
    ("quote", &[Field("blocks", BLOCKS, Needed)]),
    ("image", &{
        let [src, alt, width, height, link, caption] = PICTURE;
        [ID, src, alt, width, height, link, caption]
    }),
    (
        "embed",
        &[
            ID,
            Field("url", Form::Text, Needed),
            Field("provider", Form::Text, Nullable),
            Field("caption", INLINES, Free),
        ],
    ),
    (
        "gallery",
        &[
            ID,
            Field(
                "images",
                Form::List(
                    &Form::Object(
                        r#"an image is an object such as {"src": "https://…", "alt": "…"}"#,
                        &PICTURE,
                    ),
                    "an array of images",
                ),
                Needed,
            ),
            Field("caption", INLINES, Free),
        ],
    ),
    (
        "table",
        &[ID, Field("head", ROWS, Free), Field("body", ROWS, Free)],
    ),
    (
        "code",
        &[
            Field("language", Form::Text, Nullable),
            Field("text", Form::Text, Needed),
        ],
    ),
    ("rule", &[]),
];

/// The mistakes in what should be an array of blocks, by their JSON pointers below `at`; at least one.
#[must_use]
pub fn faults_of_blocks(value: &Value, at: &str) -> Vec<Fault> {
    found(&BLOCKS, value, at)
}

/// The mistakes in what should be a block; at least one.
#[must_use]
pub fn faults_of_block(value: &Value, at: &str) -> Vec<Fault> {
    found(&Form::Block, value, at)
}

fn found(form: &Form, value: &Value, at: &str) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    faults.check(form, value, at);
    if faults.0.is_empty() {
        faults.add(
            at,
            "this is none of the blocks that the document of the API describes",
        );
    }
    faults.0
}

fn styles() -> [&'static str; Style::ALL.len()] {
    Style::ALL.map(Style::element)
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, at: &str, detail: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Fault::new(at, Invalid::new(CODE, detail)));
        }
    }

    fn check(&mut self, form: &Form, value: &Value, at: &str) {
        match (form, value) {
            (Form::Text, Value::String(_)) | (Form::Bool, Value::Bool(_)) => {}
            (Form::Text, _) => self.add(at, "this must be a string"),
            (Form::Bool, _) => self.add(at, "this must be true or false"),
            (Form::Number(least, most), value) => {
                if !value
                    .as_u64()
                    .is_some_and(|n| (*least..=*most).contains(&n))
                {
                    self.add(
                        at,
                        format!("this must be a whole number from {least} to {most}"),
                    );
                }
            }
            (Form::List(form, _), Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    if self.0.len() == MOST {
                        return;
                    }
                    self.check(form, item, &format!("{at}/{number}"));
                }
            }
            (Form::List(_, words), _) => self.add(at, format!("this must be {words}")),
            (Form::Object(_, fields), Value::Object(map)) => self.object(map, fields, &[], at),
            (Form::Object(words, _), _) => self.add(at, *words),
            (Form::Block, Value::Object(map)) => self.block(map, at),
            (Form::Block, _) => self.add(at, BLOCK),
            (Form::Mark, Value::String(word)) => self.word(word, &styles(), at),
            (Form::Mark, Value::Object(map)) => {
                const LINK: [Field; 2] = [
                    Field("link", Form::Text, Needed),
                    Field("title", Form::Text, Nullable),
                ];
                self.object(map, &LINK, &[], at);
            }
            (Form::Mark, _) => {
                let styles = styles().join(", ");
                self.add(
                    at,
                    format!(
                        r#"a mark is one of {styles}, or an object such as {{"link": "https://…"}}"#
                    ),
                );
            }
        }
    }

    fn word(&mut self, word: &str, words: &[&'static str], at: &str) {
        if !words.contains(&word) {
            let near = nearest(word, words.iter().copied());
            let near = near.map(|near| format!("; {near} is the nearest"));
            let detail = format!(
                "this is one of {}{}",
                words.join(", "),
                near.unwrap_or_default()
            );
            self.add(at, detail);
        }
    }

    fn block(&mut self, map: &Map<String, Value>, at: &str) {
        let kinds = KINDS.map(|(kind, _)| kind);
        let place = format!("{at}/type");
        match map.get("type") {
            Some(Value::String(word)) => match KINDS.iter().find(|(kind, _)| kind == word) {
                Some((_, fields)) => self.object(map, fields, &["type"], at),
                None => self.word(word, &kinds, &place),
            },
            _ => self.add(
                &place,
                format!("a block has a type, one of {}", kinds.join(", ")),
            ),
        }
    }

    /// Checks an object with these fields and a tag of these names, which are read already.
    fn object(
        &mut self,
        map: &Map<String, Value>,
        fields: &[Field],
        tags: &[&'static str],
        at: &str,
    ) {
        for Field(name, form, need) in fields {
            let place = format!("{at}/{name}");
            match map.get(*name) {
                None if *need == Needed => self.add(&place, format!("{name} is required")),
                None => {}
                Some(Value::Null) if *need == Nullable => {}
                Some(value) => self.check(form, value, &place),
            }
        }
        let names: Vec<&str> = fields.iter().map(|field| field.0).collect();
        let is_known = |name: &str| names.contains(&name) || tags.contains(&name);
        for name in map.keys().filter(|name| !is_known(name)).take(MOST) {
            let shown: String = name.chars().take(200).collect();
            let place = format!("{at}/{}", shown.replace('~', "~0").replace('/', "~1"));
            let hint = hint("field", name, &names);
            self.add(&place, format!("there is no such field; {hint}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Block;
    use super::*;

    fn told(value: Value) -> Vec<(String, String)> {
        assert!(
            serde_json::from_value::<Vec<Block>>(value.clone()).is_err(),
            "{value}"
        );
        let faults = faults_of_blocks(&value, "/body/content");
        let told = faults
            .into_iter()
            .map(|fault| (fault.pointer, fault.invalid.detail));
        told.collect()
    }

    /// Blocks, the place of their first mistake, and words that tell it.
    const WRONG: &str = r#"
        [1] | /0 | a block is an object such as
        {"type": "rule"} |  | an array of blocks
        [{"content": []}] | /0/type | one of paragraph
        [{"type": 1}] | /0/type | one of paragraph
        [{"type": "paragraf"}] | /0/type | paragraph is the nearest
        [{"type": "paragraph"}] | /0/content | content is required
        [{"type": "paragraph", "content": "a"}] | /0/content | an array of runs of text
        [{"type": "paragraph", "content": ["a"]}] | /0/content/0 | a run of text is an object
        [{"type": "paragraph", "content": [{"text": 1}]}] | /0/content/0/text | a string
        [{"type": "paragraph", "content": [{"text": "a", "marks": [1]}]}] | /0/content/0/marks/0 | a mark is one of
        [{"type": "paragraph", "content": [{"text": "a", "marks": ["bold"]}]}] | /0/content/0/marks/0 | strong, em
        [{"type": "paragraph", "content": [{"text": "a", "marks": [{"href": "/"}]}]}] | /0/content/0/marks/0/link | required
        [{"type": "paragraph", "contents": [], "content": []}] | /0/contents | no such field
        [{"type": "heading", "level": "2", "content": []}] | /0/level | a whole number from 2 to 6
        [{"type": "heading", "level": -1, "content": []}] | /0/level | a whole number from 2 to 6
        [{"type": "list", "ordered": "yes", "items": []}] | /0/ordered | true or false
        [{"type": "list", "ordered": true, "items": [1]}] | /0/items/0 | an array of blocks
        [{"type": "list", "ordered": true, "items": [[{"type": "quote", "blocks": [2]}]]}] | /0/items/0/0/blocks/0 | a block is
        [{"type": "image", "src": "/a", "width": 1.5}] | /0/width | a whole number
        [{"type": "image", "src": "/a", "alt": null}] | /0/alt | a string
        [{"type": "gallery", "images": ["/a"]}] | /0/images/0 | an image is an object
        [{"type": "table", "body": [["a"]]}] | /0/body/0/0 | a cell is an object
        [{"type": "table", "body": [1]}] | /0/body/0 | a row
        [{"type": "rule", "x": 1}] | /0/x | no such field
    "#;

    #[test]
    fn every_mistake_in_blocks_is_told_at_its_place_without_a_word_of_the_code() {
        for line in WRONG.trim().lines() {
            let [value, pointer, words] =
                [0, 1, 2].map(|at| line.split(" | ").nth(at).unwrap_or(""));
            let told = told(serde_json::from_str(value).unwrap());
            assert_eq!(
                told[0].0,
                format!("/body/content{}", pointer.trim()),
                "{line}"
            );
            assert!(told[0].1.contains(words), "{line}: {told:?}");
        }
    }

    #[test]
    fn what_is_right_has_no_mistake_and_nulls_are_taken_where_they_are_read() {
        let value = json!([
            {"type": "paragraph", "id": null, "content": [{"text": "a", "marks": ["em", {"link": "/", "title": null}]}]},
            {"type": "heading", "level": 2, "content": []},
            {"type": "list", "ordered": true, "start": null, "items": [[]]},
            {"type": "image", "src": "/a", "alt": "", "width": 1, "height": null, "link": null, "caption": []},
            {"type": "embed", "url": "/a", "provider": null, "caption": []},
            {"type": "gallery", "images": [{"src": "/a"}], "caption": []},
            {"type": "table", "id": "a", "head": [], "body": [[{"header": true, "content": []}]]},
            {"type": "code", "language": null, "text": ""},
            {"type": "quote", "blocks": [{"type": "rule"}]},
        ]);
        assert!(serde_json::from_value::<Vec<Block>>(value.clone()).is_ok());
        let mut faults = Faults(Vec::new());
        faults.check(&BLOCKS, &value, "");
        assert_eq!(faults.0, []);
    }

    #[test]
    fn a_flood_of_mistakes_is_bounded() {
        assert_eq!(told(json!(vec![1; 1_000])).len(), MOST);
        let fields = (0..1_000).map(|n| (format!("x{n}"), json!(1)));
        let mut block: Map<String, Value> = fields.collect();
        block.insert("type".to_owned(), json!("rule"));
        assert_eq!(told(json!([block])).len(), MOST);
    }
}
