//! Elements that stand in for an embed, a graphic or a picture until a script shows it: where they begin and end.

use percent_encoding::percent_decode_str;

use super::super::address::image_address;
use super::super::embed;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::{Attributes, is_picture};
use super::classes::figure_kind;
use super::elements::is_block;
use super::placeholders::{self, ADDRESSES, Placeholder};

impl HtmlReader {
    /// Starts an element that stands for an embed. `true` for a figure, which is then open; any other goes on by its name.
    pub(super) fn start_placeholder(
        &mut self,
        tag: &[u8],
        attributes: &Attributes,
        address: &str,
    ) -> bool {
        let is_figure = tag == b"figure";
        if is_figure {
            self.builder.open_figure(figure_kind(attributes));
        } else if is_block(tag) {
            self.builder.boundary();
        }
        let what = match attributes.filled(ADDRESSES[0]) {
            Some(_) => "an element with data-oembed-url",
            None => "an element with the address of an embed",
        };
        if !self.embed(what, address) {
            let warnings = &mut self.builder.warnings;
            warnings.add_sampled(Change::ElementRemoved, what, "", address);
        }
        is_figure
    }

    /// A link, or the place of one. The address of one that stands for an embed is there already.
    pub(super) fn link(&mut self, attributes: &Attributes) {
        let Some(href) = attributes.get("href") else {
            return self.builder.close_link();
        };
        self.builder.open_link(href, attributes.get("title"));
        if placeholders::address(b"a", attributes).is_some() {
            self.builder.fill_link();
        }
    }

    /// Ends an element. One without content becomes the embed or picture of its address, or is told.
    pub(super) fn end_placeholder(&mut self, tag: &[u8]) {
        let Some(Placeholder { address, name, .. }) =
            self.just_opened.take().filter(|opened| opened.tag == tag)
        else {
            return;
        };
        let what = "an empty element with an address";
        let sample = match address {
            Some(address) if is_picture(&address) && image_address(&address).is_some() => {
                self.builder.image(&address, "", [None, None]);
                return self.converted("a picture behind an element", "an image");
            }
            Some(address) if is_known(&address) && self.embed(what, &address) => return,
            Some(address) => (what, address),
            None => ("an empty element of another system", name),
        };
        let warnings = &mut self.builder.warnings;
        warnings.add_sampled(Change::ElementRemoved, sample.0, "", &sample.1);
    }

    /// Takes a parameter of the open graphic of Tableau; `false` where none is open.
    pub(super) fn graphic_parameter(&mut self, attributes: &Attributes) -> bool {
        let Some(graphic) = &mut self.graphic else {
            return false;
        };
        let value = attributes.filled("value").unwrap_or("");
        let place = match attributes.get("name") {
            Some("host_url") => &mut graphic.host,
            Some("site_root") => &mut graphic.site,
            Some("name") => &mut graphic.name,
            Some("path") => &mut graphic.path,
            _ => return true,
        };
        *place = percent_decode_str(value).decode_utf8_lossy().into_owned();
        true
    }

    pub(super) fn end_graphic(&mut self) {
        let Some(graphic) = self.graphic.take() else {
            return;
        };
        let what = "a graphic of Tableau";
        match graphic.address() {
            Some(address) if self.embed(what, &address) => {}
            address => {
                let address = address.unwrap_or_default();
                let warnings = &mut self.builder.warnings;
                warnings.add_sampled(Change::ElementRemoved, what, "", &address);
            }
        }
    }
}

fn is_known(address: &str) -> bool {
    let address = embed::embed_address(address);
    address.is_some_and(|address| embed::provider(&address).is_some())
}
