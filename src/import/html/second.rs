//! A second opinion on the text of a page: what the rules for saved text have found.
//!
//! Of a text that both mostly agree on, lines before and behind it that are no sentences are no part, but for those that the
//! elements of its paragraphs hold. Where they agree on
//! nothing, the text that speaks of the title is the article.

use dom_query::{Document, Selection};

use super::around::{self, Line, is_ended};
use super::body::Text;
use super::left_out::LeftOut;
use super::names::key;

/// Elements that hold a line of text.
const BLOCKS: &str = "p, h1, h2, h3, h4, h5, h6, li, dt, dd, td, pre, div, time";

/// Elements that show something other than words.
const SHOWN: &str = "img, iframe, video, audio, object, embed, noscript, input";

/// The fewest characters of a line that can be a paragraph.
const SENTENCE: usize = 60;

/// The fewest characters of a line that says something.
const WORDS: usize = 25;

/// The fewest letters of a word of a title that is looked for.
const WORD: usize = 4;

/// Takes out the lines before the first of some paragraphs and behind the last that are no sentences, where a text holds both.
pub(super) fn trim(text: &mut Text, paragraphs: &[String]) {
    if let Some(html) = trimmed(&text.html, paragraphs, &mut text.left_out) {
        text.html = html;
    }
}

fn trimmed(html: &str, paragraphs: &[String], left_out: &mut LeftOut) -> Option<String> {
    let (first, last) = (key(paragraphs.first()?), key(paragraphs.last()?));
    let document = Document::fragment(html);
    let blocks = document.select(BLOCKS);
    let leaves = blocks.iter().filter(is_leaf);
    let lines: Vec<Line<'_>> = leaves
        .filter_map(|block| {
            let words = block.text().to_string();
            let block = *block.nodes().first()?;
            let is_sentence = is_sentence(&words);
            (!words.trim().is_empty()).then_some(Line {
                block,
                words,
                is_sentence,
            })
        })
        .collect();
    let keys: Vec<String> = lines.iter().map(|line| key(&line.words)).collect();
    let start = keys.iter().position(|own| is_same(own, &first))?;
    let end = keys.iter().rposition(|own| is_same(own, &last))?;
    if start > end {
        return None;
    }
    // A line alone behind the text may be its last word.
    let is_alone = end + 2 == lines.len() && lines[end + 1].words.chars().count() >= WORDS;
    let tail = if is_alone { end + 1 } else { end };
    let kept = around::parts(&lines, start, end);
    for (at, line) in lines.iter().enumerate() {
        let is_outside = (at < start || at > tail) && !kept.contains(&at);
        let shows = || Selection::from(line.block).select(SHOWN).length() > 0;
        if is_outside && !line.is_sentence && !shows() {
            left_out.add(&line.words);
            line.block.remove_from_parent();
        }
    }
    Some(document.html().to_string())
}

/// True if the second of two texts speaks of the title much more than the first.
pub(super) fn speaks_more_of(title: &str, first: &str, second: &str) -> bool {
    let words = words_of(title);
    let used = |text: &str| {
        let text = text.to_lowercase();
        words
            .iter()
            .filter(|word| text.contains(word.as_str()))
            .count()
    };
    let (first, second) = (used(first), used(second));
    second * 5 >= words.len() * 2 && second > 1 && first * 3 <= second
}

fn words_of(title: &str) -> Vec<String> {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let long = words.filter(|word| word.chars().count() >= WORD);
    long.map(str::to_lowercase).collect()
}

fn is_leaf(block: &Selection<'_>) -> bool {
    block.select(BLOCKS).length() == 0
}

/// True if a block is the paragraph, or holds all of it.
fn is_same(block: &str, paragraph: &str) -> bool {
    !paragraph.is_empty() && block.contains(paragraph)
}

fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    let is_long = text.chars().count() >= SENTENCE || text.contains(['。', '，']);
    is_long && is_ended(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_around_a_text_that_are_no_sentences_go() {
        let text = "The bridge over the river was opened again this morning, forty winters after the flood.";
        let html = format!(
            "<div><p>Sport</p><p>2024-02-14</p><p>{text}</p><h2>More</h2><p>Short.</p><p>Last {text}</p><h3>You may also like</h3><ul><li>Another story</li></ul><p>{text}</p></div>"
        );
        let paragraphs = [text.to_owned(), format!("Last {text}")];
        let mut left_out = LeftOut::default();
        let trimmed = trimmed(&html, &paragraphs, &mut left_out).unwrap();
        let told = left_out.finding().unwrap().detail;
        assert!(
            told.contains("4 pieces") && told.contains("Sport"),
            "{told}"
        );
        for gone in ["Sport", "2024", "also like", "Another"] {
            assert!(!trimmed.contains(gone), "{gone}: {trimmed}");
        }
        for kept in ["More", "Short.", "Last"] {
            assert!(trimmed.contains(kept), "{kept}: {trimmed}");
        }
        assert_eq!(trimmed.matches("The bridge").count(), 3, "{trimmed}");
        assert!(super::trimmed(&html, &["Something else".to_owned()], &mut left_out).is_none());
    }

    #[test]
    fn a_text_about_something_else_than_the_title_gives_way() {
        let title = "Nepal disputes bird strike of airline";
        let consent = "We store cookies on your browser to collect information.";
        let article =
            "Nepal said that no bird had hit the plane of the airline; a strike was ruled out.";
        assert!(speaks_more_of(title, consent, article));
        assert!(!speaks_more_of(title, article, consent));
        assert!(!speaks_more_of(title, article, article));
    }
}
