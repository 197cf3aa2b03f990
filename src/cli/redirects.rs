//! `masthead redirects`: the addresses that articles were imported from, and where each leads, for the server of the old site.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::app::own_bases;
use crate::config::Config;
use crate::domain::normal_url::NormalUrl;
use crate::domain::site::Site;
use crate::store::articles::addresses_after;
use crate::store::{Store, editions};

use super::database::open_existing;
use super::failure::Failure;
use super::output::{stdout, tell_line};

/// Articles read at once.
const CHUNK: i64 = 500;

/// The server that the addresses are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Maps for the http block of nginx.
    Nginx,
    /// Rules of mod_rewrite, for Apache's virtual host or .htaccess.
    Apache,
    /// Two columns: the old address and the new one.
    Csv,
}

/// Writes the addresses that public articles were imported from, and where they lead, to standard output.
#[derive(Debug, Clone, Args)]
pub(super) struct RedirectArgs {
    /// The server that they are written for.
    #[arg(long, value_enum, default_value = "csv")]
    format: Form,
}

/// One address that leads to another.
struct Redirect {
    from: String,
    to: String,
}

/// Runs the command and answers its exit code.
///
/// # Errors
/// An error of reading or writing the addresses.
pub(super) fn run(args: &RedirectArgs, config: &Config) -> Result<ExitCode, Failure> {
    let store = open_existing(config)?;
    let redirects = redirects(&store, config)?;
    let mut out = stdout();
    let written = match args.format {
        Form::Nginx => nginx(&mut out, &redirects),
        Form::Apache => apache(&mut out, &redirects),
        Form::Csv => csv(&mut out, &redirects),
    };
    written
        .and_then(|()| out.flush())
        .map_err(Failure::of_output)?;
    tell_line!("{} addresses", redirects.len());
    Ok(ExitCode::SUCCESS)
}

/// Each address once; that of an article which was imported later wins.
fn redirects(store: &Store, config: &Config) -> Result<Vec<Redirect>, Failure> {
    store
        .read(|conn| {
            let editions = editions::editions_by_preference(conn, &config.default_lang)?;
            let site = Site::new(own_bases(config).own, editions);
            let mut found = BTreeMap::new();
            let mut last = String::new();
            loop {
                let articles = addresses_after(conn, &last, CHUNK)?;
                let Some(end) = articles.last() else {
                    break;
                };
                last = end.0.id.to_string();
                for (place, urls) in articles {
                    let to = site.article_url(&place);
                    let is_other = |from: &String| {
                        NormalUrl::parse_or_path(from) != NormalUrl::parse_or_path(&to)
                    };
                    found.extend(
                        urls.into_iter()
                            .filter(is_other)
                            .map(|from| (from, to.clone())),
                    );
                }
            }
            Ok(found
                .into_iter()
                .map(|(from, to)| Redirect { from, to })
                .collect())
        })
        .map_err(Failure::from)
}

/// An old address in its parts: host (empty for a path of any host), decoded path without a slash at its end, and query.
fn parts(from: &str) -> Option<(String, String, Option<String>)> {
    let base = Url::parse("https://any.invalid").ok()?;
    let url = base.join(from).ok()?;
    let host = Some(url.host_str()?)
        .filter(|_| !from.starts_with('/'))
        .unwrap_or_default();
    let path = percent_decode_str(url.path()).decode_utf8().ok()?;
    let path = path.trim_end_matches('/').to_owned();
    Some((
        host.to_owned(),
        path,
        url.query()
            .filter(|query| !query.is_empty())
            .map(str::to_owned),
    ))
}

fn csv(out: &mut impl Write, redirects: &[Redirect]) -> io::Result<()> {
    let field = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    writeln!(out, "from,to")?;
    redirects
        .iter()
        .try_for_each(|one| writeln!(out, "{},{}", field(&one.from), field(&one.to)))
}

