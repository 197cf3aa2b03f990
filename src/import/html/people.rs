//! Authors and editors of a page.

use serde_json::{Value, json};

use super::fields::Reading;
use super::names::{is_name, people};
use crate::import::markup;

impl Reading<'_> {
    pub(super) fn authors(&self, site: Option<&str>) -> Vec<String> {
        let of_data = people(self.data.names("author"), site);
        let shown = self.shown.as_ref();
        let editors = shown.map(|shown| shown.editors.as_slice());
        let shown = shown.map(|shown| shown.authors.clone()).unwrap_or_default();
        // A name that is an editor's or the site's is what some systems put into the meta element.
        let mut of_meta = self.authors_of_meta(site);
        of_meta.retain(|name| !editors.unwrap_or_default().contains(name));
        let of_site = of_meta.iter().all(|name| is_name(name, site));
        let (first, second) = if of_site {
            (shown, of_meta)
        } else {
            (of_meta, shown)
        };
        [of_data, first, second, self.marked_authors(site)]
            .into_iter()
            .find(|names| !names.is_empty())
            .unwrap_or_default()
    }

    fn authors_of_meta(&self, site: Option<&str>) -> Vec<String> {
        const NAMES: [&str; 6] = [
            "author",
            "article:author",
            "parsely-author",
            "dc.creator",
            "byl",
            "sailthru.author",
        ];
        let names = self.data.metas(&NAMES).map(markup::name);
        people(names.collect(), site)
    }

    /// The names in the first kind of element that holds any.
    fn marked_authors(&self, site: Option<&str>) -> Vec<String> {
        const PLACES: [&str; 7] = [
            "[rel='author']",
            "[itemprop='author'] [itemprop='name']",
            "[itemprop='author']",
            "a[href*='/author/']",
            "[class*='byline' i] a",
            "[class*='author-name' i], [class*='author_name' i], [class*='authorname' i]",
            "[class*='byline' i]",
        ];
        let within = |place: &&str| {
            let found = self.document.select(place);
            let names = found.iter().take(6);
            let names = names.map(|one| markup::line(&one.inner_html())).collect();
            people(names, site)
        };
        let found = PLACES.iter().map(within);
        found
            .into_iter()
            .find(|names| !names.is_empty())
            .unwrap_or_default()
    }

    pub(super) fn editors(&self) -> Vec<Value> {
        let mut names = self.data.names("editor");
        if names.is_empty() {
            names = self
                .shown
                .as_ref()
                .map(|shown| shown.editors.clone())
                .unwrap_or_default();
        }
        names
            .into_iter()
            .map(|name| json!({ "role": "editor", "name": name }))
            .collect()
    }
}
