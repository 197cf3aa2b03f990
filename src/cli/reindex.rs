//! `masthead reindex`: makes derived data anew, also while the service runs.

use std::process::ExitCode;

use clap::Args;

use crate::config::Config;
use crate::service::derived::Part;
use crate::service::reindex::{self, Kind};
use crate::store::Store;

use super::bar::bar;
use super::database::open_existing;
use super::failure::Failure;
use super::output::tell_line;
use super::search_index;

/// Make derived data anew, also while the service runs
///
/// Makes those that are named, or all of them where none is. Rows are compared in short reads, and only those that are wrong are written, a few at a time; other writes come in
/// between. No article gets a new version, and nothing is said in the change log. A service shows what was made anew with
/// the next change, or within a minute.
///
/// Exit codes: 0 where all is right now, 1 where a row had to be left as it is, 2 where it could not start.
#[derive(Debug, Clone, Args)]
pub(super) struct ReindexArgs {
    /// The facets that lists are filtered by, the order of articles in them, and their counts
    #[arg(long)]
    facets: bool,
    /// The word counts and reading times of bodies
    #[arg(long)]
    words: bool,
    /// The keys by which imported addresses are resolved
    #[arg(long)]
    addresses: bool,
    /// The media that each article shows
    #[arg(long)]
    media: bool,
    /// The paths and trails of sections
    #[arg(long)]
    sections: bool,
    /// The keys by which authors, sources and tags are found by their names
    #[arg(long)]
    names: bool,
    /// The search index of this machine; a process that serves makes its own, and answers from the old one meanwhile
    #[arg(long)]
    search: bool,
}

impl ReindexArgs {
    /// The sorts of derived data in the database to make anew, and whether the search index is: all, where nothing is named.
    fn chosen(&self) -> (Vec<Kind>, bool) {
        let named = [
            (self.names, Kind::Names),
            (self.sections, Kind::Sections),
            (self.words, Kind::Articles(Part::Words)),
            (self.addresses, Kind::Articles(Part::Addresses)),
            (self.media, Kind::Articles(Part::Media)),
            (self.facets, Kind::Articles(Part::Facets)),
        ];
        let kinds: Vec<Kind> = named
            .into_iter()
            .filter_map(|(is_named, kind)| is_named.then_some(kind))
            .collect();
        if kinds.is_empty() && !self.search {
            return (Kind::ALL.to_vec(), true);
        }
        (kinds, self.search)
    }
}

/// Makes anew what is named.
///
/// # Errors
/// The error that ended it early. The rows mended before it stay, and another run goes on with the rest.
pub(super) fn run(args: &ReindexArgs, config: &Config) -> Result<ExitCode, Failure> {
    let store = open_existing(config)?;
    let (kinds, search) = args.chosen();
    let code = match kinds.is_empty() {
        true => ExitCode::SUCCESS,
        false => rewrite(&store, &kinds)?,
    };
    // Last, since it holds what the other data say.
    if search {
        search_index::make_anew(&store, config)?;
    }
    Ok(code)
}

fn rewrite(store: &Store, kinds: &[Kind]) -> Result<ExitCode, Failure> {
    let shown = bar(reindex::articles(store)?);
    shown.set_message("articles");
    let outcome = reindex::run(store, &store.clock(), kinds, &mut |rows| shown.inc(rows))?;
    shown.finish_and_clear();
    match outcome.mended {
        1 => tell_line!("1 row was wrong and is made anew"),
        rows => tell_line!("{rows} rows were wrong and are made anew"),
    }
    for left in &outcome.left {
        tell_line!("left as it is: {left}");
    }
    Ok(ExitCode::from(u8::from(!outcome.left.is_empty())))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        reindex: ReindexArgs,
    }

    fn chosen(line: &str) -> (Vec<Kind>, bool) {
        let command = Command::try_parse_from(line.split(' ')).unwrap();
        command.reindex.chosen()
    }

    #[test]
    fn flags_name_what_is_made_anew_and_none_means_all() {
        let facets = Kind::Articles(Part::Facets);
        assert_eq!(chosen("reindex --facets"), (vec![facets], false));
        let words = Kind::Articles(Part::Words);
        assert_eq!(
            chosen("reindex --words --names"),
            (vec![Kind::Names, words], false)
        );
        assert_eq!(chosen("reindex --search"), (vec![], true));
        assert_eq!(chosen("reindex"), (Kind::ALL.to_vec(), true));
    }
}
