//! The rights of each role: one table, a row for each operation of the API.
//!
//! The table says which keys may call an operation at all. Within it, a key's limits (editions, sections, sources) say
//! where, and [`Cell::Own`] that only drafts which the key itself made are meant.
//!
//! An edition or a section is within the limits when its language is, and the section or one above it; both where it was and
//! where it is going. Authors, sources and tags show in every edition, so a key with limits does not write them; a key that is
//! limited to sources alone writes those. A key that is limited to sources writes neither editions nor sections.

use super::access::Role;

/// The right of a role to use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    No,
    /// With drafts that the key itself made.
    Own,
    /// Everything within the key's limits.
    Yes,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The operation's id in the OpenAPI document.
    pub id: &'static str,
    /// True if the operation needs no key.
    pub public: bool,
    /// True if only keys without limits may use it, because it concerns the whole service.
    pub unlimited: bool,
    /// The rights of partner, author, editor and admin, in this order.
    pub cells: [Cell; 4],
}

impl Row {
    /// The right of a role.
    #[must_use]
    pub const fn cell(&self, role: Role) -> Cell {
        self.cells[role as usize]
    }

    /// The cells in words: without a key, then each role.
    #[must_use]
    pub fn words(&self) -> [&'static str; 5] {
        let [partner, author, editor, admin] = self.cells.map(|cell| match cell {
            Cell::No => "–",
            Cell::Own => "own drafts",
            Cell::Yes if self.unlimited => "without limits",
            Cell::Yes => "yes",
        });
        let public = if self.public { "yes" } else { "–" };
        [public, partner, author, editor, admin]
    }
}

const fn row(id: &'static str, cells: [Cell; 4]) -> Row {
    Row {
        id,
        public: false,
        unlimited: false,
        cells,
    }
}

/// For keys without limits only.
const fn whole(id: &'static str, cells: [Cell; 4]) -> Row {
    Row {
        unlimited: true,
        ..row(id, cells)
    }
}

/// Open to everybody, with a key or without.
const fn open(id: &'static str) -> Row {
    Row {
        id,
        public: true,
        unlimited: false,
        cells: [Cell::Yes; 4],
    }
}

const EVERY_ROLE: [Cell; 4] = [Cell::Yes, Cell::Yes, Cell::Yes, Cell::Yes];
const OWN_DRAFTS: [Cell; 4] = [Cell::No, Cell::Own, Cell::Yes, Cell::Yes];
const EDITORS: [Cell; 4] = [Cell::No, Cell::No, Cell::Yes, Cell::Yes];
/// The rights that authors need to put pictures into drafts.
const FROM_AUTHOR: [Cell; 4] = [Cell::No, Cell::Yes, Cell::Yes, Cell::Yes];
const ADMINS: [Cell; 4] = [Cell::No, Cell::No, Cell::No, Cell::Yes];

/// Declares the operations and their rows at once, so that neither is without the other.
macro_rules! operations {
    ($($(#[doc = $doc:literal])* $name:ident: $row:expr,)*) => {
        /// An operation of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[doc = $doc])* $name,)*
        }

        impl Operation {
            /// Every operation, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The operation's row of the table.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => $row,)*
                }
            }
        }
    };
}

