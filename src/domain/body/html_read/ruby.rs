//! Bases and readings of a text, and the order in which a body has them.

/// The number of a base behind all others.
pub(super) const NO_BASE: usize = usize::MAX;

/// Text with readings over it.
#[derive(Default)]
pub(super) struct Ruby {
    /// The text of the open `rp`, which is shown around a reading only.
    pub(super) bracket: Option<String>,
    /// The bracket that the element has of its own before the next reading.
    pub(super) opening: Option<[&'static str; 2]>,
    /// The brackets of a reading that has no text yet.
    pub(super) waiting: Option<[&'static str; 2]>,
    /// The bracket that ends the open reading.
    pub(super) closing: Option<&'static str>,
    pub(super) segment: Segment,
}

/// Bases and the readings behind them. Where several bases come first, the readings are of one after the other (HTML Ruby Markup
/// Extensions, section 2.3).
#[derive(Default)]
pub(super) struct Segment {
    /// Each base and reading in the order of the source: the number of its base, and its place in the text.
    pub(super) pieces: Vec<(usize, usize)>,
    pub(super) bases: usize,
    /// Number of readings in the open row of them.
    pub(super) readings: usize,
    /// The place behind the last reading; `None` where no reading has come yet.
    pub(super) end: Option<usize>,
    /// The brackets of its last reading.
    pub(super) brackets: Option<[&'static str; 2]>,
}

impl Segment {
    /// A base begins, unless one has begun that is empty.
    pub(super) fn base(&mut self, place: usize) {
        if self.pieces.last().is_none_or(|(_, start)| *start < place) {
            self.pieces.push((self.bases, place));
            self.bases += 1;
        }
    }

    /// A reading of the next base begins.
    pub(super) fn reading(&mut self, place: usize) {
        let base = Some(self.readings).filter(|base| *base < self.bases);
        self.pieces.push((base.unwrap_or(NO_BASE), place));
        self.readings += 1;
        self.end = Some(place);
    }

    /// A row of readings begins; text that is in it but in no reading is of all bases.
    pub(super) fn row(&mut self, place: usize) {
        self.pieces.push((NO_BASE, place));
        self.readings = 0;
        self.end = Some(place);
    }
}
