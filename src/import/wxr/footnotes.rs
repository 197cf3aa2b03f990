//! Footnotes of a post, which WordPress keeps beside its text.

use serde_json::Value;

use crate::domain::text::escape_html;
use crate::import::markup;
use crate::import::unkept::Unkept;
use crate::import::xml::Element;

use super::site::meta;

/// The notes that stand nowhere yet.
pub(super) struct Footnotes<'c> {
    /// The text of the post, which leads to its notes.
    content: &'c str,
    notes: Vec<Note>,
}

struct Note {
    id: String,
    html: String,
}

impl<'c> Footnotes<'c> {
    pub(super) fn of(item: &Element, content: &'c str) -> Self {
        let list: Value = meta(item, "footnotes")
            .and_then(|list| serde_json::from_str(&list).ok())
            .unwrap_or_default();
        let text = |note: &Value, name: &str| note[name].as_str().unwrap_or_default().to_owned();
        let notes = list.as_array().into_iter().flatten().map(|note| Note {
            id: text(note, "id"),
            html: text(note, "content"),
        });
        let notes = notes.filter(|note| !note.html.trim().is_empty()).collect();
        Self { content, notes }
    }

    /// The list of the notes, which each have a link back; `None` if there are none.
    pub(super) fn take(&mut self) -> Option<String> {
        if self.notes.is_empty() {
            return None;
        }
        let notes = std::mem::take(&mut self.notes);
        let items: String = notes.iter().map(|note| self.item(note)).collect();
        Some(format!("\n\n<ol>{items}</ol>\n\n"))
    }

    /// The list of the notes that no block has shown and that the text leads to. Others WordPress does not show either.
    pub(super) fn rest(&mut self, unkept: &mut Unkept) -> Option<String> {
        let (shown, others): (Vec<Note>, Vec<Note>) = std::mem::take(&mut self.notes)
            .into_iter()
            .partition(|note| self.is_led_to(note));
        self.notes = shown;
        for note in &others {
            unkept.add(
                "footnotes that the post neither shows nor leads to",
                &markup::line(&note.html),
            );
        }
        self.take()
    }

    fn is_led_to(&self, note: &Note) -> bool {
        let link = format!("#{}", note.id);
        let mut links = self.content.match_indices(&link);
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        !note.id.is_empty() && links.any(|(at, _)| is_whole(&self.content[at + link.len()..]))
    }

    fn item(&self, note: &Note) -> String {
        let id = escape_html(&note.id);
        let has_link = self.content.contains(&format!("id=\"{}-link\"", note.id));
        let back = match has_link {
            true => format!(" <a href=\"#{id}-link\">↩</a>"),
            false => String::new(),
        };
        format!("<li id=\"{id}\">{}{back}</li>", note.html)
    }
}
