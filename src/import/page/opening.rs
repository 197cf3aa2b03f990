//! The beginning of the text: below the title, the standfirst, the byline and the picture.

use std::sync::LazyLock;

use regex::Regex;

use super::byline;
use super::interruptions::{ends, is_point, resume};
use super::lines::{Furniture, Line, Lines};
use super::names;
use super::text::is_chinese;

/// Lines below the title in which the text must begin.
const REACH: usize = 80;
/// From this width on a line below the title is a standfirst, not a second title.
pub(super) const WORDY: usize = 80;
/// A standfirst is not longer than this, in columns.
const STANDFIRST: usize = 420;

static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(?:[A-Z][A-Z.'’-]+(?:[\s,/]+[A-Z][\p{L}.'’]+){0,5}\s*(?:\([\p{L} /.]+\))?\s*(?:[—–:]|--?\s)|[\p{Lu}][\p{L}'’-]+(?:[\s,]+[\p{L}.'’-]+){0,3}\s\((?:AFP|AP|Reuters|ATS|Belga|Xinhua|Kyodo|[A-Z]{2,8})\)\s*[—–-]|[\p{Han}]{0,8}(?:社|网|报|电)[^，。]{0,20}(?:电|讯|消息)[\s（(　])";
    Regex::new(pattern).expect("the pattern is a constant")
});

pub(super) fn is_summary(line: &Line) -> bool {
    line.is_body()
        && line.furniture.is_none()
        && line.width <= 2 * STANDFIRST
        && !is_caption_like(line)
}

/// A sentence under a picture that says when it was taken.
fn is_caption_like(line: &Line) -> bool {
    let dated_end = line
        .stamps
        .last()
        .is_some_and(|stamp| line.text.len() - stamp.end <= 2)
        || Regex::is_match(&PLACE_END, &line.text);
    line.width <= 200 && dated_end && !line.stamps.is_empty()
}

static PLACE_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d{2},? (?:in|at|à|au) [\p{Lu}][^.]{2,40}\.$")
        .expect("the pattern is a constant")
});

/// A sentence with the photographer's name on the next line.
fn is_credited(lines: &Lines, at: usize) -> bool {
    let credit = lines.all.get(at + 1);
    lines.all[at].width <= 200
        && credit.is_some_and(|line| {
            line.furniture == Some(Furniture::Caption) && !line.parted && line.width <= 60
        })
}

/// The first few paragraphs below the title.
pub(super) fn first_proses(lines: &Lines, title: usize) -> Vec<usize> {
    let end = (title + REACH).min(lines.all.len());
    (title + 1..end)
        .filter(|at| {
            lines.all[*at].is_body()
                && lines.all[*at].key != lines.all[title].key
                && !lines.all[*at].label
        })
        .take(6)
        .collect()
}

/// The paragraph that the text begins with; what stands before it is a standfirst or a caption.
pub(super) fn start(lines: &Lines, proses: &[usize]) -> Option<usize> {
    let first = *proses.first()?;
    let placed = |at: &&usize| is_placed(lines, **at);
    if let Some(dateline) = proses.iter().take(4).find(placed)
        && *dateline - first <= 8
    {
        return Some(*dateline);
    }
    if let Some(start) = below_byline(lines, first, proses) {
        return Some(start);
    }
    let text: Vec<usize> = proses
        .iter()
        .copied()
        .filter(|at| !is_caption_like(&lines.all[*at]) && !is_credited(lines, *at))
        .collect();
    let first = *text.first().unwrap_or(&first);
    match text.get(1) {
        Some(second) if is_standfirst(lines, first, *second) => Some(*second),
        _ => Some(first),
    }
}

/// The text begins below the byline, where that stands below a standfirst and a caption.
fn below_byline(lines: &Lines, first: usize, proses: &[usize]) -> Option<usize> {
    let dated = |from: usize, to: usize| {
        lines.all[from..to].iter().any(|line| {
            !line.stamps.is_empty() && line.furniture.is_none() && line.label && line.width <= 120
        })
    };
    let early = dated(first.saturating_sub(4), first);
    let third = *proses.get(2).filter(|third| **third - first <= 16)?;
    let brief = proses[..2]
        .iter()
        .all(|at| lines.all[*at].width <= STANDFIRST / 2);
    (!early && brief && !dated(first, proses[1]) && dated(proses[1], third)).then_some(third)
}