/// Addresses with a query are looked up whole, others by host and decoded path, with or without a slash at the end.
fn nginx(out: &mut impl Write, redirects: &[Redirect]) -> io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let target = |text: &str| quoted(&text.replace('$', "%24"));
    let (mut whole, mut paths) = (BTreeMap::new(), BTreeMap::new());
    for one in redirects {
        match parts(&one.from) {
            Some((host, path, Some(query))) => {
                whole.insert(format!("{host}{path}/?{query}"), &one.to);
                whole.insert(format!("{host}{path}?{query}"), &one.to);
            }
            Some((host, path, None)) => {
                paths.insert(format!("{host}{path}/"), &one.to);
                paths.insert(format!("{host}{path}"), &one.to);
            }
            None => {}
        }
    }
    // An address without a host is one of any host.
    let lines = |entries: &BTreeMap<String, &String>, with_host: bool| -> String {
        let of = entries
            .iter()
            .filter(|(from, _)| from.starts_with('/') != with_host && !from.is_empty());
        of.map(|(from, to)| format!("    {} {};\n", quoted(from), target(to)))
            .collect()
    };
    writeln!(
        out,
        "# In the http block. In the server block: if ($masthead_redirect) {{ return 301 $masthead_redirect; }}"
    )?;
    writeln!(
        out,
        "map_hash_bucket_size 4096;\nmap_hash_max_size {};",
        (redirects.len() * 4).max(2048)
    )?;
    writeln!(
        out,
        "map $uri $masthead_any_path {{\n    default \"\";\n{}}}",
        lines(&paths, false)
    )?;
    writeln!(
        out,
        "map \"$host$uri\" $masthead_path {{\n    default $masthead_any_path;\n{}}}",
        lines(&paths, true)
    )?;
    writeln!(
        out,
        "map \"$host$uri?$args\" $masthead_redirect {{\n    default $masthead_path;\n{}}}",
        lines(&whole, true)
    )
}

/// The pattern of a rule is of the decoded path, without its first slash in .htaccess.
fn apache(out: &mut impl Write, redirects: &[Redirect]) -> io::Result<()> {
    let target = |text: &str| {
        text.replace('%', "\\%")
            .replace('$', "\\$")
            .replace('"', "%22")
    };
    let pattern = |text: &str| {
        regex::escape(text)
            .replace('"', "\\x22")
            .replace(' ', "\\x20")
    };
    writeln!(out, "RewriteEngine On")?;
    for one in redirects {
        let Some((host, path, query)) = parts(&one.from) else {
            continue;
        };
        if !host.is_empty() {
            writeln!(
                out,
                "RewriteCond %{{HTTP_HOST}} ^{}(:[0-9]+)?$ [NC]",
                pattern(&host)
            )?;
        }
        let flags = if query.is_some() {
            "R=301,L,NE,QSD"
        } else {
            "R=301,L,NE"
        };
        if let Some(query) = query {
            writeln!(
                out,
                "RewriteCond %{{QUERY_STRING}} \"^{}$\"",
                pattern(&query)
            )?;
        }
        let path = pattern(path.trim_start_matches('/'));
        writeln!(
            out,
            "RewriteRule \"^/?{path}/?$\" \"{}\" [{flags}]",
            target(&one.to)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&mut Vec<u8>, &[Redirect]) -> io::Result<()>) -> String {
        let redirects = [
            (
                "https://old.example.org/2011/%E4%B8%AD,x/",
                "https://e.org/a",
            ),
            ("https://old.example.org/?p=12", "https://e.org/a"),
            ("/ghost-post/", "https://e.org/b$1"),
        ];
        let redirects = redirects.map(|(from, to)| Redirect {
            from: from.to_owned(),
            to: to.to_owned(),
        });
        let mut out = Vec::new();
        write(&mut out, &redirects).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_form_has_each_address() {
        assert!(
            written(csv)
                .contains("\"https://old.example.org/2011/%E4%B8%AD,x/\",https://e.org/a\n")
        );
        let nginx = written(nginx);
        for line in [
            "\"old.example.org/2011/中,x/\" \"https://e.org/a\";",
            "\"old.example.org/?p=12\" \"https://e.org/a\";",
            "\"/ghost-post\" \"https://e.org/b%241\";",
        ] {
            assert!(nginx.contains(line), "{nginx}");
        }
        let apache = written(apache);
        for line in [
            "RewriteCond %{QUERY_STRING} \"^p=12$\"",
            "RewriteRule \"^/?ghost\\-post/?$\" \"https://e.org/b\\$1\" [R=301,L,NE]",
        ] {
            assert!(apache.contains(line), "{apache}");
        }
    }
}
