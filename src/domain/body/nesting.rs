//! From flat runs to properly nested marks, the order in which HTML and Markdown write them.

use super::blocks::{Inline, Link, Marks, Style};

/// The next piece to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Open(Element<'a>),
    Close(Element<'a>),
    /// A run's text, and whether it is code where code is not nested.
    Text(&'a str, bool),
}

/// A mark as an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element<'a> {
    Link(&'a Link),
    Style(Style),
}

/// A link and the six styles; the order settles which is outside when both span the same text.
const MARKS: usize = 1 + Style::ALL.len();

fn element(marks: &Marks, index: usize) -> Option<Element<'_>> {
    match index.checked_sub(1) {
        None => marks.link().map(Element::Link),
        Some(style) => {
            let style = Style::ALL[style];
            marks.has(style).then_some(Element::Style(style))
        }
    }
}

/// The steps that write `runs`, of two marks the one that reaches further outside.
///
/// With `code_apart`, code is not an element but a property of the text.
pub(super) fn steps(runs: &[Inline], code_apart: bool) -> Vec<Step<'_>> {
    let reach = reach(runs);
    let mut steps = Vec::with_capacity(runs.len() * 2);
    let mut open: Vec<(usize, usize)> = Vec::with_capacity(MARKS);
    let close = |steps: &mut Vec<_>, open: &mut Vec<(usize, usize)>, keep: usize, marks| {
        for (mark, _) in open.drain(keep..).rev() {
            steps.extend(element(marks, mark).map(Step::Close));
        }
    };
    for (at, run) in runs.iter().enumerate() {
        let ended = open.iter().position(|(_, end)| *end <= at);
        if let (Some(keep), Some(before)) = (ended, at.checked_sub(1)) {
            close(&mut steps, &mut open, keep, &runs[before].marks);
        }
        let mut begin: Vec<_> = (0..MARKS)
            .filter(|mark| {
                !(code_apart && *mark == MARKS - 1) && open.iter().all(|(other, _)| other != mark)
            })
            .filter(|mark| element(&run.marks, *mark).is_some())
            .map(|mark| (mark, reach[at][mark]))
            .collect();
        begin.sort_by_key(|(mark, end)| (usize::MAX - end, *mark));
        steps.extend(
            begin
                .iter()
                .filter_map(|(mark, _)| element(&run.marks, *mark))
                .map(Step::Open),
        );
        open.extend(begin);
        steps.push(Step::Text(
            &run.text,
            code_apart && run.marks.has(Style::Code),
        ));
    }
    if let Some(last) = runs.last() {
        close(&mut steps, &mut open, 0, &last.marks);
    }
    steps
}

/// For each run and each mark on it, the index behind the last run that the mark spans without a gap.
///
/// A style that would split a link in two ends where the link begins, and begins again inside it.
fn reach(runs: &[Inline]) -> Vec<[usize; MARKS]> {
    let mut reach = vec![[0; MARKS]; runs.len()];
    for at in (0..runs.len()).rev() {
        for mark in 0..MARKS {
            let here = element(&runs[at].marks, mark);
            let next = runs.get(at + 1);
            let goes_on = next.is_some_and(|next| {
                let link_begins =
                    next.marks.link().is_some() && next.marks.link() != runs[at].marks.link();
                element(&next.marks, mark) == here
                    && !(link_begins && reach[at + 1][mark] < reach[at + 1][0])
            });
            reach[at][mark] = if here.is_some() && goes_on {
                reach[at + 1][mark]
            } else {
                at + 1
            };
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::super::Body;

    fn html(html: &str) -> String {
        Body::from_html(html).expect("a body").html().to_owned()
    }

    #[test]
    fn well_nested_marks_stay_as_they_are() {
        for line in [
            "<p><em>a <strong>b</strong> c</em></p>",
            "<p><strong>a <em>b</em></strong></p>",
            "<p><em>a <a href=\"/x\">b</a> c</em></p>",
            "<p><a href=\"/x\">a <code>b</code></a></p>",
        ] {
            assert_eq!(html(line), line);
        }
    }

    #[test]
    fn overlapping_marks_are_nested() {
        assert_eq!(
            html("<b>a<i>b</b>c</i>"),
            "<p><strong>a<em>b</em></strong><em>c</em></p>"
        );
    }

    #[test]
    fn a_link_is_never_split_by_a_style() {
        assert_eq!(
            html("<b>a<a href=/x>b</b>c</a>"),
            "<p><strong>a</strong><a href=\"/x\"><strong>b</strong>c</a></p>"
        );
    }
}
