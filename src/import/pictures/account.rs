//! The account of pictures: how many, from which hosts, how large, and what did not come.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// Hosts that are counted one by one; those beyond are counted together.
const HOSTS: usize = 1_000;
/// Hosts that are shown.
const SHOWN: usize = 30;
/// The name that the others are counted under.
const OTHERS: &str = "all others";

/// The name of a host that the archive does not tell.
const UNTOLD: &str = "the old site";

/// Counts of the pictures of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Different pictures that articles refer to, or showed from here before.
    pub all: u64,
    /// Of those: fetched by this run, or written in the archive itself.
    pub fetched: u64,
    /// Of those: here before.
    pub before: u64,
    /// Of those: not here, by the code of the reason.
    pub missing: BTreeMap<&'static str, u64>,
    /// By host.
    pub hosts: BTreeMap<String, u64>,
    /// Bytes of those whose size is known.
    pub bytes: u64,
    /// True if nothing was fetched, and they were counted alone.
    pub is_trial: bool,
}

impl Counts {
    /// Pictures that are not here.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missing.values().sum()
    }

    /// The hosts as text for a terminal.
    #[must_use]
    pub fn hosts_shown(&self) -> String {
        let rows = self.by_host().into_iter();
        let rows = rows.map(|(host, count)| format!("\n{count:>9}  {host}"));
        format!("\nPictures by host{}", rows.collect::<String>())
    }

    /// Hosts with their pictures, those with the most first.
    pub(in crate::import) fn by_host(&self) -> Vec<(String, u64)> {
        let mut hosts: Vec<_> = self.hosts.iter().map(|(h, n)| (h.clone(), *n)).collect();
        hosts.sort_by_key(|(host, n)| (std::cmp::Reverse(*n), host.clone()));
        let rest: u64 = hosts.iter().skip(SHOWN).map(|(_, n)| n).sum();
        hosts.truncate(SHOWN);
        hosts.extend((rest > 0).then(|| (OTHERS.to_owned(), rest)));
        hosts
    }
}

/// A state that a picture can be in at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Fetched,
    Before,
    Missing(&'static str),
    /// Nothing is known, since nothing was fetched.
    Unknown,
}

/// The account while it is being kept; each picture counts once.
#[derive(Debug, Default)]
pub(super) struct Account {
    counts: Counts,
    counted: HashSet<String>,
}

impl Account {
    /// Counts the picture at an address, once.
    pub(super) fn count(
        &mut self,
        address: &str,
        host: &str,
        verdict: Verdict,
        bytes: Option<u64>,
    ) {
        if !self.counted.insert(address.to_owned()) {
            return;
        }
        let counts = &mut self.counts;
        counts.all += 1;
        counts.bytes += bytes.unwrap_or(0);
        let is_full = counts.hosts.len() >= HOSTS && !counts.hosts.contains_key(host);
        let host = match (is_full, host) {
            (true, _) => OTHERS,
            (false, "") => UNTOLD,
            (false, host) => host,
        };
        *counts.hosts.entry(host.to_owned()).or_default() += 1;
        match verdict {
            Verdict::Fetched => counts.fetched += 1,
            Verdict::Before => counts.before += 1,
            Verdict::Missing(code) => *counts.missing.entry(code).or_default() += 1,
            Verdict::Unknown => {}
        }
    }

    /// The counts so far.
    pub(super) const fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// Bytes for people to read.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 1_000 => write!(f, "{bytes} bytes"),
            bytes if bytes < 1_000_000 => write!(f, "{}.{} kB", bytes / 1_000, bytes / 100 % 10),
            bytes => write!(f, "{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = Size(self.bytes);
        if self.is_trial {
            let to_come = self.all - self.before - self.missed();
            write!(
                f,
                "{} referred to, {} here already, {to_come} to fetch, {} cannot come; sizes known: {bytes}",
                self.all,
                self.before,
                self.missed()
            )?;
        } else {
            write!(
                f,
                "{} referred to: {} fetched, {} here already, {} missing; {bytes}",
                self.all,
                self.fetched,
                self.before,
                self.missed()
            )?;
        }
        for (code, count) in &self.missing {
            write!(f, "\n            {count} {code}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_counts_once_and_the_sums_agree() {
        let mut account = Account::default();
        for (address, verdict) in [
            ("a", Verdict::Fetched),
            ("a", Verdict::Fetched),
            ("b", Verdict::Before),
            ("c", Verdict::Missing("media_not_found")),
            ("d", Verdict::Missing("media_not_found")),
        ] {
            account.count(address, "host", verdict, Some(1_050));
        }
        let counts = account.counts();
        assert_eq!(counts.all, counts.fetched + counts.before + counts.missed());
        assert_eq!(counts.by_host(), [("host".to_owned(), 4)]);
        assert_eq!(
            counts.to_string(),
            "4 referred to: 1 fetched, 1 here already, 2 missing; 4.2 kB\n            2 media_not_found"
        );
    }
}
