//! The address of a page, and the one that its relative addresses are relative to.

use dom_query::Document;
use url::Url;

use super::data::Data;
use crate::import::markup;
use crate::import::record::Finding;

pub(super) struct Address {
    /// The page's own.
    pub(super) url: Option<String>,
    base: Option<Url>,
    /// A canonical address that leads nowhere.
    unread: Option<String>,
}

impl Address {
    pub(super) fn read(document: &Document, data: &Data) -> Self {
        let of = |element: &str| {
            let href = document.select(element).attr("href");
            let href = href.map(|href| href.trim().to_owned());
            href.filter(|href| !href.is_empty())
        };
        let (canonical, base) = (of("link[rel='canonical']"), of("base[href]"));
        let stated = data.meta(&["og:url"]).filter(|url| is_whole(url));
        let own = stated.and_then(|url| Url::parse(url).ok());
        let base = base.and_then(|base| joined(own.as_ref(), &base));
        let found = canonical.as_deref().and_then(|href| match is_whole(href) {
            true => Some(href.to_owned()),
            false => joined(base.as_ref().or(own.as_ref()), href).map(String::from),
        });
        let unread = canonical.filter(|_| found.is_none());
        let url = found.or_else(|| stated.map(str::to_owned));
        let base = base.or_else(|| Url::parse(url.as_deref()?).ok());
        Self { url, base, unread }
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let detail = format!(
            "{} is no whole address, and no base or og:url of the page completes it; it is left out",
            self.unread.as_deref()?
        );
        Some(Finding::at("/url", "invalid_url", detail))
    }

    /// HTML of the page, with what its relative addresses are relative to.
    pub(super) fn based(&self, html: String) -> String {
        match &self.base {
            Some(base) => markup::based(&html, base),
            None => html,
        }
    }
}

fn is_whole(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

fn joined(base: Option<&Url>, address: &str) -> Option<Url> {
    let url = match base {
        Some(base) => base.join(address),
        None if address.starts_with("//") => Url::parse(&format!("https:{address}")),
        None => Url::parse(address),
    };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}
