//! Places of media: a folder, or a bucket with its credentials.

use std::fmt;
use std::path::PathBuf;

/// Place of the storage.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder, made when the first upload comes.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

/// A bucket and how to get at it. Its secret is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Prefix of every object's name; may be empty.
    pub prefix: String,
    /// Another service's address than Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` unless given.
    pub region: Option<String>,
    /// The id of the access key; without one, the machine's own role is asked for.
    pub access_key_id: Option<String>,
    /// The secret of the access key.
    pub secret_access_key: Option<String>,
}

impl Place {
    /// Reads `s3://BUCKET/PREFIX` into a bucket of that name, anything else as a folder.
    ///
    /// # Errors
    /// A sentence, where a bucket has no name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return Ok(Self::Folder(PathBuf::from(text)));
        };
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err("a bucket is s3://NAME or s3://NAME/PREFIX".to_owned());
        }
        Ok(Self::Bucket(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            ..Bucket::default()
        }))
    }
}

impl Place {
    /// The place of a name below this one.
    #[must_use]
    pub fn below(&self, name: &str) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(path.join(name)),
            Self::Bucket(bucket) => {
                let prefix = format!("{}/{name}", bucket.prefix);
                Self::Bucket(Bucket {
                    prefix: prefix.trim_matches('/').to_owned(),
                    ..bucket.clone()
                })
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Bucket(bucket) => write!(f, "s3://{}/{}", bucket.name, bucket.prefix),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket_and_keeps_its_secret() {
        assert_eq!(
            Place::parse("media").unwrap(),
            Place::Folder("media".into())
        );
        let Place::Bucket(mut bucket) = Place::parse("s3://news/a/b/").unwrap() else {
            panic!("a folder");
        };
        assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("news", "a/b")
        );
        bucket.secret_access_key = Some("s3cret".to_owned());
        let shown = format!("{:?}", Place::Bucket(bucket));
        assert_eq!(shown, "s3://news/a/b");
        assert!(Place::parse("s3:///x").is_err());
    }
}
