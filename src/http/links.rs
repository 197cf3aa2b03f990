//! Links and addresses of this service: the store knows neither the path prefix nor the host, so they go before each of
//! them on the way out.

use super::page::Target;
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

/// A resource with links of its own.
pub(crate) trait Linked {
    /// Puts the path prefix before links, and the service's own address before the absolute addresses that are its own.
    fn complete(&mut self, target: &Target);
}

impl Linked for Links {
    fn complete(&mut self, target: &Target) {
        self.own.insert_str(0, &target.prefix);
    }
}

macro_rules! linked_by_its_links_alone {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn complete(&mut self, target: &Target) {
                self.links.complete(target);
            }
        })*
    };
}

linked_by_its_links_alone!(EditionView, KeyView, SourceView, WebhookView, DeliveryView);

macro_rules! linked_and_with_a_page {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn complete(&mut self, target: &Target) {
                self.links.complete(target);
                self.url.complete(&target.base);
            }
        })*
    };
}

linked_and_with_a_page!(AuthorView, TagView);

impl Linked for Usage {
    fn complete(&mut self, _: &Target) {}
}

impl Linked for FeedTokenView {
    fn complete(&mut self, _: &Target) {}
}

impl Linked for AuditView {
    fn complete(&mut self, _: &Target) {}
}

impl Linked for MediumView {
    fn complete(&mut self, target: &Target) {
        self.links.complete(target);
        self.url.insert_str(0, &target.prefix);
        medium_view::put_below(&target.prefix, &mut self.renditions, &mut self.srcset);
    }
}

/// Uploaded media only: the addresses of others are not this service's.
impl Linked for Medium {
    fn complete(&mut self, target: &Target) {
        if let (Some(renditions), Some(srcset)) = (&mut self.renditions, &mut self.srcset) {
            self.url.insert_str(0, &target.prefix);
            medium_view::put_below(&target.prefix, renditions, srcset);
        }
    }
}

impl Linked for Article {
    fn complete(&mut self, target: &Target) {
        self.links.complete(target);
        self.url.complete(&target.base);
        for translation in &mut self.translations {
            translation.url.complete(&target.base);
        }
        for medium in &mut self.media {
            medium.complete(target);
        }
        for related in self.related.iter_mut().flatten() {
            related.complete(target);
        }
    }
}

macro_rules! without_links {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn complete(&mut self, _: &Target) {}
        })*
    };
}

without_links!(RevisionView, RevisionDiff);

impl Linked for SectionView {
    fn complete(&mut self, target: &Target) {
        self.links.complete(target);
        self.url.complete(&target.base);
        for translation in &mut self.translations {
            translation.url.complete(&target.base);
        }
        for child in self.children.iter_mut().flatten() {
            child.complete(target);
        }
    }
}
