//! The log: one line an event, as text or JSON, on standard error.

mod queue;

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use env_logger::Builder;
use log::kv::{self, Key, Value, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde::{Serialize, Serializer};

use crate::config::{Config, LogFormat};
use crate::domain::time::Clock;

use queue::Queue;
pub use queue::Writer;

/// Sets up the log as the settings say; panics are told in it too. Later calls change nothing. What strangers send
/// malformed is no error of ours: the server library reports it only where the settings name it.
pub fn start(config: &Config) {
    let format: Format = match config.log_format {
        LogFormat::Text => write_text,
        LogFormat::Json => write_json,
    };
    let filter = Builder::new()
        .filter_module("actix_server", LevelFilter::Warn)
        .filter_module("actix_http", LevelFilter::Off)
        .parse_filters(&config.log_filter)
        .build();
    let most = filter.filter();
    if log::set_boxed_logger(Box::new(Logger { filter, format })).is_ok() {
        log::set_max_level(most);
        std::panic::set_hook(Box::new(|panic| {
            log::error!("{}", panic.to_string().replace('\n', " "));
        }));
    }
}

/// Has lines written by a thread of their own, for as long as the answer is held.
#[must_use]
pub fn write_behind(config: &Config) -> Writer {
    let format: Format = match config.log_format {
        LogFormat::Text => write_text,
        LogFormat::Json => write_json,
    };
    Writer::start(&QUEUE, io::stderr(), move |dropped| {
        let mut line = Vec::new();
        let message = format_args!("the log is written too slowly: {dropped} lines were left out");
        let record = Record::builder()
            .level(Level::Warn)
            .target("masthead::logging")
            .args(message)
            .build();
        let _ = format(&mut line, &record);
        line
    })
}

/// Number of lines that were left out since the log is written too slowly.
#[must_use]
pub fn lost() -> u64 {
    QUEUE.lost()
}

type Format = fn(&mut Vec<u8>, &Record<'_>) -> io::Result<()>;

static QUEUE: Queue = Queue::new();

thread_local! {
    /// The line that a thread makes.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Logger {
    filter: env_logger::Logger,
    format: Format,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.filter.matches(record) {
            return;
        }
        let written = LINE.try_with(|line| {
            let line = line.try_borrow_mut();
            line.map(|mut line| self.write(&mut line, record)).is_ok()
        });
        // A value that logs while it is written, or a thread that is ending.
        if written != Ok(true) {
            self.write(&mut Vec::new(), record);
        }
    }

    fn flush(&self) {}
}

impl Logger {
    fn write(&self, line: &mut Vec<u8>, record: &Record<'_>) {
        line.clear();
        if (self.format)(line, record).is_ok() {
            QUEUE.push(record.level(), line);
        }
    }
}

fn write_text(out: &mut Vec<u8>, record: &Record<'_>) -> io::Result<()> {
    let level = record.level();
    write!(
        out,
        "{} {level:<5} {} {}",
        Clock::System.now(),
        record.target(),
        record.args()
    )?;
    let fields = record.key_values();
    fields.visit(&mut Text(out)).map_err(io::Error::other)?;
    join_lines(out);
    writeln!(out)
}

/// Makes one line of what a message has, such as those of libpq.
fn join_lines(text: &mut Vec<u8>) {
    while text.last().is_some_and(u8::is_ascii_whitespace) {
        text.pop();
    }
    for byte in text.iter_mut().filter(|byte| byte.is_ascii_control()) {
        *byte = b' ';
    }
}

/// Fields as ` name=value`.
struct Text<'o>(&'o mut Vec<u8>);

impl<'kvs> VisitSource<'kvs> for Text<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        write!(self.0, " {key}={value}").map_err(kv::Error::boxed)
    }
}

fn write_json(out: &mut Vec<u8>, record: &Record<'_>) -> io::Result<()> {
    write!(
        out,
        "{{\"time\":\"{}\",\"level\":\"{}\",\"target\":\"{}\",\"message\":",
        Clock::System.now(),
        level_word(record.level()),
        record.target()
    )?;
    write_string(out, record.args())?;
    let fields = record.key_values();
    fields.visit(&mut Json(out)).map_err(io::Error::other)?;
    out.write_all(b"}\n")
}

const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

/// Fields as members of the object that is open.
struct Json<'o>(&'o mut Vec<u8>);

impl<'kvs> VisitSource<'kvs> for Json<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let member = |out: &mut Vec<u8>| {
            write!(out, ",\"{key}\":")?;
            match value.to_u64() {
                Some(number) => write!(out, "{number}"),
                None => write_string(out, &value),
            }
        };
        member(self.0).map_err(kv::Error::boxed)
    }
}

fn write_string(out: &mut Vec<u8>, text: impl fmt::Display) -> io::Result<()> {
    Ok(serde_json::to_writer(out, &Shown(text))?)
}

/// A value as the JSON string of its words.
struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The most characters that the log shows of what a client wrote.
const LONGEST: usize = 1_000;

/// Text on one line, whatever is in it, cut where it is overlong.
pub(crate) fn one_line(text: &str) -> String {
    OneLine(text).to_string()
}

/// The same, as it is written.
pub(crate) struct OneLine<'t>(pub(crate) &'t str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| (b' '..0x7f).contains(&byte);
        if self.0.len() <= LONGEST && self.0.bytes().all(is_plain) {
            return f.write_str(self.0);
        }
        for c in self.0.chars().take(LONGEST) {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: Format) -> String {
        line_of(format, "answered")
    }

    fn line_of(format: Format, message: &str) -> String {
        let mut out = Vec::new();
        let fields = [
            ("path", Value::from("/a \"b\"")),
            ("status", Value::from(200)),
        ];
        let message = format_args!("{message}");
        let record = Record::builder()
            .args(message)
            .level(Level::Info)
            .target("masthead::http")
            .key_values(&fields)
            .build();
        format(&mut out, &record).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.strip_suffix('\n').unwrap().to_owned()
    }

    #[test]
    fn fields_follow_the_message_in_either_form() {
        let text = line(write_text);
        assert!(
            text.ends_with(" INFO  masthead::http answered path=/a \"b\" status=200"),
            "{text}"
        );
        let json: serde_json::Value = serde_json::from_str(&line(write_json)).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            ["time", "level", "target", "message", "path", "status"]
        );
        assert_eq!(
            (&json["path"], &json["status"]),
            (&"/a \"b\"".into(), &200.into())
        );
        assert_eq!(
            (&json["level"], &json["message"]),
            (&"info".into(), &"answered".into())
        );
    }

    #[test]
    fn a_message_of_several_lines_is_one_line_in_either_form() {
        let message = "connection refused\n\tIs the server running?\n";
        let text = line_of(write_text, message);
        let wanted = "connection refused  Is the server running?  path=";
        assert!(text.contains(wanted) && !text.contains('\n'), "{text}");
        assert!(!line_of(write_json, message).contains('\n'));
    }
}