/// True if the paragraph begins with the place of the report, on its own line or on the line above.
fn is_placed(lines: &Lines, at: usize) -> bool {
    let above = at.checked_sub(1).map(|above| &lines.all[above]);
    let cut_off = above.is_some_and(|line| {
        line.width <= 40
            && DATELINE.is_match(&line.text)
            && line.text.ends_with(['—', '–', '-', ':'])
    });
    cut_off || DATELINE.is_match(&lines.all[at].text)
}

/// A single sentence or two, parted from the text by the byline, a picture or a list.
fn is_standfirst(lines: &Lines, first: usize, second: usize) -> bool {
    if lines.all[first].width > STANDFIRST || second - first > 30 {
        return false;
    }
    let between = &lines.all[first + 1..second];
    let opens = is_head_block(lines, first, second);
    let over = between
        .iter()
        .any(|line| ends(line) && !(opens && byline::names_editor(line)))
        || (first + 1..second).any(|at| {
            lines.all[at].furniture == Some(Furniture::Related) && resume(lines, at) != Some(second)
        });
    let signed = between
        .iter()
        .any(|line| line.furniture.is_none() && line.label);
    let beside = |at: &usize| {
        lines.all[*at].furniture.is_some() || (lines.all[*at].bullet && !is_point(lines, *at))
    };
    let boxed = if (first + 1..second).all(|at| beside(&at)) {
        between
            .iter()
            .filter(|line| line.furniture != Some(Furniture::RelatedLink))
            .count()
    } else {
        0
    };
    let advert = between
        .iter()
        .any(|line| line.furniture == Some(Furniture::Advert));
    !over
        && (signed
            || (boxed >= 3 && lines.all[second].parted)
            || (advert && !lines.all[first].parted))
}

/// Editor and date between a standfirst and the text, where nothing dates the page above: the head of the article, not its
/// end.
fn is_head_block(lines: &Lines, first: usize, second: usize) -> bool {
    let dated = |from: usize, to: usize| {
        lines.all[from..to]
            .iter()
            .any(|line| !line.stamps.is_empty() && line.width <= 120)
    };
    let goes_on = lines.all[second..]
        .iter()
        .take(4)
        .filter(|line| line.is_body() || line.sentence)
        .count();
    !dated(first.saturating_sub(4), first) && dated(first + 1, second) && goes_on >= 2
}

/// True if the paragraphs of this text begin with two ideographic spaces.
pub(super) fn is_indented(lines: &Lines, start: usize) -> bool {
    let (mut indented, mut all) = (0, 0);
    for line in lines.all[start..]
        .iter()
        .take(12)
        .filter(|line| line.is_body())
    {
        all += 1;
        indented += usize::from(line.indented);
    }
    indented >= 2 && indented * 2 >= all
}

/// Short opening sentences and a salutation belong to the text as well.
pub(super) fn extend_back(lines: &Lines, from: usize, start: usize) -> usize {
    let belongs = |line: &Line| {
        let opens = line.sentence || (is_chinese(&line.text) && line.text.ends_with(['：', ':']));
        opens
            && !line.bullet
            && line.furniture.is_none()
            && line.stamps.is_empty()
            && line.width <= 120
            && !line.prose
            && !line.label
            && is_chinese(&line.text)
    };
    (from..start)
        .rev()
        .take_while(|at| belongs(&lines.all[*at]))
        .last()
        .unwrap_or(start)
}

/// A short line right below the title that is neither byline nor paragraph.
pub(super) fn subtitle(lines: &Lines, title: usize, before: usize) -> Option<usize> {
    let at = (title + 1..before.min(title + 4))
        .find(|at| lines.all[*at].furniture != Some(Furniture::Control))?;
    let line = &lines.all[at];
    let words = if is_chinese(&line.text) {
        line.width >= 16
    } else {
        line.text.split_whitespace().count() >= 5
    };
    let plain = !line.bullet
        && line.furniture.is_none()
        && line.stamps.is_empty()
        && !line.label
        && line.width <= 160;
    (plain && words && !names::is_person(&line.text) && line.key != lines.all[title].key)
        .then_some(at)
}
