//! Labelled fields, `Source: …` or `责任编辑：…`, alone on a line or several run together.

use std::sync::LazyLock;

use regex::Regex;

use super::date;
use super::words::ascii_boundaries;

/// The subject of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Author,
    Editor,
    Translator,
    Source,
    Credit,
    Tags,
    /// Known, and only of use to tell where the value before it ends.
    Other,
}

/// A label's value, as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) field: Field,
    pub(super) label: String,
    pub(super) value: String,
}

/// In each pattern the longer label stands before the one that it ends with.
const LABELS: [(Field, &str); 7] = [
    (
        Field::Editor,
        r"责任编辑|本文责编|本文编辑|网络编辑|网页编辑|值班编辑|执行编辑|实习编辑|文字编辑|新媒体编辑|微信编辑|责\s*编|编\s*辑|选稿|\b(?:web\s|copy\s|managing\s|responsible\s|desk\s)?editors?\b|\bedited by\b|\bediting by\b|édit(?:ion|eur|rice)\b|\bedition\b|\brédact(?:eurs?|rices?)(?: en chef)?\b",
    ),
    (
        Field::Translator,
        r"译\s*者|翻\s*译|编\s*译|\btranslat(?:ors?|ed by|ion)\b|\btraduct(?:eur|rice|ion)\b|\btraduit par\b",
    ),
    (
        Field::Credit,
        r"摄\s*影|图片?|供图|审\s*核|审\s*校|校\s*对|供\s*稿|视频|制图|监制|策划|统筹|主\s*编|总编辑|通讯员|一审|二审|三审|初审|复审|终审|审签|\bphotograph(?:er|y|ie|e|s by)\b|\bphotos by\b|\billustrat(?:ion|or|ed by|eur|rice)\b|\bgraphics?\b",
    ),
    (
        Field::Author,
        r"文章作者|作\s*者|撰稿人?|撰\s*文|文\s*字|采\s*写|采访|记\s*者|\bauthors?\b|\bwritten by\b|\breport(?:ing|ed) by\b|\bauteur(?:e|s|es)?\b|\bautrice\b|\brédigé par\b|\bpropos recueillis par\b|\btextes?\b",
    ),
    (
        Field::Source,
        r"文章来源|信息来源|新闻来源|稿件来源|消息来源|内容来源|稿\s*源|来\s*源|出\s*处|\bsources?\b",
    ),
    (
        Field::Tags,
        r"文章关键词|关键词|关键字|标\s*签|\btags?\b|\btagged\b|\bkey ?words?\b|\btopics?\b|\bmots?[ -]clés?\b|étiquettes?\b|\bsujets?\b|\bthèmes?\b|\bthématiques?\b",
    ),
    (
        Field::Other,
        r"发布时间|发布日期|发稿时间|发表时间|更新时间|更新日期|时\s*间|日\s*期|发布者?|发布人|(?:浏览|点击|阅读|访问|评论)(?:次数|数量|量|数)?|字\s*号|字\s*体|分\s*享到?|点赞|栏目|分类|责任主任|责任领导|\bdate\b|\bpublished(?: on)?\b|\bposted(?: on)?\b|\bupdated\b|\blast (?:updated|modified)\b|\bmodified\b|\bpublié(?:e)? le\b|\bmis(?:e)? à jour\b|\bmise? en ligne\b|\bviews?\b|\bhits\b|\bcategory\b|\bcategories\b|\bcatégories?\b|\brubrique\b|\bcomments?\b|\bcommentaires?\b|\be-?mail\b|\btél(?:éphone)?\b|\btel\b|\bphone\b|\bfont\b|\bcontact\b|\bonline\b|\bissue\b|\bdoi\b|\bpermali(?:nk|en)\b",
    ),
];

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let groups: Vec<String> = LABELS
        .iter()
        .map(|(_, labels)| format!("({labels})"))
        .collect();
    // A solidus closes Chinese labels only: `编辑/苏芳`, but not `Editor/Publisher`.
    Regex::new(&format!(
        r"(?i)(?:{})\s*(?:\(s\))?\s*(?:[:：︰]|(?:-\s)?>\s)",
        ascii_boundaries(&groups.join("|"))
    ))
    .expect("the pattern is a constant")
});
/// The labels, without the sign that stands behind them.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    let labels: Vec<&str> = LABELS.iter().map(|(_, labels)| *labels).collect();
    Regex::new(&format!("(?i)(?:{})", ascii_boundaries(&labels.join("|"))))
        .expect("the pattern is a constant")
});
static SOLIDUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(责任编辑|编辑|责编|摄影|审核|校对|作者|记者|来源|供稿|翻译|\b(?:图文?|文|译))\s?[/／丨|]\s?(\p{Han}{2,8}(?:网|报|社|新闻|台|周刊|在线)\s\p{Han}{2,4}\b|\S+)").expect("the pattern is a constant")
});
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(责任编辑|责编|编辑|校对|记者|通讯员|摄影|翻译|审核)\s+(\p{Han}{2,4}(?:\s*[、，]\s*\p{Han}{2,4}|\s+(?:实习生|实习记者|见习记者|记者)\s*\p{Han}{2,4})*)(?:\s|$)").expect("the pattern is a constant")
});
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\s\u{3000}]{2,}|\t|\||｜|•|】|\s[–—-]\s").expect("the pattern is a constant")
});

