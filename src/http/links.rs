//! Links below a path prefix: the store knows none, so it goes before every link on the way out.

use crate::domain::audit::AuditView;
use crate::domain::key::KeyView;
use crate::domain::view::{
    Article, AuthorView, EditionView, Links, SectionView, SourceView, TagView,
};

/// What carries links of its own.
pub(crate) trait Linked {
    /// Puts the prefix before each of them.
    fn put_below(&mut self, prefix: &str);
}

impl Linked for Links {
    fn put_below(&mut self, prefix: &str) {
        self.own.insert_str(0, prefix);
    }
}

macro_rules! linked_by_its_links_alone {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn put_below(&mut self, prefix: &str) {
                self.links.put_below(prefix);
            }
        })*
    };
}

linked_by_its_links_alone!(AuthorView, EditionView, KeyView, SourceView, TagView);

impl Linked for AuditView {
    fn put_below(&mut self, _: &str) {}
}

impl Linked for Article {
    fn put_below(&mut self, prefix: &str) {
        self.links.put_below(prefix);
        for related in self.related.iter_mut().flatten() {
            related.put_below(prefix);
        }
    }
}

impl Linked for SectionView {
    fn put_below(&mut self, prefix: &str) {
        self.links.put_below(prefix);
        for child in self.children.iter_mut().flatten() {
            child.put_below(prefix);
        }
    }
}
