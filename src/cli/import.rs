//! `masthead import`: what its command line says.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::app::own_bases;
use crate::config::Config;
use crate::domain::language::LanguageTag;
use crate::import::progress::Progress;
use crate::import::reader::{self, Options};
use crate::import::report::{self, PageFile, Report};
use crate::import::run::{self, Target};
use crate::import::{Format, inputs};
use crate::service::{Actor, fanouts};

use super::database::open_store;
use super::failure::Failure;
use super::import_pictures::PictureArgs;
use super::output::{print_line, tell_line};
use super::trial;

/// Takes articles and what belongs to them from files. Running it again takes in what is new and changes nothing else.
#[derive(Debug, Clone, Args)]
pub(super) struct ImportArgs {
    /// Format of the records.
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) format: Format,
    /// Files, `-` for standard input, or folders: their files of the format by name, such as *.ndjson, *.txt or *.xml; gzip
    /// for all.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Reads, checks and reports everything, and writes nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The language of records and of HTML pages that name none; of pages of plain text, of all.
    #[arg(long, value_name = "TAG", value_parser = LanguageTag::parse_of_texts)]
    pub(super) lang: Option<LanguageTag>,
    /// A file for one line of JSON about each record that was not taken or was changed. Never read as input.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// A file for a page of HTML for the publisher: articles by status, language, section, author and year, what stays out
    /// and why, and the ten oddest. A dry run prints the same as text.
    #[arg(long, value_name = "FILE")]
    pub(super) report_html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) pictures: PictureArgs,
}

/// Runs the import and answers its exit code.
///
/// # Errors
/// The cause that kept it from starting, or ended it early.
pub(super) fn run(args: ImportArgs, config: &Config) -> Result<ExitCode, Failure> {
    let inputs = inputs::collect(&args.paths, args.format, args.report.as_deref())?;
    let pictures = args.pictures.open(config, args.dry_run)?;
    let scratch = tempfile::tempdir()?;
    let store = if args.dry_run {
        trial::store(config, scratch.path())?
    } else {
        open_store(config)?
    };
    let mut report = Report::open(args.report.as_deref())?;
    let page = args
        .report_html
        .as_deref()
        .map(PageFile::open)
        .transpose()?;
    let mut progress = Progress::new(inputs.bytes);
    for folder in &inputs.empty {
        log::warn!("{} holds no file of this format", folder.display());
    }
    let options = Options {
        format: args.format,
        lang: args.lang,
        bases: own_bases(config),
    };
    let limits = pictures.as_ref().map(|pictures| pictures.media.limits);
    let batches = reader::read_with_pictures(inputs.list, options, limits)?;
    let target = Target {
        store: &store,
        clock: &store.clock(),
        actor: Actor::Import,
    };
    let (told, shown) = (&mut report, &mut progress);
    run::run_with_pictures(&target, batches, told, shown, pictures.as_ref())?;
    fanouts::finish(&store, &store.clock())?;
    progress.finish();
    let summary = report.finish()?;
    if let Some(page) = page {
        page.write(&report::page(&summary, args.dry_run))?;
    }
    tell_line!("{summary}");
    let causes = summary.causes();
    if args.report.is_none() && !causes.is_empty() {
        for cause in causes {
            tell_line!("  {cause}");
        }
        tell_line!("  --report FILE has all of them");
    }
    if args.dry_run {
        print_line!("{}", summary.overview)?;
        if let Some(pictures) = &summary.pictures {
            print_line!("{}", pictures.hosts_shown())?;
        }
        tell_line!("Nothing was written: this was a dry run.");
    }
    Ok(ExitCode::from(summary.exit_code()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::import_pictures::MediaMode;
    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        import: ImportArgs,
    }

    fn parse(line: &str) -> Result<ImportArgs, clap::Error> {
        Command::try_parse_from(line.split(' ')).map(|command| command.import)
    }

    #[test]
    fn paths_flags_and_standard_input_are_read() {
        let args =
            parse("import --format page --dry-run --lang FR --report r.ndjson a.txt - pages")
                .unwrap();
        assert_eq!(args.format, Format::Page);
        assert_eq!(args.paths, ["a.txt", "-", "pages"].map(PathBuf::from));
        assert!(args.dry_run);
        assert_eq!(args.lang.unwrap().as_str(), "fr");
        assert_eq!(args.pictures.media, MediaMode::Keep);
        let args = parse("import --media fetch --media-dir uploads a").unwrap();
        assert_eq!(args.pictures.media, MediaMode::Fetch);
        assert_eq!(args.pictures.media_dir, Some(PathBuf::from("uploads")));
    }

    #[test]
    fn no_path_an_unknown_format_and_a_malformed_language_are_refused() {
        for line in [
            "import",
            "import --format csv a",
            "import --lang français a",
            "import --media some a",
            "import --media-site old.example.org a",
            "import --media-timeout 0 a",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
