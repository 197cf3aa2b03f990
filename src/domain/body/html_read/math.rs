//! MathML as one line: its TeX where it has any, else its signs, with fractions and exponents told apart.

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 200;

/// A formula while it is read.
pub(super) struct Math {
    alttext: String,
    tex: String,
    signs: String,
    open: Vec<Open>,
}

struct Open {
    name: Vec<u8>,
    children: usize,
    has_bracket: bool,
}

impl Math {
    pub(super) fn new(alttext: Option<&str>) -> Self {
        Self {
            alttext: alttext.unwrap_or("").to_owned(),
            tex: String::new(),
            signs: String::new(),
            open: Vec::new(),
        }
    }

    pub(super) fn start(&mut self, tag: &[u8]) {
        let joint = self.open.last_mut().and_then(|parent| {
            parent.children += 1;
            joint(&parent.name, parent.children)
        });
        self.signs.extend(joint.filter(|joint| *joint != ' '));
        let has_bracket = joint.is_some() && tag == b"mrow";
        self.signs.extend(has_bracket.then_some('('));
        self.signs.extend((tag == b"msqrt").then_some('√'));
        if self.open.len() < MAX_DEPTH {
            self.open.push(Open {
                name: tag.to_vec(),
                children: 0,
                has_bracket,
            });
        }
    }

    pub(super) fn end(&mut self, tag: &[u8]) {
        if self.open.last().is_some_and(|open| open.name == tag) {
            let closed = self.open.pop().filter(|open| open.has_bracket);
            self.signs.extend(closed.map(|_| ')'));
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self
            .open
            .iter()
            .find(|open| open.name.starts_with(b"annotation"))
        {
            Some(note) if note.name == b"annotation" => self.tex.push_str(text),
            Some(_) => {}
            None => self.signs.push_str(text.trim()),
        }
    }

    /// The formula, and whether it is TeX.
    pub(super) fn finish(self) -> (String, bool) {
        let tex = [self.alttext, self.tex];
        let tex = tex.iter().map(|tex| plain(tex)).find(|tex| !tex.is_empty());
        tex.map_or((self.signs, false), |tex| (tex.to_owned(), true))
    }
}

fn plain(tex: &str) -> &str {
    let tex = tex.trim();
    let inner = tex
        .strip_prefix("{\\displaystyle")
        .and_then(|tex| tex.strip_suffix('}'));
    inner.unwrap_or(tex).trim()
}

/// The sign between a part of a formula and the one before; a blank where it is a part that has no sign.
fn joint(parent: &[u8], child: usize) -> Option<char> {
    Some(match (parent, child) {
        (b"mfrac", 2) => '/',
        (b"msup" | b"mover", 2) | (b"msubsup" | b"munderover", 3) => '^',
        (b"msub" | b"munder" | b"msubsup" | b"munderover", 2) => '_',
        (b"mfrac", 1) => ' ',
        _ => return None,
    })
}
