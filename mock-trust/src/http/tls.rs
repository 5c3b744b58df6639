//! Whom the node trusts: the CA certificates it is given, and nobody else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use thiserror::Error;

use crate::settings::Settings;

/// The trust roots cannot be read; a configuration error.
#[derive(Debug, Error)]
#[error("failed to read CA certificates from {path}")]
pub struct TrustRootsError {
    /// The file or directory.
    pub path: PathBuf,
    /// What went wrong with it.
    #[source]
    pub source: io::Error,
}

/// A client that trusts the CA certificates of the settings. Without any, every certificate is
/// refused.
pub(crate) fn tls_config(
    settings: &Settings,
    checks: bool,
) -> Result<Arc<ClientConfig>, TrustRootsError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3");
    let config = if checks {
        builder.with_root_certificates(roots(settings)?).with_no_client_auth()
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(any_server(provider))
            .with_no_client_auth()
    };
    Ok(Arc::new(config))
}

/// Takes any server for the right one; for the mutants that do.
pub(crate) fn any_server(provider: Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Anybody(provider))
}

fn roots(settings: &Settings) -> Result<RootCertStore, TrustRootsError> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &settings.ca_file {
        let path = Path::new(file);
        add_file(&mut roots, path)
            .map_err(|source| TrustRootsError { path: path.to_owned(), source })?;
    }
    if let Some(directory) = &settings.ca_dir {
        let path = Path::new(directory);
        add_directory(&mut roots, path)
            .map_err(|source| TrustRootsError { path: path.to_owned(), source })?;
    }
    Ok(roots)
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> io::Result<()> {
    let pem = fs::read(path)?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    roots.add_parsable_certificates(certificates);
    Ok(())
}

fn add_directory(roots: &mut RootCertStore, path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        if file.is_file() {
            add_file(roots, &file)?;
        }
    }
    Ok(())
}

/// Takes any certificate for the right one; for the mutant that does.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
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
