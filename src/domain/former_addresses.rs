//! Addresses that an edition's pages had: they still lead to its resources.

use std::collections::BTreeMap;

use super::url_template::{PageKind, UrlTemplate, UrlTemplates};

/// The field of an edition that holds the first path of its pages.
const HOME_PATH: &str = "home_path";

/// Templates and home paths of the past, of each the newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormerAddresses {
    templates: BTreeMap<PageKind, Vec<UrlTemplate>>,
    home_paths: Vec<String>,
}

impl FormerAddresses {
    /// The most templates of one kind, and the most home paths, that are remembered.
    pub const MOST: usize = 20;

    /// Reads lists by field. What is no field with addresses, and what is none of its values, is left out.
    #[must_use]
    pub fn read(written: &BTreeMap<String, Vec<String>>) -> Self {
        let mut read = Self::default();
        let of = |field: &str| written.get(field).into_iter().flatten();
        for kind in PageKind::ALL {
            for template in of(kind.field()).filter_map(|text| UrlTemplate::parse(kind, text).ok())
            {
                remember(read.templates.entry(kind).or_default(), template);
            }
        }
        for path in of(HOME_PATH).filter(|path| path.starts_with('/')).cloned() {
            remember(&mut read.home_paths, path);
        }
        read
    }

    /// The lists by field.
    #[must_use]
    pub fn written(&self) -> BTreeMap<String, Vec<String>> {
        let templates = self.templates.iter().map(|(kind, templates)| {
            let texts = templates.iter().map(|text| text.as_str().to_owned());
            (kind.field().to_owned(), texts.collect())
        });
        let all = templates.chain([(HOME_PATH.to_owned(), self.home_paths.clone())]);
        all.filter(|(_, texts): &(_, Vec<String>)| !texts.is_empty())
            .collect()
    }

    /// Adds the templates and the home path that an edition has before a change and no longer after it.
    pub fn leave(&mut self, before: (&UrlTemplates, &str), after: (&UrlTemplates, &str)) {
        for kind in PageKind::ALL {
            let present = after.0.get(kind);
            let former = self.templates.entry(kind).or_default();
            former.retain(|template| Some(template) != present);
            if let Some(left) = before.0.get(kind)
                && Some(left) != present
            {
                remember(former, left.clone());
            }
        }
        self.templates.retain(|_, templates| !templates.is_empty());
        self.home_paths.retain(|path| *path != after.1);
        if before.1 != after.1 {
            remember(&mut self.home_paths, before.1.to_owned());
        }
    }

    /// Every template, the newest first.
    pub fn templates(&self) -> impl Iterator<Item = (PageKind, &UrlTemplate)> {
        let newest_first = |kind: PageKind| {
            let templates = self.templates.get(&kind).into_iter().flatten();
            templates.rev().map(move |template| (kind, template))
        };
        PageKind::ALL.into_iter().flat_map(newest_first)
    }

    /// Every home path, the newest first.
    pub fn home_paths(&self) -> impl Iterator<Item = &str> {
        self.home_paths.iter().rev().map(String::as_str)
    }
}

/// Adds one at the end, once; the oldest go where there are too many.
fn remember<T: PartialEq>(list: &mut Vec<T>, one: T) {
    list.retain(|other| *other != one);
    list.push(one);
    let excess = list.len().saturating_sub(FormerAddresses::MOST);
    list.drain(..excess);
}

#[cfg(test)]
mod tests {
    use super::*;
    fn templates(template: &str) -> UrlTemplates {
        let mut templates = UrlTemplates::default();
        let template = UrlTemplate::parse(PageKind::Article, template).unwrap();
        templates.set(PageKind::Article, template);
        templates
    }

    #[test]
    fn what_an_edition_leaves_is_remembered_once_and_what_it_has_again_is_not() {
        let (a, b) = (
            templates("https://a.example/{slug}"),
            templates("https://b.example/{slug}"),
        );
        let (old, new) = ((&a, "/a"), (&b, "/b"));
        let mut former = FormerAddresses::default();
        former.leave(old, old);
        assert_eq!(former, FormerAddresses::default());
        former.leave(old, new);
        let written = former.written();
        assert_eq!(written["url_template"], ["https://a.example/{slug}"]);
        assert_eq!(written["home_path"], ["/a"]);
        former.leave(new, old);
        assert_eq!(
            former.written()["url_template"],
            ["https://b.example/{slug}"]
        );
        for n in 0..30 {
            let other = templates(&format!("https://{n}.example/{{slug}}"));
            former.leave((&other, "/a"), old);
        }
        assert_eq!(former.templates().count(), FormerAddresses::MOST);
        assert_eq!(
            former.templates().next().unwrap().1.as_str(),
            "https://29.example/{slug}"
        );
    }

    #[test]
    fn what_was_written_is_read_and_what_is_no_address_is_left_out() {
        let text = r#"{"url_template": ["https://a.example/{slug}", "x"], "home_path": ["/a", "b"], "name": ["c"]}"#;
        let former = FormerAddresses::read(&serde_json::from_str(text).unwrap());
        let written = serde_json::to_string(&former.written()).unwrap();
        assert_eq!(
            written,
            r#"{"home_path":["/a"],"url_template":["https://a.example/{slug}"]}"#
        );
        assert_eq!(
            FormerAddresses::read(&serde_json::from_str(&written).unwrap()),
            former
        );
    }
}
