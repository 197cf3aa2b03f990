//! Parts of a post that Ghost does not show to everybody.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::import::record::Finding;
use crate::import::unkept::Unkept;

/// The mark at which Ghost cuts a post for those who may not read all of it.
const PAYWALL: &str = "<!--members-only-->";

/// The marks around a part of the HTML, with what is said of it.
static GATE: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r"(?s)<!--\s*kg-gated-block:(begin|end)\b(.*?)-->").unwrap()
});
static IS_OPEN: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r#"\bnonMember:["']?true\b"#).unwrap()
});

/// Parts of a post that were met while it was read.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// Parts that are left out.
    left_out: usize,
    /// True if a part behind the mark of the paywall follows.
    pub(super) has_paywall: bool,
    /// Cards that cannot be kept as they are.
    pub(super) unkept: Unkept,
}

impl Gates {
    /// True if a card is for everybody who reads the site. One that is not is counted.
    pub(super) fn opens(&mut self, kind: &str, card: &Value) -> bool {
        self.has_paywall |= kind == "paywall";
        let is_open = is_open(&card["visibility"]);
        self.left_out += usize::from(!is_open);
        is_open
    }

    /// HTML without the parts that are not for everybody; one that does not end reaches to the end.
    pub(super) fn open(&mut self, html: String) -> String {
        self.has_paywall |= html.contains(PAYWALL);
        if !GATE.is_match(&html) {
            return html;
        }
        let mut out = String::with_capacity(html.len());
        // The parts that are open at a place, and if each is for everybody.
        let mut around: Vec<bool> = Vec::new();
        let mut from = 0;
        for gate in GATE.captures_iter(&html) {
            let Some(mark) = gate.get(0) else { continue };
            if !around.contains(&false) {
                out.push_str(&html[from..mark.start()]);
            }
            from = mark.end();
            if &gate[1] == "end" {
                around.pop();
                continue;
            }
            let is_open = IS_OPEN.is_match(&gate[2]);
            self.left_out += usize::from(!is_open && !around.contains(&false));
            around.push(is_open);
        }
        if !around.contains(&false) {
            out.push_str(&html[from..]);
        }
        out
    }

    /// Findings about all that is left out or changed.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.finding().into_iter().chain(self.unkept.findings())
    }

    fn finding(&self) -> Option<Finding> {
        let detail = match self.left_out {
            0 => return None,
            1 => "a part that is not for everybody is left out".to_owned(),
            parts => format!("{parts} parts that are not for everybody are left out"),
        };
        Some(Finding::at("/body_html", "not_for_everybody", detail))
    }
}

/// True if what a card says of who may see it on the site says everybody, in the words of all versions.
fn is_open(visibility: &Value) -> bool {
    match visibility {
        Value::Null => true,
        Value::String(word) => matches!(word.trim(), "" | "public" | "all"),
        Value::Object(says) => {
            let stated = [&visibility["web"]["nonMember"], &visibility["showOnWeb"]];
            let is_closed = |stated: &Value| !stated.is_null() && stated != &Value::Bool(true);
            let is_for_mail = visibility["emailOnly"] == true;
            let has_audience = says
                .get("web")
                .is_some_and(|web| web["nonMember"].is_null());
            !stated.into_iter().any(is_closed) && !is_for_mail && !has_audience
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_of_the_html_that_are_not_for_everybody_are_left_out_and_counted() {
        let begin = |open: &str| format!("<!--kg-gated-block:begin {open} -->");
        const END: &str = "<!--kg-gated-block:end-->";
        let hidden = begin("nonMember:false memberSegment:\"status:free,status:-free\"");
        let shown = begin("nonMember:true memberSegment:\"\"");
        let unsaid = begin("memberSegment:\"status:-free\"");
        for (html, open, parts) in [
            ("<p>a</p>".to_owned(), "<p>a</p>", 0),
            (format!("a{hidden}b{END}c{shown}d{END}e"), "acde", 1),
            (format!("a{unsaid}\nb\n{END}c{hidden}d{END}"), "ac", 2),
            (format!("a{hidden}b{shown}c{END}d{END}e"), "ae", 1),
            (format!("a{shown}b{hidden}c{END}d{END}e"), "abde", 1),
            (format!("a{hidden}b"), "a", 1),
            (format!("a{END}b"), "ab", 0),
        ] {
            let mut gates = Gates::default();
            assert_eq!(
                (gates.open(html.clone()).as_str(), gates.left_out),
                (open, parts),
                "{html}"
            );
        }
    }

    #[test]
    fn a_card_is_for_everybody_unless_it_says_otherwise_in_the_words_of_any_version() {
        for (visibility, is_open) in [
            (json!(null), true),
            (json!({}), true),
            (
                json!({"web": {"nonMember": true, "memberSegment": ""}}),
                true,
            ),
            (json!({"showOnWeb": true, "showOnEmail": false}), true),
            (
                json!({"web": {"nonMember": false, "memberSegment": "status:free"}}),
                false,
            ),
            (json!({"web": {"memberSegment": "status:free"}}), false),
            (json!({"web": {"nonMember": "false"}}), false),
            (json!({"showOnWeb": false, "showOnEmail": true}), false),
            (json!({"emailOnly": true}), false),
            (json!("members"), false),
        ] {
            let mut gates = Gates::default();
            let card = json!({ "visibility": visibility });
            assert_eq!(gates.opens("html", &card), is_open, "{visibility}");
            assert_eq!(gates.finding().is_none(), is_open);
        }
    }
}
