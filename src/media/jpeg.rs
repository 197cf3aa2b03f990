//! The end of a JPEG, which its decoder does not ask for: what is missing it fills with grey.

use std::io::{self, BufRead, Read};

/// Walks the segments to the end marker (ITU T.81, annex B). `None` where there is none, or what leads to it is broken.
pub(super) fn end(source: &mut impl BufRead) -> Option<()> {
    let mut walk = Walk { source };
    walk.expect(0xff)?;
    walk.expect(0xd8)?;
    let mut marker = walk.next_marker()?;
    loop {
        marker = match marker {
            0xd9 => return Some(()),
            0xda => {
                walk.skip_segment()?;
                walk.skip_scan()?
            }
            0x01 | 0xd0..=0xd7 => walk.next_marker()?,
            _ => {
                walk.skip_segment()?;
                walk.next_marker()?
            }
        };
    }
}

struct Walk<'s, S> {
    source: &'s mut S,
}

impl<S: BufRead> Walk<'_, S> {
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.source.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.byte()? == wanted).then_some(())
    }

    /// The next marker's code; any number of fill bytes may stand before it.
    fn next_marker(&mut self) -> Option<u8> {
        self.expect(0xff)?;
        self.after_ff()
    }

    fn after_ff(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                0xff => {}
                code => return Some(code),
            }
        }
    }

    fn skip_segment(&mut self) -> Option<()> {
        let length = u16::from_be_bytes([self.byte()?, self.byte()?]);
        let rest = u64::from(length.checked_sub(2)?);
        let mut segment = self.source.by_ref().take(rest);
        let skipped = io::copy(&mut segment, &mut io::sink());
        (skipped.ok() == Some(rest)).then_some(())
    }

    /// Skips coded data, in which a zero or a restart marker may follow 0xFF, and answers the marker that ends it.
    fn skip_scan(&mut self) -> Option<u8> {
        loop {
            if self.byte()? != 0xff {
                continue;
            }
            match self.after_ff()? {
                0x00 | 0xd0..=0xd7 => {}
                marker => return Some(marker),
            }
        }
    }
}
