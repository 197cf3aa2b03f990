//! Queries as people type them.

use super::*;

/// A reading in short: what is wanted, alternatives with a bar, negation with a minus.
fn read(text: &str) -> String {
    let of = |words: &[Word]| {
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    };
    let atom = |atom: &Atom| match atom {
        Atom::Word(Wanted { word, .. }) => word.named.clone().unwrap_or_else(|| word.text.clone()),
        Atom::Run(_, words) => format!("[{}]", of(words).replace(' ', "")),
        Atom::Phrase(words) => format!("<{}>", of(words)),
        Atom::Prefix(text) => format!("{text}*"),
        Atom::Title(words) => format!("title({})", of(words)),
        Atom::TitlePrefix(text) => format!("title({text}*)"),
    };
    let side = |side: &Side| {
        let all: Vec<String> = side.all.iter().map(atom).collect();
        format!("{}{}", if side.negated { "-" } else { "" }, all.join("&"))
    };
    let clause = |clause: &Clause| clause.any.iter().map(side).collect::<Vec<_>>().join("|");
    let clauses: Vec<String> = parse(text).clauses.iter().map(clause).collect();
    clauses.join(" ")
}

#[test]
fn the_five_forms_are_read() {
    for (text, expected) in [
        ("coffee export", "coffee export"),
        ("\"economic policy\" council", "<economic policy> council"),
        ("soy -agencies", "soy -agencies"),
        ("soy OR tuition fees", "soy|tuition fees"),
        ("a OR b OR \"c d\"", "a|b|<c d>"),
        ("title:Keppel x", "title(keppel) x"),
        ("title:oi* x", "title(oi*) x"),
        ("title:crude-oi*", "title(crude)&title(oi*)"),
        ("-title:oi*", "-title(oi*)"),
        ("title:环*", "title(环)"),
        ("covid-1*", "covid&1*"),
        ("publi*", "publi*"),
        ("-\"a b\"", "-<a b>"),
        ("covid-19", "covid&19"),
        ("C++ C#", "c++ c#"),
        ("l’eau d'ici", "eau ici"),
        ("children's books", "children books"),
        ("linux终端任意", "linux&[终端任意]"),
        ("如何在 桌面", "[如何在] [桌面]"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn every_other_input_has_a_reading() {
    for (text, expected) in [
        ("((\"soy", "soy"),
        ("OR", "or"),
        ("OR a", "or a"),
        ("a OR", "a or"),
        ("a OR OR b", "a or or b"),
        ("a OR -b", "a|-b"),
        ("-a OR b", "-a|b"),
        ("-a OR -\"b c\" d", "-a|-<b c> d"),
        ("a OR -- b", "a or b"),
        ("- a", "a"),
        ("--a", "a"),
        ("title:", "title"),
        ("body:x", "body&x"),
        ("*", ""),
        ("\"\"", ""),
        ("a\"b c\"d", "a <b c> d"),
        ("a AND b^2 [1 TO 3]", "a and b&2 1 to 3"),
        ("\u{202e}abc", "abc"),
        ("。！？", ""),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn what_is_over_a_limit_is_cut_and_said() {
    assert!(!parse(&"a ".repeat(MOST_WORDS)).cut);
    let many = parse(&"a ".repeat(MOST_WORDS + 1));
    assert!(many.cut && many.clauses.len() == MOST_WORDS);
    let long = parse(&"é".repeat(20_000));
    assert!(long.cut);
    let run = parse(&"中".repeat(100));
    assert!(run.cut);
}

#[test]
fn words_of_a_long_phrase_are_wanted_anywhere_and_that_is_said() {
    let quoted = |words: usize| format!("\"{}\"", "a ".repeat(words));
    assert!(!parse(&quoted(MOST_QUOTED / 2)).cut);
    let two = parse(&format!("{} b -{}", quoted(MOST_QUOTED / 2 - 1), quoted(3)));
    let lengths = two.clauses[2].any[0].all.iter().map(|atom| match atom {
        Atom::Phrase(words) => words.len(),
        _ => 0,
    });
    assert!(two.cut && two.clauses[2].any[0].negated);
    assert_eq!(lengths.collect::<Vec<_>>(), [1, 1, 1]);
    assert!(!parse(&format!("\"{}\"", "中".repeat(MOST_QUOTED))).cut);
}

#[test]
fn only_some_words_are_read_as_beginnings() {
    let parsed = parse("a* b* c* d* e*");
    let begun = parsed
        .wanted()
        .filter(|atom| matches!(atom, Atom::Prefix(_)));
    assert_eq!((begun.count(), parsed.wanted().count()), (4, 5));
    assert!(parsed.cut && !parse("a* b* c* d*").cut);
}
