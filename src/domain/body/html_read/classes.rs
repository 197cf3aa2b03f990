//! The meaning of elements by their classes.

use super::super::builder::{FigureKind, Post};
use super::attributes::Attributes;

const EMBEDS: [&str; 3] = ["embed", "wp-block-embed", "kg-embed-card"];

const GALLERIES: [&str; 7] = [
    "gallery",
    "wp-block-gallery",
    "blocks-gallery-grid",
    "kg-gallery-card",
    "tiled-gallery",
    "wp-block-jetpack-tiled-gallery",
    "wp-block-jetpack-slideshow",
];

/// The kind of a figure by its class.
pub(super) fn figure_kind(attributes: &Attributes) -> FigureKind {
    if attributes.has_class(&EMBEDS) {
        FigureKind::Embed
    } else if attributes.has_class(&GALLERIES) {
        FigureKind::Gallery
    } else {
        FigureKind::Plain
    }
}

/// The post that a quote stands for, by the class that its site gives it.
pub(super) fn post(attributes: &Attributes) -> Option<Post> {
    const SITES: [&str; 10] = [
        "twitter-tweet",
        "twitter-video",
        "instagram-media",
        "tiktok-embed",
        "reddit-embed-bq",
        "reddit-card",
        "bluesky-embed",
        "mastodon-embed",
        "text-post-media",
        "fb-xfbml-parse-ignore",
    ];
    const ADDRESSES: [&str; 4] = [
        "data-instgrm-permalink",
        "data-embed-url",
        "data-text-post-permalink",
        "cite",
    ];
    let is_first_link = attributes.has_class(&["wp-embedded-content"]);
    if attributes.has_class(&["imgur-embed-pub"]) {
        let address = attributes
            .filled("data-id")
            .map(|id| format!("https://imgur.com/{id}"));
        return address.map(|address| Post {
            address: Some(address),
            is_first_link,
        });
    }
    let is_post = is_first_link || attributes.has_class(&SITES);
    let address = ADDRESSES
        .iter()
        .find_map(|name| attributes.filled(name))
        .map(str::to_owned);
    is_post.then_some(Post {
        address,
        is_first_link,
    })
}
