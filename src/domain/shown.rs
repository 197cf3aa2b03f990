//! Articles that many readers are shown: shared among them, with the JSON in which they were sent.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::bases::{Bases, Links};
use super::view::Article;

/// An article as readers are shown it. A copy costs little: it shares the article, and the JSON that was made of it.
#[derive(Debug, Clone)]
pub struct Shown {
    article: Arc<Article>,
    /// The JSON that is kept of a shared article, by which addresses in it are absolute.
    kept: Option<Arc<Kept>>,
    /// The JSON that is sent instead of the article.
    sent: Option<Arc<RawValue>>,
}

/// The JSON of an article for [`Links::OwnMedia`] and for [`Links::All`].
#[derive(Debug, Default)]
struct Kept {
    own_media: OnceLock<Written>,
    all: OnceLock<Written>,
}

/// The JSON of an article at one address of the service.
#[derive(Debug)]
struct Written {
    prefix: String,
    bases: Arc<Bases>,
    json: Arc<RawValue>,
}

impl Shown {
    /// An article that is shown once.
    #[must_use]
    pub fn once(article: Article) -> Self {
        Self {
            article: Arc::new(article),
            kept: None,
            sent: None,
        }
    }

    /// An article whose copies keep the JSON that is made of one of them.
    #[must_use]
    pub fn shared(article: Article) -> Self {
        Self {
            kept: Some(Arc::default()),
            ..Self::once(article)
        }
    }

    /// The article itself.
    #[must_use]
    pub fn into_article(self) -> Article {
        Arc::unwrap_or_clone(self.article)
    }

    /// The article, to be changed: it is shared no longer.
    pub fn change(&mut self) -> &mut Article {
        (self.kept, self.sent) = (None, None);
        Arc::make_mut(&mut self.article)
    }

    /// Completes the links and addresses for whoever knows the service below this prefix and at these bases.
    pub fn complete(&mut self, prefix: &str, bases: &Arc<Bases>, links: Links) {
        let Some(kept) = self.kept.clone() else {
            complete(self.change(), prefix, bases, links);
            return;
        };
        let place = match links {
            Links::OwnMedia => &kept.own_media,
            Links::All => &kept.all,
        };
        let written = place.get().filter(|one| one.is_for(prefix, bases));
        if let Some(written) = written {
            self.sent = Some(Arc::clone(&written.json));
            return;
        }
        complete(self.change(), prefix, bases, links);
        // A fault of writing comes again where the article is sent.
        let Ok(json) = to_raw_value(&*self.article) else {
            return;
        };
        let json: Arc<RawValue> = Arc::from(json);
        self.sent = Some(Arc::clone(&json));
        // Another reader may have kept it meanwhile, or one at another address of the service.
        let _ = place.set(Written {
            prefix: prefix.to_owned(),
            bases: Arc::clone(bases),
            json,
        });
    }
}

/// Completes the links and addresses of an article, and of those related to it.
pub fn complete(article: &mut Article, prefix: &str, bases: &Bases, links: Links) {
    article.links.own.insert_str(0, prefix);
    for related in article.related.iter_mut().flatten() {
        related.links.own.insert_str(0, prefix);
    }
    bases.complete_article(article, links);
}

impl Written {
    fn is_for(&self, prefix: &str, bases: &Arc<Bases>) -> bool {
        self.prefix == prefix && (Arc::ptr_eq(&self.bases, bases) || self.bases == *bases)
    }
}

impl Deref for Shown {
    type Target = Article;

    /// The article. Its addresses are not complete where its JSON is sent in its stead.
    fn deref(&self) -> &Article {
        &self.article
    }
}

impl Borrow<Article> for Shown {
    fn borrow(&self) -> &Article {
        &self.article
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.sent {
            Some(json) => json.serialize(serializer),
            None => self.article.serialize(serializer),
        }
    }
}
