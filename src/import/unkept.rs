//! Parts of a text that an importer cannot keep: each kind is told once, with the names of what is lost.

use super::record::Finding;

/// Characters of a name that are told.
const SHOWN: usize = 80;
/// Names of one kind that are told.
const NAMES_MAX: usize = 30;

/// Names by kind, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    kinds: Vec<(&'static str, Names)>,
}

#[derive(Debug, Default)]
struct Names {
    told: Vec<String>,
    has_more: bool,
}

impl Unkept {
    /// Notes something that is lost. The kind is a clause that ends before the names.
    pub(super) fn add(&mut self, kind: &'static str, name: &str) {
        let at = self.kinds.iter().position(|(own, _)| *own == kind);
        let at = at.unwrap_or_else(|| {
            self.kinds.push((kind, Names::default()));
            self.kinds.len() - 1
        });
        let (_, names) = &mut self.kinds[at];
        let name = shortened(name);
        if names.told.contains(&name) {
            return;
        }
        match names.told.len() < NAMES_MAX {
            true => names.told.push(name),
            false => names.has_more = true,
        }
    }

    /// One finding about the text for each kind.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.kinds.iter().map(|(kind, names)| {
            let told = names.told.join(", ");
            let more = if names.has_more { " and others" } else { "" };
            Finding::at("/body_html", "left_out", format!("{kind}: {told}{more}"))
        })
    }
}

fn shortened(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_once_with_its_names() {
        let mut unkept = Unkept::default();
        assert_eq!(unkept.findings().count(), 0);
        for (kind, name) in [
            ("cards", "a"),
            ("blocks", "b\n c"),
            ("cards", "d"),
            ("cards", "a"),
        ] {
            unkept.add(kind, name);
        }
        let told: Vec<String> = unkept.findings().map(|finding| finding.detail).collect();
        assert_eq!(told, ["cards: a, d", "blocks: b c"]);
    }

    #[test]
    fn long_names_and_long_lists_have_an_end() {
        let mut unkept = Unkept::default();
        unkept.add("cards", &"é".repeat(100_000));
        (0..100_000).for_each(|number| unkept.add("cards", &number.to_string()));
        let told = unkept.findings().next().unwrap().detail;
        assert!(told.starts_with(&format!("cards: {}…, 0, 1, ", "é".repeat(80))));
        assert!(told.ends_with(", 28 and others"), "{told}");
    }
}
