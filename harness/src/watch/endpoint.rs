//! Trying the FL endpoint from an address of our choice: connect, say a TLS hello, see what comes.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::oracle::reach::Reach;

/// One attempt to reach the FL endpoint.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The endpoint.
    pub to: SocketAddr,
    /// Source address; the system's choice when absent.
    pub from: Option<IpAddr>,
    /// CA of the FL kit as PEM; any certificate will do when absent.
    pub ca_pem: Option<String>,
    /// Name the certificate must be for; the address when absent.
    pub name: Option<String>,
    /// How long connecting, and then the handshake, may take.
    pub limit: Duration,
}

/// Tries `host:port` from here, whether the host is a name or a number; the certificate must be for
/// `name`, or else for the host.
pub async fn probe(
    target: &str,
    name: Option<String>,
    ca_pem: Option<String>,
    limit: Duration,
) -> Reach {
    let Some((host, port)) = target.rsplit_once(':') else {
        return Reach::Unable("a place to try is written host:port".to_owned());
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    let Ok(port) = port.parse::<u16>() else {
        return Reach::Unable("a place to try is written host:port".to_owned());
    };
    let found = match timeout(limit, tokio::net::lookup_host((host.as_str(), port))).await {
        Ok(Ok(mut found)) => found.next(),
        _ => None,
    };
    let Some(to) = found else { return Reach::NameUnknown(host) };
    Attempt { to, from: None, ca_pem, name: name.or(Some(host)), limit }.make().await
}

impl Attempt {
    /// Connects, says hello in TLS, and closes again.
    pub async fn make(&self) -> Reach {
        let stream = match timeout(self.limit, self.connect()).await {
            Err(_) => return Reach::TimedOut,
            Ok(Err(error)) => return unconnected(&error),
            Ok(Ok(stream)) => stream,
        };
        let config = match self.tls() {
            Ok(config) => config,
            Err(reason) => return Reach::Unable(reason),
        };
        let name = match self.name.clone().map(ServerName::try_from) {
            Some(Ok(name)) => name,
            Some(Err(_)) => return Reach::Unable("no server can be called that".to_owned()),
            None => ServerName::from(self.to.ip()),
        };
        let connector = TlsConnector::from(Arc::new(config));
        match timeout(self.limit, connector.connect(name, stream)).await {
            Err(_) => Reach::TimedOut,
            Ok(Ok(_)) => Reach::Complete,
            Ok(Err(error)) => unshaken(&error),
        }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let socket = if self.to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(from) = self.from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        socket.connect(self.to).await
    }

    fn tls(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let Some(pem) = &self.ca_pem else {
            return any_server().map_err(|error| error.to_string());
        };
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|e| e.to_string())?;
        roots.add(ca).map_err(|error| error.to_string())?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

/// A client that takes any certificate, to look at what a server shows.
pub fn any_server() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let any = Arc::new(AnyServer(provider));
    Ok(builder.dangerous().with_custom_certificate_verifier(any).with_no_client_auth())
}

/// A CA that signed nothing, as PEM: that of a kit from another provisioning.
pub fn foreign_ca() -> Result<String, rcgen::Error> {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate()?;
    Ok(params.self_signed(&key)?.pem())
}

fn unconnected(error: &io::Error) -> Reach {
    match error.kind() {
        // Some firewalls reset instead of refusing.
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted => Reach::Refused,
        io::ErrorKind::TimedOut => Reach::TimedOut,
        _ => Reach::Unable(error.to_string()),
    }
}

/// A reset before any byte is how a rejecting filter behind a load balancer looks.
fn unshaken(error: &io::Error) -> Reach {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Reach::Refused,
        _ => Reach::HandshakeFailed(error.to_string()),
    }
}

/// Takes any certificate: whether the way is open does not depend on who vouches for its end.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn attempt(to: SocketAddr, limit_ms: u64) -> Reach {
        let limit = Duration::from_millis(limit_ms);
        Attempt { to, from: "127.0.0.9".parse().ok(), ca_pem: None, name: None, limit }.make().await
    }

    #[tokio::test]
    async fn refusal_silence_and_a_broken_handshake_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = listener.local_addr().expect("bound");
        assert_eq!(attempt(to, 50).await, Reach::TimedOut);
        drop(listener);
        assert_eq!(attempt(to, 5000).await, Reach::Refused);
        let proxy = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = proxy.local_addr().expect("bound");
        let answering = tokio::spawn(async move {
            let (mut stream, peer) = proxy.accept().await.expect("a call");
            let mut hello = [0; 4096];
            let read = stream.read(&mut hello).await.expect("a hello");
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("answers");
            (peer.ip(), hello[..read].starts_with(&[0x16, 0x03]))
        });
        assert!(matches!(attempt(to, 5000).await, Reach::HandshakeFailed(_)));
        let (from, tls) = answering.await.expect("saw the call");
        assert_eq!((from.to_string().as_str(), tls), ("127.0.0.9", true));
    }
}
