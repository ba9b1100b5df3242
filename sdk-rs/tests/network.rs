//! The ways to a server: TLS, proxies, and connectors of the application's own.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use slop_sdk::{ConnectError, Tls};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::client;
use support::scripted::Scripted;
use support::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

const ROOT: &[u8] = include_bytes!("tls/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/localhost.pem");
const KEY: &[u8] = include_bytes!("tls/localhost.key");

/// TLS in front of a server.
async fn tls_to(server: SocketAddr) -> Scripted {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Scripted::tcp(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut client) = acceptor.accept(stream).await {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        }
    })
    .await
}

fn trusting_the_test_root() -> Tls {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ROOT).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Tls::Rustls(Arc::new(config))
}

#[tokio::test]
async fn tls_works_with_a_trusted_root_and_fails_without() {
    let server = Server::start();
    let tls = tls_to(server.address).await;
    let url = format!("https://localhost:{}", tls.address.port());
    let one = client(&url)
        .tls(trusting_the_test_root())
        .connect()
        .await
        .unwrap();
    one.ping().await.unwrap();
    let by_address = format!("wss://127.0.0.1:{}", tls.address.port());
    let other = client(&by_address).tls(trusting_the_test_root());
    other.connect().await.unwrap().ping().await.unwrap();

    let error = client(&url).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Tls(_)), "{error}");
    let plain = format!("https://localhost:{}", server.address.port());
    let error = client(&plain)
        .tls(trusting_the_test_root())
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Tls(_)), "{error}");
}

/// A proxy that wants a password.
async fn proxy() -> Scripted {
    Scripted::tcp(|mut stream, _| async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        // "me:secret"
        if !head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") {
            let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
            let _ = stream.write_all(answer).await;
            return;
        }
        let server = head.split(' ').nth(1).unwrap().to_owned();
        let mut server = TcpStream::connect(server).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nVia: me\r\n\r\n")
            .await
            .unwrap();
        let _ = copy_bidirectional(&mut stream, &mut server).await;
    })
    .await
}

#[tokio::test]
async fn a_proxy_leads_to_the_server() {
    let server = Server::start();
    let proxy = proxy().await;
    let right = format!("http://me:secret@{}", proxy.address);
    let one = client(&server.url()).proxy(&right).connect().await.unwrap();
    one.ping().await.unwrap();
    let tls = tls_to(server.address).await;
    let url = format!("https://localhost:{}", tls.address.port());
    let other = client(&url).proxy(&right).tls(trusting_the_test_root());
    other.connect().await.unwrap().ping().await.unwrap();

    let wrong = format!("http://{}", proxy.address);
    let error = client(&server.url())
        .proxy(&wrong)
        .connect()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the proxy answered with HTTP status 407");
}

#[tokio::test]
async fn an_own_connector_replaces_the_network() {
    let server = Server::start();
    let address = server.address;
    let used = Arc::new(AtomicUsize::new(0));
    let connector = {
        let used = used.clone();
        move |host: String, port: u16| {
            used.fetch_add(1, Ordering::SeqCst);
            assert_eq!((host.as_str(), port), ("nowhere.invalid", 80));
            TcpStream::connect(address)
        }
    };
    let client = client("http://nowhere.invalid").connector(connector);
    client.connect().await.unwrap().ping().await.unwrap();
    assert_eq!(used.load(Ordering::SeqCst), 1);
}
