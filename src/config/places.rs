//! Settings that follow from others: the places of media and of the search index, and every default.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use xxhash_rust::xxh3::xxh3_64;

use crate::media::place::{Bucket, Place};
use crate::search;

use super::Config;
use super::environment::without_environment;

impl Config {
    /// The path prefix, empty where there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.path_prefix.as_deref().unwrap_or("")
    }

    /// The place of media, with the credentials of its bucket.
    #[must_use]
    pub fn media_place(&self) -> Place {
        match self.media_store.clone() {
            Some(place) => self.with_credentials(place),
            None => Place::Folder(self.beside_database("masthead-media")),
        }
    }

    /// A place with the credentials that the settings have for buckets.
    #[must_use]
    pub fn with_credentials(&self, place: Place) -> Place {
        match place {
            Place::Bucket(bucket) => Place::Bucket(Bucket {
                endpoint: self.s3_endpoint.clone(),
                region: self.s3_region.clone(),
                access_key_id: self.s3_access_key_id.clone(),
                secret_access_key: self
                    .s3_secret_access_key
                    .clone()
                    .map(|secret| secret.expose().to_owned()),
                ..bucket
            }),
            folder @ Place::Folder(_) => folder,
        }
    }

    /// Place of the search index: the folder of the settings, below it one for each database.
    #[must_use]
    pub fn search_place(&self) -> search::Place {
        let url = self.database_url.to_string();
        let name = format!("{:016x}", xxh3_64(url.as_bytes()));
        let folder = self.search_dir.clone().unwrap_or_else(|| {
            if url.starts_with("sqlite://") {
                self.beside_database("masthead-search")
            } else {
                std::env::temp_dir().join("masthead-search")
            }
        });
        search::Place::Folder(folder.join(name))
    }

    /// A path beside an SQLite database; with another, one in the working folder.
    fn beside_database(&self, name: &str) -> PathBuf {
        let path = self.database_url.expose().strip_prefix("sqlite://");
        let folder = path.and_then(|path| Path::new(path).parent());
        folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
    }

    /// The settings with every default, as a program without flags and environment sees them.
    #[must_use]
    pub fn with_database(url: &str) -> Self {
        let arguments = ["masthead", "--database-url", url];
        let command = without_environment(Self::augment_args(Command::new("masthead")));
        let matches = command.get_matches_from(arguments);
        <Self as clap::FromArgMatches>::from_arg_matches(&matches).unwrap_or_else(|e| e.exit())
    }
}
