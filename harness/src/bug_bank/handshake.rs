//! The FL endpoint's mutual TLS, for real: a server with a certificate of the project CA, and a client
//! with the files of an FL kit.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8Path;
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::finding::{Judged, Stop};

/// Certificate and key as PEM.
pub(super) struct Pair {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// What an FL client brings.
pub(super) struct Client {
    /// The CA it trusts.
    pub(super) ca: String,
    /// What it shows; NVFLARE clients show a certificate, Flower's do not.
    pub(super) pair: Option<Pair>,
}

impl Client {
    /// From the startup directory of an NVFLARE kit.
    pub(super) fn of_startup(startup: &Utf8Path) -> Judged<Self> {
        let read =
            |name: &str| std::fs::read_to_string(startup.join(name)).map_err(Stop::not_verified);
        let pair = Pair { certificate: read("client.crt")?, key: read("client.key")? };
        Ok(Self { ca: read("rootCA.pem")?, pair: Some(pair) })
    }
}

/// The FL server.
pub(super) struct Server<'s> {
    /// Its host name.
    pub(super) host: &'s str,
    /// What it shows.
    pub(super) pair: Pair,
    /// The CA clients must come from, if they must show something.
    pub(super) client_ca: Option<&'s str>,
    /// The name it looks for in the client's certificate.
    pub(super) client_name: Option<&'s str>,
}

impl Server<'_> {
    /// Lets a client join; the error is the one the first of the two peers to give up reports.
    pub(super) async fn joined_by(&self, client: &Client) -> Judged<Result<(), String>> {
        let acceptor = TlsAcceptor::from(Arc::new(self.config()?));
        let connector = TlsConnector::from(Arc::new(client_config(client)?));
        let name = ServerName::try_from(self.host.to_owned()).map_err(Stop::not_verified)?;
        let (near, far) = duplex(64 * 1024);
        let both = async {
            tokio::join!(serve(acceptor, far, self.client_name), call(connector, near, name))
        };
        let (served, called) = timeout(LIMIT, both).await.map_err(Stop::not_verified)?;
        Ok(match (served, called) {
            (_, Err(Side::Own(error))) => Err(format!("client: {error}")),
            (Err(Side::Own(error)), _) => Err(format!("server: {error}")),
            (Err(Side::Other(error)), _) | (_, Err(Side::Other(error))) => Err(error),
            (Ok(()), Ok(())) => Ok(()),
        })
    }

    fn config(&self) -> Judged<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(Stop::not_verified)?;
        let builder = match self.client_ca {
            None => builder.with_no_client_auth(),
            Some(ca) => {
                let roots = Arc::new(roots(ca)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider());
                builder.with_client_cert_verifier(verifier.build().map_err(Stop::not_verified)?)
            }
        };
        let (certificate, key) = der(&self.pair)?;
        builder.with_single_cert(vec![certificate], key).map_err(Stop::not_verified)
    }
}

/// Whose check failed: our own, or the other side's, told by an alert.
enum Side {
    Own(String),
    Other(String),
}

impl Side {
    fn of(error: &std::io::Error) -> Self {
        let told = error.to_string();
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::AlertReceived(_)) | None => Self::Other(told),
            Some(_) => Self::Own(told),
        }
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: DuplexStream,
    client_name: Option<&str>,
) -> Result<(), Side> {
    let mut stream = acceptor.accept(stream).await.map_err(|error| Side::of(&error))?;
    if let Some(name) = client_name {
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        is_named(shown, name).map_err(Side::Own)?;
    }
    stream.write_all(b"joined").await.map_err(|error| Side::of(&error))?;
    stream.shutdown().await.map_err(|error| Side::of(&error))
}

/// In TLS 1.3 a client learns with the first bytes whether it was let in.
async fn call(
    connector: TlsConnector,
    stream: DuplexStream,
    name: ServerName<'static>,
) -> Result<(), Side> {
    let mut stream = connector.connect(name, stream).await.map_err(|error| Side::of(&error))?;
    let mut word = [0; 6];
    stream.read_exact(&mut word).await.map(drop).map_err(|error| Side::of(&error))
}

fn is_named(shown: Option<&CertificateDer<'_>>, name: &str) -> Result<(), String> {
    let shown = shown.ok_or("the client shows no certificate")?;
    let parsed = ParsedCertificate::try_from(shown).map_err(|error| error.to_string())?;
    let wanted = ServerName::try_from(name).map_err(|error| error.to_string())?;
    verify_server_name(&parsed, &wanted).map_err(|error| error.to_string())
}

fn client_config(client: &Client) -> Judged<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Stop::not_verified)?
        .with_root_certificates(roots(&client.ca)?);
    let Some(pair) = &client.pair else { return Ok(builder.with_no_client_auth()) };
    let (certificate, key) = der(pair)?;
    builder.with_client_auth_cert(vec![certificate], key).map_err(Stop::not_verified)
}

fn roots(pem: &str) -> Judged<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(Stop::not_verified)?;
    roots.add(ca).map_err(Stop::not_verified)?;
    Ok(roots)
}

fn der(pair: &Pair) -> Judged<(CertificateDer<'static>, PrivateKeyDer<'static>)> {
    let certificate = CertificateDer::from_pem_slice(pair.certificate.as_bytes());
    // The error of a key that cannot be read must not quote it.
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes())
        .map_err(|_| Stop::not_verified("no private key in the PEM text"))?;
    Ok((certificate.map_err(Stop::not_verified)?, key))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

const LIMIT: Duration = Duration::from_secs(20);
