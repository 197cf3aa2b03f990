//! `masthead key`: makes, lists, rotates and revokes API keys. It is also the way back in when the last admin key is lost.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::database::{open_existing, open_or_make};
use super::failure::Failure;
use super::output::{print_line, tell_line};
use crate::config::Config;
use crate::domain::access::Role;
use crate::domain::id::Id;
use crate::domain::key::{LimitsInput, OVERLAP_DEFAULT, OVERLAP_MAX};
use crate::domain::language::LanguageTag;
use crate::domain::partner::Contract;
use crate::domain::query::Reference;
use crate::domain::time::Timestamp;
use crate::service::{feed_tokens, keys};
use crate::store::keys::Key;
use crate::store::{self, Store};

/// Subcommands of `masthead key`.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it once, alone on standard output
    Create(CreateOptions),
    /// List the keys, oldest first, without their secrets
    List,
    /// Revoke a key at once and for ever
    Revoke {
        /// The key's id, as `key list` shows it
        id: String,
    },
    /// Give a key a new secret and print it once, alone on standard output
    Rotate {
        /// The key's id, as `key list` shows it
        id: String,
        /// Seconds that the old secret still works
        #[arg(long, value_name = "SECONDS", default_value_t = OVERLAP_DEFAULT, value_parser = clap::value_parser!(i64).range(0..=OVERLAP_MAX))]
        overlap: i64,
    },
    /// Make a token that opens feeds with the rights of a partner's key, and print it once, alone on standard output
    FeedToken {
        /// The key's id, as `key list` shows it
        id: String,
        /// Purpose of the token
        #[arg(long, conflicts_with = "revoke")]
        name: Option<String>,
        /// Revoke the token with this id instead
        #[arg(long, value_name = "TOKEN_ID")]
        revoke: Option<String>,
    },
}

/// Flags of `masthead key create`.
#[derive(Debug, Args)]
pub(super) struct CreateOptions {
    /// Purpose of the key
    #[arg(long)]
    name: String,
    /// Role of the key
    #[arg(long, value_parser = ["partner", "author", "editor", "admin"])]
    role: String,
    /// Edition that the key is limited to; may be repeated
    #[arg(long, value_parser = parse_lang, value_name = "LANG")]
    lang: Vec<LanguageTag>,
    /// Section (path or id) that the key is limited to, with the sections below it; may be repeated
    #[arg(long, value_name = "PATH")]
    section: Vec<String>,
    /// Source (slug or id) that the key is limited to; may be repeated
    #[arg(long, value_name = "SLUG")]
    source: Vec<String>,
    /// End of the key, such as 2027-01-01T00:00:00Z
    #[arg(long, value_parser = parse_time, value_name = "TIME")]
    expires: Option<Timestamp>,
    #[command(flatten)]
    contract: ContractOptions,
}

/// Flags of a partner's contract.
#[derive(Debug, Args)]
#[command(next_help_heading = "A partner's contract")]
struct ContractOptions {
    /// Seconds after publication before the partner sees an article
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    embargo_offset: u32,
    /// Leave bodies out of everything that the key reads
    #[arg(long)]
    summary_only: bool,
    /// Rights line that the partner's copies must show
    #[arg(long, value_name = "LINE")]
    rights: Option<String>,
    /// Attribution that the partner's copies must show
    #[arg(long, value_name = "LINE")]
    attribution: Option<String>,
    /// Maximum requests a day, in UTC
    #[arg(long, value_name = "N")]
    quota_per_day: Option<u32>,
    /// Maximum requests a second
    #[arg(long, value_name = "N")]
    rate_per_second: Option<u32>,
}

impl From<ContractOptions> for Contract {
    fn from(options: ContractOptions) -> Self {
        Self {
            embargo_offset: options.embargo_offset,
            summary_only: options.summary_only,
            rights: options.rights,
            attribution: options.attribution,
            quota_per_day: options.quota_per_day,
            rate_per_second: options.rate_per_second,
        }
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|invalid| invalid.detail)
}

fn parse_lang(text: &str) -> Result<LanguageTag, String> {
    LanguageTag::parse(text).map_err(|invalid| invalid.detail)
}

pub(super) fn run(config: &Config, command: KeyCommand) -> Result<ExitCode, Failure> {
    let store = match command {
        KeyCommand::Create(_) => open_or_make(config)?,
        _ => open_existing(config)?,
    };
    match command {
        KeyCommand::Create(options) => create(&store, options),
        KeyCommand::List => list(&store),
        KeyCommand::Revoke { id } => revoke(&store, &id),
        KeyCommand::Rotate { id, overlap } => rotate(&store, &id, overlap),
        KeyCommand::FeedToken {
            id,
            name,
            revoke: None,
        } => feed_token(&store, &id, name.as_deref()),
        KeyCommand::FeedToken {
            id,
            revoke: Some(token),
            ..
        } => revoke_feed_token(&store, &id, &token),
    }
}