/// The labelled fields of a line, in reading order. A value ends at the next label, at a date or at a gap.
pub(super) fn read(raw: &str) -> Vec<Labelled> {
    if !raw.contains([':', '：', '︰', '>', '/', '／', '丨', '|']) && !PAIR.is_match(raw) {
        return Vec::new();
    }
    let found: Vec<(usize, usize, Field, String)> = LABEL
        .captures_iter(raw)
        .filter_map(|label| {
            let all = label.get(0)?;
            let at = (1..=LABELS.len()).find(|group| label.get(*group).is_some())?;
            Some((
                all.start(),
                all.end(),
                LABELS[at - 1].0,
                label[at].to_owned(),
            ))
        })
        .collect();
    let mut fields: Vec<Labelled> = Vec::new();
    for (at, (_, end, field, label)) in found.iter().enumerate() {
        let limit = found.get(at + 1).map_or(raw.len(), |next| next.0);
        fields.push(Labelled {
            field: *field,
            label: label.clone(),
            value: value(&raw[*end..limit], *field),
        });
    }
    fields.extend(by_solidus(raw, &SOLIDUS));
    if fields.is_empty() && raw.chars().count() <= 60 {
        fields.extend(by_solidus(raw, &PAIR));
    }
    fields
}

/// The text without the labels of its fields and the words that are labels elsewhere.
pub(super) fn without_labels(text: &str) -> String {
    let bare = LABEL.replace_all(text, " ");
    let bare = SOLIDUS.replace_all(&bare, "$2");
    WORD.replace_all(&bare, " ").into_owned()
}

fn by_solidus(raw: &str, pattern: &Regex) -> Vec<Labelled> {
    let field = |label: &str| match label {
        "责任编辑" | "编辑" | "责编" => Field::Editor,
        "文" | "图文" | "作者" | "记者" => Field::Author,
        "来源" => Field::Source,
        "译" | "翻译" => Field::Translator,
        _ => Field::Credit,
    };
    pattern
        .captures_iter(raw)
        .filter(|found| !found[2].starts_with(['图', '摄', '文']))
        .map(|found| Labelled {
            field: field(&found[1]),
            label: found[1].to_owned(),
            value: value(&found[2], Field::Editor),
        })
        .collect()
}

fn value(text: &str, field: Field) -> String {
    let text = text.trim_start();
    let end = date::find(text)
        .first()
        .map_or(text.len(), |stamp| stamp.start);
    let gap = if field == Field::Tags {
        None
    } else {
        GAP.find(text).map(|gap| gap.start())
    };
    let text = &text[..end.min(gap.unwrap_or(end))];
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '（' | '(' | '【' | '[' | '】' | ']' | '|' | ';' | '；' | '/' | '）' | ')'
            )
    })
    .to_owned()
}
