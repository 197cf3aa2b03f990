//! `masthead serve`: serves the API until it is told to stop.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::database::open_store_within;
use super::failure::Failure;
use super::output::{print_line, tell_line};
use crate::app::{self, App};
use crate::config::{Config, Exposure};
use crate::demo::{self, Filled};
use crate::logging;
use crate::store::Store;

/// Flags of `masthead serve`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Fill an empty database with the demo publication, and print a key that may do everything; demo keys of earlier starts end
    #[arg(long)]
    demo: bool,

    /// Seconds to wait for a database that cannot be reached; 60 where the flag stands alone
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    #[arg(num_args = 0..=1, default_missing_value = "60", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: u64,
}

pub(super) fn run(config: Config, options: &Options) -> Result<ExitCode, Failure> {
    let store = open_store_within(&config, Duration::from_secs(options.wait))?;
    let clock = store.clock();
    let listener = bind(&config.bind, BIND)?;
    let address = listener
        .local_addr()
        .map_err(|error| cannot_listen(&config.bind, BIND, &error))?;
    let shown = shown_address(&config.bind, address);
    let admin = bind_admin(&config)?;
    let demo_key = if options.demo {
        prepare_demo(&store)?
    } else {
        None
    };
    // The documentation gives the key to whoever can reach it, so that must be this machine alone.
    let given_away = demo_key.clone().filter(|_| address.ip().is_loopback());
    let app = App::build(config, store, clock, &shown, given_away).map_err(Failure::new)?;
    announce(&app, &shown, admin.as_ref(), demo_key.as_deref());
    if keeps_media_alone(&app.config) {
        log::warn!(
            "uploaded media are kept in the folder {} of this machine: another node on this database does not see them. Name \
             a folder that all nodes share, or a bucket, in MASTHEAD_MEDIA_STORE",
            app.config.media_place()
        );
    }
    serve(&app, listener, admin)?;
    Ok(ExitCode::SUCCESS)
}

/// True if several nodes can share the database, and each would keep media where the others do not look.
fn keeps_media_alone(config: &Config) -> bool {
    config.media_store.is_none() && !config.database_url.expose().starts_with("sqlite:")
}

/// Fills an empty database and answers the demo's key; a database with other content gets neither.
fn prepare_demo(store: &Store) -> Result<Option<String>, Failure> {
    match demo::fill(store, &store.clock())? {
        Filled::Other => {
            tell_line!("The database has other content: it is left alone, without the demo.");
            Ok(None)
        }
        Filled::Now | Filled::Before => Ok(Some(demo::new_key(store, &store.clock())?)),
    }
}

fn serve(
    app: &std::sync::Arc<App>,
    listener: TcpListener,
    admin: Option<TcpListener>,
) -> Result<(), Failure> {
    let _written = logging::write_behind(&app.config);
    let failed = |error: std::io::Error| Failure::new(format!("the server stopped: {error}"));
    actix_web::rt::System::new().block_on(async {
        app::server(app, listener, admin, true)
            .map_err(failed)?
            .await
            .map_err(failed)
    })?;
    app.finish();
    log::info!("stopped");
    Ok(())
}

/// The flag of the address to listen on, with its variable.
const BIND: &str = "--bind (MASTHEAD_BIND)";
/// The flag of the address for operators, with its variable.
const ADMIN_BIND: &str = "--admin-bind (MASTHEAD_ADMIN_BIND)";

/// Listens on the first of the addresses of a setting that can be listened on.
fn bind(name: &str, setting: &str) -> Result<TcpListener, Failure> {
    let has_port = name.rsplit_once(':');
    if has_port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
        return Err(Failure::new(format!(
            "cannot listen on {name}: {setting} takes HOST:PORT, such as 127.0.0.1:8080"
        )));
    }
    let addresses: Vec<SocketAddr> = name
        .to_socket_addrs()
        .map_err(|error| cannot_listen(name, setting, &error))?
        .collect();
    TcpListener::bind(addresses.as_slice()).map_err(|error| cannot_listen(name, setting, &error))
}

/// The listener for operators, where the settings name one.
fn bind_admin(config: &Config) -> Result<Option<TcpListener>, Failure> {
    let name = config.operators.admin_bind.as_deref();
    name.map(|name| bind(name, ADMIN_BIND)).transpose()
}

fn cannot_listen(name: &str, setting: &str, error: &std::io::Error) -> Failure {
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => "another program listens there; another address goes into",
        _ => "the address is that of",
    };
    Failure::new(format!(
        "cannot listen on {name}: {error}: {remedy} {setting}"
    ))
}

/// The bind address as it was given, with the port that the system chose where it was left to it.
fn shown_address(name: &str, bound: SocketAddr) -> String {
    match name.rsplit_once(':') {
        Some((host, "0")) => format!("{host}:{}", bound.port()),
        _ => name.to_owned(),
    }
}

fn announce(app: &App, address: &str, admin: Option<&TcpListener>, demo_key: Option<&str>) {
    let base = format!("http://{address}{}", app.config.prefix());
    tell_line!(
        "masthead {} serves {}",
        env!("CARGO_PKG_VERSION"),
        app.config.database_url
    );
    tell_line!("  articles       {base}/api/articles");
    let admin = admin.and_then(|listener| listener.local_addr().ok());
    let docs = admin.map_or(base, |admin| {
        format!("http://{admin}{}", app.config.prefix())
    });
    if app.config.operators.docs != Exposure::Off {
        tell_line!("  documentation  {docs}/docs");
    }
    if let Some(key) = demo_key {
        tell_line!("  demo key       {key}");
        // Alone on standard output, for programs that start the demo and go on with its key.
        if let Err(failure) = print_line!("{key}") {
            log::info!("the demo key is not read: {failure}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::place::Place;

    #[test]
    fn nodes_that_share_a_database_but_no_media_are_warned() {
        let alone = |url: &str, place: Option<&str>| {
            let mut config = Config::with_database(url);
            config.media_store = place.map(|place| Place::parse(place).unwrap());
            keeps_media_alone(&config)
        };
        assert!(alone("postgres://db.example/news", None));
        assert!(!alone("postgres://db.example/news", Some("/shared/media")));
        assert!(!alone("postgres://db.example/news", Some("s3://media")));
        assert!(!alone("sqlite://news.db", None));
    }
}
