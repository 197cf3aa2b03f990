//! The field `rights`, as articles and sources have it.

use crate::domain::source::Rights;
use crate::domain::text;
use crate::http::request::json_fields::Fields;

/// Rights, as articles and sources have them.
pub(crate) fn rights(fields: &mut Fields) -> Option<Rights> {
    let mut object = fields.object("rights")?;
    let rights = Rights {
        copyright: object.text("copyright", text::NOTE_MAX),
        licence: object.text("licence", text::NOTE_MAX),
        attribution: object.text("attribution", text::NOTE_MAX),
    };
    fields.close(object);
    Some(rights)
}
