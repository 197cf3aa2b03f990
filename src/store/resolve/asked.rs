//! An address as it was asked for.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use url::{ParseError, Url};

use crate::domain::edition::{Edition, EditionContent};
use crate::domain::normal_url::NormalUrl;
use crate::domain::site::Site;

/// An address as it was asked for.
pub(super) struct Asked {
    pub(super) url: NormalUrl,
    /// True if it names a host.
    pub(super) whole: bool,
    /// The part of the path below the service's own, where it is below it.
    pub(super) own_path: Option<String>,
}

impl Asked {
    /// Parses an address; `None` for one that is neither http, https nor relative.
    pub(super) fn parse(text: &str, base: &str) -> Option<Self> {
        let text = text.trim();
        let (url, whole) = match Url::parse(text) {
            Ok(url) => (url, true),
            Err(ParseError::RelativeUrlWithoutBase) => {
                let root = Url::parse(base).ok()?.join("/").ok()?;
                (root.join(text).ok()?, names_host(text))
            }
            Err(_) => return None,
        };
        let (url, base) = (NormalUrl::of(&url)?, NormalUrl::parse(base)?);
        let own = !whole || url.host() == base.host();
        let below = url.path().strip_prefix(base.path());
        let below = below
            .filter(|rest| rest.starts_with('/'))
            .or_else(|| (!whole).then_some(url.path()));
        Some(Self {
            own_path: below.filter(|_| own).map(str::to_owned),
            url,
            whole,
        })
    }

    /// True if the address is relative, or its host is this service's or one that an edition's site has or had.
    pub(super) fn is_of(&self, site: &Site, base: &str) -> bool {
        let of_template = |edition: &Edition| {
            let content = &edition.content;
            let present = content.url_templates.iter();
            let mut templates = present.chain(edition.former.templates());
            templates.any(|(_, template)| template.host_of(&content.lang) == self.url.host())
        };
        let own = || NormalUrl::parse(base).is_some_and(|base| base.host() == self.url.host());
        !self.whole || own() || site.editions().iter().any(of_template)
    }

    /// True if this is the address `url`, whatever its host where this one names none.
    pub(super) fn is(&self, url: &str) -> bool {
        NormalUrl::parse(url).is_some_and(|url| {
            (!self.whole || url.host() == self.url.host())
                && url.path() == self.url.path()
                && (url.query().is_none() || url.query() == self.url.query())
        })
    }

    /// True if this may be an address of an edition's site, which is this service where the edition names none. A path
    /// without a host is of any.
    pub(super) fn is_on_site_of(&self, content: &EditionContent) -> bool {
        let hosts = content.url_templates.iter();
        let mut hosts = hosts
            .map(|(_, template)| template.host_of(&content.lang))
            .peekable();
        if hosts.peek().is_none() {
            return !self.whole || self.own_path.is_some();
        }
        !self.whole || hosts.any(|host| host == self.url.host())
    }

    /// The path as text in NFC; `None` where it has an escaped slash, which is no slash (RFC 3986, section 6.2.2).
    pub(super) fn path(&self) -> Option<String> {
        let path = self.url.path();
        (!path.contains("%2F")).then(|| decoded(path))
    }
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().nfc().collect()
}

/// True if a relative address begins with a host: two slashes, or anything that browsers read as them.
fn names_host(text: &str) -> bool {
    let slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    text.bytes().take(2).filter(slash).count() == 2
}
