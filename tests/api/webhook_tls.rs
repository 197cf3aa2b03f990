//! Webhooks over https, to receivers whose certificates are made here: trusted, strange, or of another name.

use std::path::Path;

use masthead::domain::webhook::{Filter, Webhook, WebhookContent};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

use masthead::domain::access::Role;

use super::builders::Article;
use super::command::run;
use super::harness::TestServer;
use super::receiver::{Receiver, eventually};
use super::webhooks::is_signed;

/// An authority of this house, which no system knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// A receiver whose certificate is for a host.
    fn receiver_for(&self, host: &str) -> Receiver {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = rustls::crypto::ring::default_provider();
        let settings = ServerConfig::builder_with_provider(provider.into());
        let settings = settings.with_safe_default_protocol_versions().unwrap();
        let settings = settings.with_no_client_auth();
        let settings = settings.with_single_cert(vec![certificate.der().clone()], key);
        Receiver::over_tls(settings.unwrap())
    }

    /// A service that trusts it, by a file as operators have them.
    fn trusting_server(&self, folder: &Path) -> TestServer {
        let file = folder.join("authority.pem");
        std::fs::write(&file, self.0.pem()).unwrap();
        TestServer::on_sqlite_with(|config| config.webhook_ca_file = Some(file))
    }
}

fn webhook(server: &TestServer, receiver: &Receiver) -> Webhook {
    server.webhook(WebhookContent {
        name: "Partner".to_owned(),
        url: format!("https://localhost:{}/hook", receiver.address.port()),
        filter: Filter::default(),
        include_article: false,
        partner: None,
        enabled: true,
    })
}

/// The newest message of a webhook as an administrator sees it, once it was tried so many times.
fn tried(server: &TestServer, webhook: &Webhook, tries: usize) -> Value {
    let key = server.key(Role::Admin);
    let read = |path: &str| {
        let found = server.request("GET", path).key(&key).send();
        assert_eq!(found.status, 200, "{}", found.text());
        found.json()["data"].clone()
    };
    let list = format!("/api/webhooks/{}/deliveries", webhook.id);
    let mut message = Value::Null;
    eventually(&format!("{tries} tries"), || {
        let id = read(&list)[0]["id"].as_str().map(str::to_owned);
        let Some(id) = id else { return false };
        message = read(&format!("{list}/{id}"));
        message["attempts"].as_array().unwrap().len() >= tries
    });
    message
}

/// Nothing arrives, the log says why in words, and it is tried again.
fn assert_refused(server: &TestServer, receiver: &Receiver, words: &str) {
    let webhook = webhook(server, receiver);
    server.article(Article::new("News"));
    let message = tried(server, &webhook, 1);
    assert_eq!(message["status"], "pending", "{message}");
    let attempt = &message["attempts"][0];
    assert_eq!(attempt["status"], Value::Null, "{attempt}");
    let error = attempt["error"].as_str().unwrap();
    assert!(error.contains(words), "{error}");
    assert!(message["next_attempt_at"].is_string(), "{message}");
    server.pass(3_600);
    let message = tried(server, &webhook, 2);
    assert_eq!(message["attempts"][1]["status"], Value::Null, "{message}");
    assert!(receiver.messages().is_empty());
}

#[test]
fn a_receiver_that_nobody_vouches_for_gets_nothing() {
    let server = TestServer::on_sqlite();
    let receiver = Authority::new().receiver_for("localhost");
    assert_refused(&server, &receiver, "certificate");
}

#[test]
fn a_receiver_of_another_authority_than_the_trusted_one_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Authority::new().trusting_server(folder.path());
    let receiver = Authority::new().receiver_for("localhost");
    assert_refused(&server, &receiver, "certificate");
}

#[test]
fn a_receiver_with_a_certificate_of_another_name_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let server = authority.trusting_server(folder.path());
    let receiver = authority.receiver_for("elsewhere.example");
    assert_refused(&server, &receiver, "name");
}

#[test]
fn a_receiver_that_a_trusted_authority_vouches_for_gets_signed_messages() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let server = authority.trusting_server(folder.path());
    let receiver = authority.receiver_for("localhost");
    let webhook = webhook(&server, &receiver);
    server.article(Article::new("News"));
    server.article(Article::new("More news"));
    let messages = receiver.wait_for(2);
    for message in &messages {
        assert!(is_signed(message, &webhook), "{message:?}");
    }
    let message = tried(&server, &webhook, 1);
    assert_eq!(message["attempts"][0]["status"], json!(204), "{message}");
}

#[test]
fn a_file_without_certificates_ends_the_start_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    std::fs::write(folder.path().join("empty.pem"), "nothing").unwrap();
    for (file, words) in [
        ("empty.pem", "holds no certificate"),
        ("missing.pem", "cannot be read"),
    ] {
        let arguments = ["serve", "--bind", "127.0.0.1:0", "--webhook-ca-file", file];
        let ended = run(&database, folder.path(), &arguments);
        assert_ne!(ended.code, Some(0));
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}
