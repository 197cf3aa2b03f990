//! The forms that articles come in: our JSON, and two that others defined. `format` names one, else Accept chooses.

use actix_web::http::header::HeaderMap;

use crate::domain::error::Invalid;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::accept;
use crate::http::request::query::Query;
use crate::render::{jsonld, ninjs};
use crate::store::articles::{BodyForm, Parts};

/// The format of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The API's own JSON.
    Json,
    /// schema.org as JSON-LD.
    JsonLd,
    /// ninjs 3.1.
    Ninjs,
}

/// The values of `format`.
pub(crate) const FORMATS: [(&str, Form); 3] = [
    ("json", Form::Json),
    ("jsonld", Form::JsonLd),
    ("ninjs", Form::Ninjs),
];

impl Form {
    /// Every form, the one that wins a tie first.
    pub(crate) const ALL: [Self; 3] = [Self::Json, Self::JsonLd, Self::Ninjs];

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLd => jsonld::MEDIA_TYPE,
            Self::Ninjs => ninjs::MEDIA_TYPE,
        }
    }

    /// The form that the client likes best; `None` where it takes none.
    pub(crate) fn preferred(headers: &HeaderMap) -> Option<Self> {
        let weights = accept::weights(headers, Self::ALL.map(Self::media_type));
        let mut best: Option<(Self, u16)> = None;
        for (form, weight) in Self::ALL.into_iter().zip(weights) {
            if weight > 0 && best.is_none_or(|(_, most)| weight > most) {
                best = Some((form, weight));
            }
        }
        best.map(|(form, _)| form)
    }
}

/// The form of an answer, and who chose it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen {
    form: Option<Form>,
    by_accept: bool,
}

impl Chosen {
    /// Reads `format`; without it the client's Accept chooses, and may choose nothing.
    pub(crate) fn read(query: &mut Query, headers: &HeaderMap) -> Self {
        let by_accept = !query.has("format");
        let named = query.word("format", &FORMATS);
        let form = if by_accept {
            Form::preferred(headers)
        } else {
            named
        };
        if form.is_some_and(|form| form != Form::Json) && query.has("fields") {
            let detail = "fields picks from the API's own JSON; this form has its own names";
            query.refuse("fields", Invalid::new("conflict", detail));
        }
        Self { form, by_accept }
    }

    /// The API's own JSON, whatever the client asked for.
    pub(crate) const fn json() -> Self {
        Self {
            form: Some(Form::Json),
            by_accept: false,
        }
    }

    /// Refuses a client that takes no form.
    pub(crate) fn require(self) -> Result<(), Problem> {
        if self.form.is_some() {
            return Ok(());
        }
        let names = Form::ALL.map(Form::media_type).join(", ");
        let detail = format!("this address answers {names}");
        Err(Problem::new(Code::NotAcceptable, detail))
    }

    /// The form.
    pub(crate) fn form(self) -> Form {
        self.form.unwrap_or(Form::Json)
    }

    /// The parts that this form is made of.
    pub(crate) fn parts(self, parts: Parts) -> Parts {
        let body = match (self.form(), parts.body) {
            (_, BodyForm::None) => BodyForm::None,
            (Form::Json, body) => body,
            (Form::JsonLd, _) => BodyForm::Text,
            (Form::Ninjs, _) => BodyForm::Html,
        };
        Parts {
            body,
            related: parts.related && self.form() == Form::Json,
        }
    }

    /// True if `Accept` chose the format, and not `format`.
    pub(crate) const fn is_by_accept(self) -> bool {
        self.by_accept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_word() {
        assert_eq!(FORMATS.map(|(_, form)| form), Form::ALL);
    }
    use actix_web::http::header::{ACCEPT, HeaderValue};

    fn preferred(accept: &'static str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        Form::preferred(&headers)
    }

    #[test]
    fn the_client_s_weights_choose_and_our_own_json_wins_a_tie() {
        for (accept, form) in [
            ("*/*", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/ld+json", Some(Form::JsonLd)),
            ("application/vnd.iptc.ninjs+json", Some(Form::Ninjs)),
            (
                "application/json;q=0.5, application/ld+json",
                Some(Form::JsonLd),
            ),
            ("application/ld+json;q=0.5, */*;q=0.1", Some(Form::JsonLd)),
            ("application/json;q=0, */*", Some(Form::JsonLd)),
            ("text/html", None),
        ] {
            assert_eq!(preferred(accept), form, "{accept}");
        }
        assert_eq!(Form::preferred(&HeaderMap::new()), Some(Form::Json));
    }
}
