//! The HTTP server: an application on a listener, until it is told to stop.

use std::fmt::Debug;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Response};
use actix_server::{GracefulShutdownSignal, Server};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::sleep;
use actix_web::{Error, web};
use futures_util::future::{Either, ready, select};

use super::App;
use crate::http;
use crate::http::middleware::sending;
use crate::http::state::door::Door;
use crate::http::wire::connection::Connection;

/// Time that an ending connection may take.
const DISCONNECT: Duration = Duration::from_secs(1);

/// A server of the application on a listener that is bound, and on one for operators where there is one. It runs when it is awaited, and stops by its handle or, where
/// `signals` says so, by SIGTERM and SIGINT.
///
/// # Errors
/// Where the listener cannot be used.
pub fn server(
    app: &Arc<App>,
    listener: TcpListener,
    admin: Option<TcpListener>,
    signals: bool,
) -> std::io::Result<Server> {
    let config = &app.config;
    let mut builder = Server::build()
        .max_concurrent_connections(usize::try_from(config.max_connections).unwrap_or(usize::MAX))
        .shutdown_timeout(config.shutdown_seconds);
    if config.workers > 0 {
        builder = builder.workers(usize::from(config.workers));
    }
    builder = if signals {
        let app = Arc::clone(app);
        builder.shutdown_signal(async move {
            let signal = told_to_stop().await;
            app.drain();
            if signal == Stop::Gently {
                let time = Duration::from_secs(app.config.availability.drain_seconds);
                let again = pin!(told_to_stop());
                select(pin!(sleep(time)), again).await;
            }
            app.stop();
        })
    } else {
        builder.disable_signals()
    };
    let main = Some(("masthead", Door::Main, listener));
    let admin = admin.map(|listener| ("masthead-admin", Door::Admin, listener));
    for (name, door, listener) in main.into_iter().chain(admin) {
        let (address, ending) = (listener.local_addr()?, builder.graceful_shutdown_signal());
        let app = Arc::clone(app);
        let of_worker = move || connections(&app, door, address, &ending);
        builder = builder.listen(name, listener, of_worker)?;
    }
    Ok(builder.run())
}

/// The service of each connection on a worker. actix's own server takes streams of the network only, and this one has a
/// layer between.
fn connections(
    app: &Arc<App>,
    door: Door,
    address: SocketAddr,
    ending: &GracefulShutdownSignal,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error: Debug, InitError = ()> + use<>
{
    let ending = ending.clone();
    let service = HttpService::build()
        .graceful_shutdown_signal(move || {
            let ending = ending.clone();
            async move { ending.notified().await }
        })
        .keep_alive(keep_alive(app.config.keep_alive_seconds))
        .client_request_timeout(Duration::from_secs(app.config.header_timeout_seconds))
        .client_disconnect_timeout(DISCONNECT)
        // `Connection` ends a stream without an error where content cannot be read, which is answered.
        .h1_allow_half_closed(true)
        .local_addr(address);
    let routes = http::service(web::Data::from(Arc::clone(app)), door).into_factory();
    let routes = routes.map_err(|error: Error| Response::from(error.error_response()));
    let service = service.h1(map_config(routes, |()| AppConfig::default()));
    let app = Arc::clone(app);
    let patience = Duration::from_secs(app.config.send_timeout_seconds);
    fn_service(move |io: TcpStream| {
        sending::limit(&io, patience);
        let peer = io.peer_addr().ok();
        let connection = Connection::new(io, peer.map(|peer| peer.ip()), Arc::clone(&app));
        ready(Ok((connection, peer)))
    })
    .and_then(service)
}

/// The way in which a service is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// By a service manager: proxies turn elsewhere first.
    Gently,
    /// By somebody at a terminal, who waits.
    AtOnce,
}

/// Waits for SIGTERM or SIGINT, the two by which a service is told to stop.
#[cfg(unix)]
async fn told_to_stop() -> Stop {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt)] = signals else {
        log::warn!("signals cannot be listened to");
        return std::future::pending().await;
    };
    let (terminate, interrupt) = (pin!(terminate.recv()), pin!(interrupt.recv()));
    match select(terminate, interrupt).await {
        Either::Left(_) => Stop::Gently,
        Either::Right(_) => Stop::AtOnce,
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn told_to_stop() -> Stop {
    if actix_web::rt::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Stop::AtOnce
}

fn keep_alive(seconds: u64) -> KeepAlive {
    match seconds {
        0 => KeepAlive::Disabled,
        seconds => KeepAlive::Timeout(Duration::from_secs(seconds)),
    }
}