operations! {
    /// Lists of articles; states other than `published` need a key that sees drafts.
    ListArticles: open("list_articles"),
    /// Articles by their words.
    SearchArticles: open("search_articles"),
    /// Completions of the text that was typed.
    Suggest: open("suggest"),
    /// One article.
    GetArticle: open("get_article"),
    /// Articles related to an article.
    ListRelatedArticles: open("list_related_articles"),
    /// A new article.
    CreateArticle: row("create_article", OWN_DRAFTS),
    /// An article written anew.
    ReplaceArticle: row("replace_article", OWN_DRAFTS),
    /// Some fields of an article.
    UpdateArticle: row("update_article", OWN_DRAFTS),
    /// Withdrawing by `DELETE`.
    DeleteArticle: row("delete_article", EDITORS),
    /// Publishing, now or later.
    PublishArticle: row("publish_article", EDITORS),
    /// Making a draft of what is published, scheduled or withdrawn.
    UnpublishArticle: row("unpublish_article", EDITORS),
    /// Taking down, with a reason.
    WithdrawArticle: row("withdraw_article", EDITORS),
    /// A notice added to an article.
    CreateNotice: row("create_notice", OWN_DRAFTS),
    /// A notice taken away, also one that the public has seen.
    DeleteNotice: row("delete_notice", EDITORS),
    /// The versions of an article.
    ListRevisions: row("list_revisions", OWN_DRAFTS),
    /// One version of an article.
    GetRevision: row("get_revision", OWN_DRAFTS),
    /// Two versions compared.
    GetRevisionDiff: row("get_revision_diff", OWN_DRAFTS),
    /// A version put back.
    RestoreRevision: row("restore_revision", OWN_DRAFTS),
    /// A link that shows an article to whoever has it.
    CreatePreview: row("create_preview", OWN_DRAFTS),
    /// Many writes in one request; each needs its own right too.
    RunBulk: row("run_bulk", OWN_DRAFTS),
    /// The sections of an edition.
    ListSections: open("list_sections"),
    /// One section.
    GetSection: open("get_section"),
    /// A new section.
    CreateSection: row("create_section", EDITORS),
    /// A section written anew, its branch moved with it.
    ReplaceSection: row("replace_section", EDITORS),
    /// Some fields of a section.
    UpdateSection: row("update_section", EDITORS),
    /// Taking away a section that nothing needs.
    DeleteSection: row("delete_section", EDITORS),
    /// The authors.
    ListAuthors: open("list_authors"),
    /// One author.
    GetAuthor: open("get_author"),
    /// A new author.
    CreateAuthor: row("create_author", EDITORS),
    /// An author written anew.
    ReplaceAuthor: row("replace_author", EDITORS),
    /// Some fields of an author.
    UpdateAuthor: row("update_author", EDITORS),
    /// Taking away an author that nothing needs.
    DeleteAuthor: row("delete_author", EDITORS),
    /// Making two authors one.
    MergeAuthor: row("merge_author", EDITORS),
    /// The sources.
    ListSources: open("list_sources"),
    /// One source.
    GetSource: open("get_source"),
    /// A new source.
    CreateSource: row("create_source", EDITORS),
    /// A source written anew.
    ReplaceSource: row("replace_source", EDITORS),
    /// Some fields of a source.
    UpdateSource: row("update_source", EDITORS),
    /// Taking away a source that nothing needs.
    DeleteSource: row("delete_source", EDITORS),
    /// The tags.
    ListTags: open("list_tags"),
    /// One tag.
    GetTag: open("get_tag"),
    /// A new tag.
    CreateTag: row("create_tag", [Cell::No, Cell::Yes, Cell::Yes, Cell::Yes]),
    /// A tag written anew.
    ReplaceTag: row("replace_tag", EDITORS),
    /// Some fields of a tag.
    UpdateTag: row("update_tag", EDITORS),
    /// Taking away a tag that nothing needs.
    DeleteTag: row("delete_tag", EDITORS),
    /// The editions.
    ListEditions: open("list_editions"),
    /// One edition.
    GetEdition: open("get_edition"),
    /// An edition, new or written anew.
    ReplaceEdition: row("replace_edition", ADMINS),
    /// Some fields of an edition.
    UpdateEdition: row("update_edition", ADMINS),
    /// Taking away an edition that holds nothing.
    DeleteEdition: row("delete_edition", ADMINS),
    /// The uploaded pictures.
    ListMedia: row("list_media", FROM_AUTHOR),
    /// One uploaded picture.
    GetMedium: row("get_medium", FROM_AUTHOR),
    /// Uploading a picture.
    CreateMedium: row("create_medium", EDITORS),
    /// Changing the captions of a picture.
    UpdateMedium: row("update_medium", EDITORS),
    /// Removing a picture that no article shows.
    DeleteMedium: row("delete_medium", EDITORS),
    /// A picture as it came, with all that its camera wrote into it.
    GetMediumOriginal: row("get_medium_original", EDITORS),
    /// A rendition of a picture, for whoever knows its address.
    GetMediaFile: open("get_media_file"),
    /// From an address to what it shows.
    ResolveUrl: open("resolve_url"),
    /// The webhooks.
    ListWebhooks: whole("list_webhooks", ADMINS),
    /// A new webhook.
    CreateWebhook: whole("create_webhook", ADMINS),
    /// One webhook.
    GetWebhook: whole("get_webhook", ADMINS),
    /// Some fields of a webhook.
    UpdateWebhook: whole("update_webhook", ADMINS),
    /// Removing a webhook.
    DeleteWebhook: whole("delete_webhook", ADMINS),
    /// A new secret for a webhook.
    RotateWebhookSecret: whole("rotate_webhook_secret", ADMINS),
    /// Trying a webhook's receiver.
    TestWebhook: whole("test_webhook", ADMINS),
    /// Sending messages of a webhook once more.
    ReplayWebhook: whole("replay_webhook", ADMINS),
    /// The messages of a webhook.
    ListWebhookDeliveries: whole("list_webhook_deliveries", ADMINS),
    /// One message of a webhook.
    GetWebhookDelivery: whole("get_webhook_delivery", ADMINS),
    /// Usage of keys; a key sees its own, an administrator's key all.
    ListUsage: row("list_usage", EVERY_ROLE),
    /// The keys, never their secrets.
    ListKeys: whole("list_keys", ADMINS),
    /// One key.
    GetKey: whole("get_key", ADMINS),
    /// A new key.
    CreateKey: whole("create_key", ADMINS),
    /// A key's name, limits or end.
    UpdateKey: whole("update_key", ADMINS),
    /// Revoking a key.
    DeleteKey: whole("delete_key", ADMINS),
    /// A new secret for a key.
    RotateKey: whole("rotate_key", ADMINS),
    /// The feed tokens of a key, never their secrets.
    ListFeedTokens: whole("list_feed_tokens", ADMINS),
    /// A new feed token of a partner's key.
    CreateFeedToken: whole("create_feed_token", ADMINS),
    /// Revoking a feed token.
    DeleteFeedToken: whole("delete_feed_token", ADMINS),
    /// The audit.
    ListAudit: whole("list_audit", ADMINS),
    /// Copies of an article at partners, and their open acknowledgements.
    GetReach: row("get_reach", EDITORS),
    /// The change log.
    ListChanges: open("list_changes"),
    /// The change log as a stream.
    StreamChanges: open("stream_changes"),
    /// That a copy has done what it was told.
    AcknowledgeChanges: row("acknowledge_changes", EVERY_ROLE),
    /// A feed of an edition as RSS.
    GetEditionRssFeed: open("get_edition_rss_feed"),
    /// A feed of an edition as Atom.
    GetEditionAtomFeed: open("get_edition_atom_feed"),
    /// A feed of an edition as JSON Feed.
    GetEditionJsonFeed: open("get_edition_json_feed"),
    /// A feed of a section as RSS.
    GetSectionRssFeed: open("get_section_rss_feed"),
    /// A feed of a section as Atom.
    GetSectionAtomFeed: open("get_section_atom_feed"),
    /// A feed of a section as JSON Feed.
    GetSectionJsonFeed: open("get_section_json_feed"),
    /// A feed of an author as RSS.
    GetAuthorRssFeed: open("get_author_rss_feed"),
    /// A feed of an author as Atom.
    GetAuthorAtomFeed: open("get_author_atom_feed"),
    /// A feed of an author as JSON Feed.
    GetAuthorJsonFeed: open("get_author_json_feed"),
    /// A feed of a source as RSS.
    GetSourceRssFeed: open("get_source_rss_feed"),
    /// A feed of a source as Atom.
    GetSourceAtomFeed: open("get_source_atom_feed"),
    /// A feed of a source as JSON Feed.
    GetSourceJsonFeed: open("get_source_json_feed"),
    /// A feed of a tag as RSS.
    GetTagRssFeed: open("get_tag_rss_feed"),
    /// A feed of a tag as Atom.
    GetTagAtomFeed: open("get_tag_atom_feed"),
    /// A feed of a tag as JSON Feed.
    GetTagJsonFeed: open("get_tag_json_feed"),
    /// The list of sitemaps.
    GetSitemapIndex: open("get_sitemap_index"),
    /// A sitemap.
    GetSitemap: open("get_sitemap"),
    /// The newest articles as a sitemap.
    GetNewsSitemap: open("get_news_sitemap"),
    /// This API's description.
    GetOpenapi: open("get_openapi"),
    /// The process is alive.
    GetLiveness: open("get_liveness"),
    /// The service can answer.
    GetReadiness: open("get_readiness"),
    /// Numbers for monitoring.
    GetMetrics: open("get_metrics"),
}

/// The table in Markdown.
#[must_use]
pub fn markdown() -> String {
    let heads = Role::ALL.map(Role::as_str).join(" | ");
    let mut table =
        format!("| operation | no key | {heads} |\n| --- | --- | --- | --- | --- | --- |\n");
    for operation in Operation::ALL {
        let row = operation.row();
        table += &format!("| `{}` | {} |\n", row.id, row.words().join(" | "));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_whatever_the_one_before_it_may() {
        let weight = |cell| match cell {
            Cell::No => 0,
            Cell::Own => 1,
            Cell::Yes => 2,
        };
        for operation in Operation::ALL {
            let cells = operation.row().cells.map(weight);
            assert!(cells.is_sorted(), "{operation:?}");
        }
    }

    #[test]
    fn no_two_rows_are_of_one_operation() {
        let mut ids: Vec<_> = Operation::ALL.iter().map(|o| o.row().id).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
