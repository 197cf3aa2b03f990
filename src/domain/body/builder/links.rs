//! Links around text, and around what can have none.

use url::Url;

use super::super::address;
use super::super::blocks::Link;
use super::super::targets::fitting;
use super::super::warnings::Change;
use super::Builder;

/// The longest address that others are relative to, in bytes.
const MAX_BASE: usize = 2_000;

impl Builder {
    /// Takes the address that relative ones are relative to; the first counts (HTML, section 4.2.3).
    pub fn set_base(&mut self, href: Option<&str>) {
        let address = href.and_then(address::image_address);
        let url = address
            .filter(|address| address.len() <= MAX_BASE)
            .and_then(|address| Url::parse(&address).ok());
        self.base = self.base.take().or(url);
    }

    /// True if a link is open.
    pub fn is_in_link(&self) -> bool {
        self.marks.link().is_some()
    }

    /// Tells of the link around something that can have none.
    pub(super) fn tell_link_around(&mut self, what: &'static str, other_than: &str) {
        let link = self.marks.link().map(|link| link.href.as_str());
        if let Some(href) = link.filter(|href| *href != other_than) {
            self.warnings
                .add_sampled(Change::LinkRemoved, what, "", href);
        }
    }

    /// An id that links from elsewhere may lead to.
    pub fn anchor(&mut self, id: &str) {
        if !id.is_empty() {
            self.anchors.push(id.to_owned());
        }
    }

    /// Notes the id of something that is left out.
    pub fn lose(&mut self, id: &str) {
        self.lost.extend(fitting(id));
    }

    /// Opens a link; with an address that is not allowed its text is kept without one.
    pub fn open_link(&mut self, href: &str, title: Option<&str>) {
        self.close_link();
        let address = address::link_address(href);
        if self.is_preformatted() {
            let what = "a link in preformatted text";
            self.warnings
                .add_sampled(Change::LinkRemoved, what, "", href);
        }
        if address.is_none() {
            let what = "the address of a link";
            self.warnings
                .add_sampled(Change::LinkRemoved, what, "", href);
        }
        self.empty_link = address.clone().filter(|_| !self.is_preformatted());
        let link = address.map(|href| Link {
            href,
            title: title
                .map(|title| self.attribute_text(title))
                .filter(|title| !title.is_empty()),
        });
        self.marks.set_link(link);
    }

    /// Notes that the open link has content.
    pub fn fill_link(&mut self) {
        self.empty_link = None;
    }

    /// Closes the open link. One that nothing stood in is told.
    pub fn close_link(&mut self) {
        self.marks.set_link(None);
        if let Some(href) = self.empty_link.take() {
            let what = "a link without text";
            self.warnings
                .add_sampled(Change::LinkRemoved, what, "", &href);
        }
    }
}
