//! Media, their files, and the articles that show them.

use super::super::table::{Table, question, text, to};

pub(super) static MEDIA: Table = text("media", "id", &[], &[to("file_id", "media_files", "id")]);

pub(super) static MEDIA_FILES: Table = text(
    "media_files",
    "id",
    &[
        question(
            "file-unused",
            "no medium has a stored file, and nothing will remove it",
            "t.due_at IS NULL AND NOT EXISTS (SELECT 1 FROM media m WHERE m.file_id = t.id) \
             AND NOT EXISTS (SELECT 1 FROM media_garbage g WHERE g.file_id = t.id)",
        ),
        question(
            "file-state",
            "the renditions of a stored file are pending and never due, or made and due again",
            "(t.state = 'pending') <> (t.due_at IS NOT NULL)",
        ),
    ],
    &[],
);

pub(super) static MEDIA_SOURCES: Table = text(
    "media_sources",
    "url",
    &[],
    &[to("medium_id", "media", "id")],
);

pub(super) static ARTICLE_MEDIA: Table = text(
    "article_media",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("medium_id", "media", "id"),
    ],
);
