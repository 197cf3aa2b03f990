//! Page furniture: the lines that every article page carries around its article, told by their words.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::lines::{Furniture, Line, SHORT};
use super::words::{self, ascii_boundaries};

/// These alternations thrash the automaton cache of the default size, which is several times slower.
const DFA_BYTES: usize = 16 << 20;

/// In order of precedence.
const KINDS: [Furniture; 11] = [
    Furniture::Control,
    Furniture::Advert,
    Furniture::RelatedLink,
    Furniture::Related,
    Furniture::Embed,
    Furniture::End,
    Furniture::Paywall,
    Furniture::Caption,
    Furniture::Caption,
    Furniture::Appeal,
    Furniture::Notice,
];

static RULES: LazyLock<[Regex; 11]> = LazyLock::new(|| {
    [
        whole(words::CONTROL),
        whole(words::ADVERT),
        lead(words::RELATED_LINK),
        whole(words::RELATED),
        inside(words::EMBED),
        whole(words::END),
        inside(words::PAYWALL),
        whole(words::CAPTION),
        inside(words::CREDIT),
        inside(words::APPEAL),
        inside(words::NOTICE),
    ]
});
static UTILITY_ENTRY: LazyLock<Regex> = LazyLock::new(|| whole(words::UTILITY));

fn whole(patterns: &[&str]) -> Regex {
    compile(&format!(r"^\W*(?:{})\W*$", patterns.join("|")))
}

fn inside(patterns: &[&str]) -> Regex {
    compile(&patterns.join("|"))
}

fn lead(patterns: &[&str]) -> Regex {
    compile(&format!(
        r"^\W*(?:{})\s*(?:[:：»>|]|–|—).+",
        patterns.join("|")
    ))
}

fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(&ascii_boundaries(pattern))
        .case_insensitive(true)
        .dfa_size_limit(DFA_BYTES)
        .build()
        .expect("the pattern is a constant")
}

/// The kind of furniture that a line is, if any. Long lines are looked at for appeals, notices, captions and embeds only.
pub(super) fn classify(line: &Line) -> Option<Furniture> {
    if line.width > 2 * SHORT || line.width < 2 {
        return None;
    }
    KINDS
        .into_iter()
        .zip(RULES.iter())
        .find(|(kind, rule)| may_be(line, *kind) && rule.is_match(&line.text))
        .map(|(kind, _)| kind)
}

fn may_be(line: &Line, kind: Furniture) -> bool {
    match kind {
        Furniture::Control | Furniture::Advert | Furniture::Related => line.width <= 120,
        Furniture::Notice => line.prose || line.width < 120,
        Furniture::Caption => line.width <= SHORT && (line.stamps.is_empty() || line.width > 60),
        _ => true,
    }
}

/// True if the text is an entry of a service menu, such as a log-in or a contact link.
pub(super) fn is_utility(text: &str) -> bool {
    UTILITY_ENTRY.is_match(text)
}
