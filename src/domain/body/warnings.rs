//! Changes that reading made to a body: what was left out and what became something else, told to whoever wrote it.
//!
//! Each kind of change to each kind of thing is one entry with a count, so the list is short however long the body is.
//! Elements that are unwrapped without a loss (`div`, `span`), and attributes of style, are not told.

use std::collections::BTreeMap;

use crate::domain::warning::Warning;

/// The longest sample of what was changed, in characters.
const SAMPLE: usize = 100;

/// The samples that are shown of one kind of change.
const SAMPLES: usize = 5;

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// An element was left out with its content.
    ElementRemoved,
    /// An element became something that a body has.
    ElementConverted,
    /// An element stands apart from the text that it stood in.
    ElementMoved,
    /// An element's text stays, its meaning does not.
    ElementUnwrapped,
    /// Text of an attribute was left out.
    AttributeRemoved,
    /// A link lost its address; its text stays.
    LinkRemoved,
    /// An image was left out.
    ImageRemoved,
    /// Cells that spanned rows or columns became blank cells.
    TableSpanConverted,
    /// An ordered list became several, so that its numbers stay, or lost its numbers.
    ListConverted,
    /// Control characters were taken out.
    ControlCharacterRemoved,
}

impl Change {
    const fn code(self) -> &'static str {
        match self {
            Self::ElementRemoved => "element_removed",
            Self::ElementConverted => "element_converted",
            Self::ElementMoved => "element_moved",
            Self::ElementUnwrapped => "element_unwrapped",
            Self::AttributeRemoved => "attribute_removed",
            Self::LinkRemoved => "link_removed",
            Self::ImageRemoved => "image_removed",
            Self::TableSpanConverted => "table_span_converted",
            Self::ListConverted => "list_converted",
            Self::ControlCharacterRemoved => "control_character_removed",
        }
    }
}

/// The number of changes of one kind, and the first things that were changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    count: usize,
    samples: Vec<String>,
}

/// The changes that reading made to a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    tallies: BTreeMap<(Change, &'static str, &'static str), Tally>,
}

impl Warnings {
    /// Counts a change to a thing; `into` says what became of it.
    pub(super) fn add(&mut self, change: Change, what: &'static str, into: &'static str) {
        self.add_sampled(change, what, into, "");
    }

    /// Counts a change, with the text that it was made to.
    pub(super) fn add_sampled(
        &mut self,
        change: Change,
        what: &'static str,
        into: &'static str,
        sample: &str,
    ) {
        let tally = self.tallies.entry((change, what, into)).or_default();
        tally.count += 1;
        if tally.samples.len() < SAMPLES {
            let printable = sample.trim().chars().filter(|c| !c.is_control());
            let sample: String = printable.take(SAMPLE).collect();
            if !sample.is_empty() && !tally.samples.contains(&sample) {
                tally.samples.push(sample);
            }
        }
    }

    /// Counts control characters that were taken out.
    pub(super) fn add_control_characters(&mut self, count: usize) {
        if count > 0 {
            let key = (Change::ControlCharacterRemoved, "control characters", "");
            self.tallies.entry(key).or_default().count += count;
        }
    }

    /// True if control characters were removed.
    pub fn has_control_characters(&self) -> bool {
        let is = |(change, ..): &(Change, _, _)| *change == Change::ControlCharacterRemoved;
        self.tallies.keys().any(is)
    }

    /// True if nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.tallies.is_empty()
    }

    /// Each kind of change to each kind of thing, in a fixed order: its code, and a sentence.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.tallies
            .iter()
            .map(|((change, what, into), tally)| (change.code(), detail(what, into, tally)))
    }

    /// The same as warnings about the field at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Vec<Warning> {
        let warning = |(code, detail)| Warning {
            pointer: pointer.to_owned(),
            code: String::from(code),
            detail,
        };
        self.iter().map(warning).collect()
    }
}

fn detail(what: &str, into: &str, tally: &Tally) -> String {
    let times = match tally.count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let samples = tally.samples.join("; ");
    let named = match tally.samples.len() {
        0 => String::new(),
        all if all == tally.count => format!(": {samples}"),
        1 => format!("; the first: {samples}"),
        _ => format!("; among them: {samples}"),
    };
    match into {
        "" => format!("{what} left out, {times}{named}"),
        into => format!("{what} became {into}, {times}{named}"),
    }
}
