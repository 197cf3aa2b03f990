//! The head of a request, as far as it says where the request ends (RFC 9112, section 6.3).

/// The longest head that is looked at, in bytes.
pub(crate) const LONGEST: usize = 16 * 1024;
/// The most header fields of a request that is looked at; what actix takes.
pub(crate) const MOST_FIELDS: usize = 96;

/// Bytes that begin with a head.
pub(crate) enum Head {
    /// More of it has to come.
    Partly,
    /// actix says what is wrong with it.
    Malformed,
    Whole {
        /// End of the head.
        end: usize,
        content: Content,
        is_post: bool,
    },
}

/// The content behind a head.
pub(crate) enum Content {
    /// No field names any.
    Unnamed,
    /// So many bytes.
    Length(u64),
    /// In chunks, or in another coding, which actix refuses.
    Coded,
}

/// Reads the head at the start of some bytes; one that is longer than [`LONGEST`] is malformed.
pub(crate) fn read(bytes: &[u8]) -> Head {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let end = match request.parse(bytes) {
        Ok(httparse::Status::Complete(end)) => end,
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST => return Head::Partly,
        Ok(httparse::Status::Partial) | Err(_) => return Head::Malformed,
    };
    let value = |name: &str| {
        let mut fields = request.headers.iter();
        fields.find(|field| field.name.eq_ignore_ascii_case(name))
    };
    let length = value("content-length").map(|field| {
        let text = std::str::from_utf8(field.value).ok()?;
        text.trim().parse().ok()
    });
    let content = match (value("transfer-encoding"), length) {
        (Some(_), _) => Content::Coded,
        (None, None) => Content::Unnamed,
        (None, Some(Some(length))) => Content::Length(length),
        (None, Some(None)) => return Head::Malformed,
    };
    Head::Whole {
        end,
        content,
        is_post: request.method == Some("POST"),
    }
}
