//! The listeners of the service, and what each shows of the addresses that are for operators and developers.

use actix_web::web;

use crate::config::{Config, Exposure};
use crate::http::codes::Code;
use crate::http::error::Problem;

/// The listener that a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The one for everybody.
    Main,
    /// The one of `MASTHEAD_ADMIN_BIND`.
    Admin,
}

/// A group of addresses that can be moved, closed or turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Metrics,
    Docs,
}

impl Group {
    /// The group of a path; `None` for what is always there.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "/metrics" => Some(Self::Metrics),
            "/openapi.json" | "/docs" => Some(Self::Docs),
            path if path.starts_with("/docs/") => Some(Self::Docs),
            _ => None,
        }
    }

    pub(crate) const fn exposure(self, config: &Config) -> Exposure {
        match self {
            Self::Metrics => config.operators.metrics,
            Self::Docs => config.operators.docs,
        }
    }
}

impl Door {
    /// The door that is kept with the routes.
    pub(crate) fn of(kept: Option<&web::Data<Self>>) -> Self {
        kept.map_or(Self::Main, |door| ***door)
    }

    /// True if a path is there for whoever comes by this door, with a key or without.
    pub(crate) fn shows(self, path: &str, config: &Config) -> bool {
        let is_moved = self == Self::Main && config.operators.admin_bind.is_some();
        Group::of(path).is_none_or(|group| !is_moved && group.exposure(config) != Exposure::Off)
    }

    /// Checks that a path may be asked for; whether a key that came is a valid one is the handler's to say.
    ///
    /// # Errors
    /// 404 where it is not there, 401 where it needs a key and none came.
    pub(crate) fn check(self, path: &str, config: &Config, keyed: bool) -> Result<(), Problem> {
        if !self.shows(path, config) {
            return Err(Problem::new(
                Code::NotFound,
                "there is nothing at this address",
            ));
        }
        let exposure = Group::of(path).map(|group| group.exposure(config));
        if exposure == Some(Exposure::Key) && !keyed {
            return Err(Problem::key_required(
                "this address needs a key: send the header Authorization: Bearer mh_…",
            ));
        }
        Ok(())
    }
}