fn create(store: &Store, options: CreateOptions) -> Result<ExitCode, Failure> {
    let role = Role::parse(&options.role)
        .ok_or_else(|| Failure::new(format!("there is no role {}", options.role)))?;
    let references = |given: &[String]| Some(given.iter().map(|g| Reference::parse(g)).collect());
    let limits = LimitsInput {
        sections: references(&options.section),
        sources: references(&options.source),
        langs: Some(options.lang),
    };
    let limits = keys::limits_for_operator(store, &limits)?;
    for lang in &limits.langs {
        if store
            .read(|c| store::editions::find_edition(c, lang))?
            .is_none()
        {
            tell_line!(
                "there is no edition {lang} yet: until there is, this limit lets nothing through"
            );
        }
    }
    let (clock, name, expires) = (store.clock(), options.name, options.expires);
    let contract = Contract::from(options.contract);
    let token = if role == Role::Partner {
        keys::create_partner(store, &clock, &name, limits, contract, expires)?
    } else if contract == Contract::default() {
        keys::create_key(store, &clock, &name, role, limits, expires)?
    } else {
        return Err(Failure::new("only a partner's key has a contract"));
    };
    print_line!("{}", &token)?;
    Ok(ExitCode::SUCCESS)
}

fn list(store: &Store) -> Result<ExitCode, Failure> {
    let now = store.clock().now();
    for key in store.read(store::keys::list_keys)? {
        print_line!("{}", &describe(&key, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Id, role, state, when it was made, the token's readable start, limits, name: parted by tabs.
fn describe(key: &Key, now: Timestamp) -> String {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now => format!("expired {at}"),
        (None, Some(at)) => format!("until {at}"),
        (None, None) => "valid".to_owned(),
    };
    let limits = &key.grant.limits;
    let langs = limits.langs.iter().map(|lang| format!("lang={lang}"));
    let sections = limits.sections.iter().map(|id| format!("section={id}"));
    let sources = limits.sources.iter().map(|id| format!("source={id}"));
    let limits = langs.chain(sections).chain(sources);
    let limits: Vec<String> = limits.chain(terms(&key.grant.contract)).collect();
    let limits = if limits.is_empty() {
        "no limits".to_owned()
    } else {
        limits.join(" ")
    };
    format!(
        "{}\t{}\t{state}\t{}\tmh_{}_…\t{limits}\t{}",
        key.grant.key,
        key.grant.role.as_str(),
        key.created_at,
        key.prefix,
        key.grant.name
    )
}

/// The terms of a contract, as `key list` shows them.
fn terms(contract: &Contract) -> Vec<String> {
    let number = |name: &str, n: Option<u32>| n.map(|n| format!("{name}={n}"));
    let flag = |name: &str, set: bool| set.then(|| name.to_owned());
    let offset = Some(contract.embargo_offset).filter(|offset| *offset > 0);
    [
        number("embargo-offset", offset),
        flag("summary-only", contract.summary_only),
        flag("rights", contract.rights.is_some()),
        flag("attribution", contract.attribution.is_some()),
        number("quota-per-day", contract.quota_per_day),
        number("rate-per-second", contract.rate_per_second),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn revoke(store: &Store, id: &str) -> Result<ExitCode, Failure> {
    let parsed = Id::parse(id).map_err(|invalid| Failure::new(invalid.detail))?;
    if !keys::revoke_key(store, &store.clock(), parsed)? {
        return Err(Failure::new(format!("there is no key {id}")));
    }
    tell_line!("{id} is revoked");
    Ok(ExitCode::SUCCESS)
}

fn rotate(store: &Store, id: &str, overlap: i64) -> Result<ExitCode, Failure> {
    let parsed = Id::parse(id).map_err(|invalid| Failure::new(invalid.detail))?;
    let token = keys::rotate_key(store, &store.clock(), parsed, overlap)?;
    let token = token.ok_or_else(|| Failure::new(format!("there is no key {id}")))?;
    print_line!("{}", token.expose())?;
    tell_line!("the old secret of {id} works for {overlap} seconds more");
    Ok(ExitCode::SUCCESS)
}

fn feed_token(store: &Store, id: &str, name: Option<&str>) -> Result<ExitCode, Failure> {
    let key = Id::parse(id).map_err(|invalid| Failure::new(invalid.detail))?;
    let token = feed_tokens::create_feed_token(store, &store.clock(), key, name)?;
    let token = token.ok_or_else(|| Failure::new(format!("there is no key {id}")))?;
    print_line!("{}", token.expose())?;
    Ok(ExitCode::SUCCESS)
}

fn revoke_feed_token(store: &Store, id: &str, token: &str) -> Result<ExitCode, Failure> {
    let parse = |id: &str| Id::parse(id).map_err(|invalid| Failure::new(invalid.detail));
    if !feed_tokens::revoke_feed_token(store, &store.clock(), parse(id)?, parse(token)?)? {
        return Err(Failure::new(format!(
            "the key {id} has no feed token {token}"
        )));
    }
    tell_line!("{token} is revoked");
    Ok(ExitCode::SUCCESS)
}
