//! The log: one line an event, as text or JSON, on standard error.

use std::io::{self, Write};

use env_logger::{Builder, Target};
use log::kv::{self, Key, Value, VisitSource};
use log::{LevelFilter, Record};
use serde_json::Map;

use crate::config::{Config, LogFormat};
use crate::domain::time::Clock;

/// Sets up the log as the settings say; panics are told in it too. Later calls change nothing. What strangers send
/// malformed is no error of ours: the server library reports it only where the settings name it.
pub fn start(config: &Config) {
    let format = match config.log_format {
        LogFormat::Text => write_text,
        LogFormat::Json => write_json,
    };
    let mut builder = Builder::new();
    builder
        .filter_module("actix_server", LevelFilter::Warn)
        .filter_module("actix_http", LevelFilter::Off)
        .parse_filters(&config.log_filter)
        .target(Target::Stderr);
    builder.format(format);
    if builder.try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            log::error!("{}", panic.to_string().replace('\n', " "));
        }));
    }
}

fn write_text(out: &mut env_logger::fmt::Formatter, record: &Record<'_>) -> io::Result<()> {
    let level = record.level();
    write!(
        out,
        "{} {level:<5} {} {}",
        Clock::System.now(),
        record.target(),
        record.args()
    )?;
    let mut fields = Fields::default();
    record
        .key_values()
        .visit(&mut fields)
        .map_err(io::Error::other)?;
    for (name, value) in &fields.0 {
        match value {
            serde_json::Value::String(text) => write!(out, " {name}={text}")?,
            other => write!(out, " {name}={other}")?,
        }
    }
    writeln!(out)
}

fn write_json(out: &mut env_logger::fmt::Formatter, record: &Record<'_>) -> io::Result<()> {
    let mut fields = Fields::default();
    fields.put("time", Clock::System.now().to_string());
    fields.put("level", record.level().as_str().to_ascii_lowercase());
    fields.put("target", record.target().to_owned());
    fields.put("message", record.args().to_string());
    record
        .key_values()
        .visit(&mut fields)
        .map_err(io::Error::other)?;
    serde_json::to_writer(&mut *out, &fields.0)?;
    writeln!(out)
}

#[derive(Default)]
struct Fields(Map<String, serde_json::Value>);

impl Fields {
    fn put(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value.into());
    }
}

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let value = match value.to_u64() {
            Some(number) => number.into(),
            None => value.to_string().into(),
        };
        self.0.insert(key.as_str().to_owned(), value);
        Ok(())
    }
}

/// The most characters that the log shows of what a client wrote.
const LONGEST: usize = 1_000;

/// Text on one line, whatever is in it, cut where it is overlong.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars().take(LONGEST) {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}
