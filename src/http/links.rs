//! Links below a path prefix: the store knows none, so it goes before every link on the way out.

use super::revision_diff::RevisionDiff;
use crate::domain::article::Medium;
use crate::domain::audit::AuditView;
use crate::domain::feed_token::FeedTokenView;
use crate::domain::key::KeyView;
use crate::domain::medium_view::{self, MediumView};
use crate::domain::revision::RevisionView;
use crate::domain::usage::Usage;
use crate::domain::view::{
    Article, AuthorView, EditionView, Links, SectionView, SourceView, TagView,
};
use crate::domain::webhook_view::{DeliveryView, WebhookView};

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

linked_by_its_links_alone!(
    AuthorView,
    EditionView,
    KeyView,
    SourceView,
    TagView,
    WebhookView,
    DeliveryView
);

impl Linked for Usage {
    fn put_below(&mut self, _: &str) {}
}

impl Linked for FeedTokenView {
    fn put_below(&mut self, _: &str) {}
}

impl Linked for AuditView {
    fn put_below(&mut self, _: &str) {}
}

impl Linked for MediumView {
    fn put_below(&mut self, prefix: &str) {
        self.links.put_below(prefix);
        self.url.insert_str(0, prefix);
        medium_view::put_below(prefix, &mut self.renditions, &mut self.srcset);
    }
}

/// Uploaded media only: the addresses of others are not this service's.
impl Linked for Medium {
    fn put_below(&mut self, prefix: &str) {
        if let (Some(renditions), Some(srcset)) = (&mut self.renditions, &mut self.srcset) {
            self.url.insert_str(0, prefix);
            medium_view::put_below(prefix, renditions, srcset);
        }
    }
}

impl Linked for Article {
    fn put_below(&mut self, prefix: &str) {
        self.links.put_below(prefix);
        for medium in &mut self.media {
            medium.put_below(prefix);
        }
        for related in self.related.iter_mut().flatten() {
            related.put_below(prefix);
        }
    }
}

macro_rules! without_links {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn put_below(&mut self, _: &str) {}
        })*
    };
}

without_links!(RevisionView, RevisionDiff);

impl Linked for SectionView {
    fn put_below(&mut self, prefix: &str) {
        self.links.put_below(prefix);
        for child in self.children.iter_mut().flatten() {
            child.put_below(prefix);
        }
    }
}
