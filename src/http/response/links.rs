//! Links and addresses of this service: the store knows neither the path prefix nor the host, so they go before each of
//! them on the way out.

use crate::domain::audit::AuditView;
use crate::domain::bases;
use crate::domain::feed_token::FeedTokenView;
use crate::domain::key::KeyView;
use crate::domain::revision::RevisionView;
use crate::domain::search_view::SearchHit;
use crate::domain::shown::{self, Shown};
use crate::domain::usage::Usage;
use crate::domain::view::MediumView;
use crate::domain::view::{
    Article, AuthorView, EditionView, Links, SectionView, SourceView, TagView,
};
use crate::domain::webhook_view::{DeliveryView, WebhookView};
use crate::http::request::paging::Target;

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
                self.url.complete(&target.bases.own);
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

impl Linked for SearchHit {
    fn complete(&mut self, target: &Target) {
        self.article.complete(target);
    }
}

impl Linked for MediumView {
    fn complete(&mut self, target: &Target) {
        self.links.complete(target);
        target.bases.complete_medium(self);
    }
}

impl Linked for Article {
    fn complete(&mut self, target: &Target) {
        shown::complete(self, &target.prefix, &target.bases, bases::Links::OwnMedia);
    }
}

impl Linked for Shown {
    fn complete(&mut self, target: &Target) {
        self.complete(&target.prefix, &target.bases, bases::Links::OwnMedia);
    }
}

macro_rules! without_links {
    ($($view:ty),*) => {
        $(impl Linked for $view {
            fn complete(&mut self, _: &Target) {}
        })*
    };
}

without_links!(RevisionView);

impl Linked for SectionView {
    fn complete(&mut self, target: &Target) {
        self.links.complete(target);
        self.url.complete(&target.bases.own);
        for translation in &mut self.translations {
            translation.url.complete(&target.bases.own);
        }
        for child in self.children.iter_mut().flatten() {
            child.complete(target);
        }
    }
}
