//! The FL credentials a client joins with: the `startup` folder of its FL kit (kit contract section 4).

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::http::any_server;

/// Credentials read once, as at the start of the client's container.
#[derive(Clone, Debug)]
pub(super) struct Credentials(Result<Arc<ClientConfig>, String>);

impl Credentials {
    /// Reads `rootCA.pem`, `client.crt` and `client.key` of a folder. What is wrong with them is told
    /// at every attempt to join, as nothing else would tell the operator.
    pub(super) fn read(folder: &Path, checks_server: bool) -> Self {
        Self(config(folder, checks_server).map(Arc::new))
    }

    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        self.0.clone()
    }
}

fn config(folder: &Path, checks_server: bool) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = if checks_server {
        let mut roots = RootCertStore::empty();
        let read = roots.add_parsable_certificates(certificates(folder, ROOT)?);
        if read.0 == 0 {
            return Err(format!("{ROOT} holds no certificate"));
        }
        builder.with_root_certificates(roots)
    } else {
        builder.dangerous().with_custom_certificate_verifier(any_server(provider))
    };
    let key = PrivateKeyDer::from_pem_slice(&file(folder, KEY)?)
        .map_err(|_| format!("{KEY} holds no private key"))?;
    builder
        .with_client_auth_cert(certificates(folder, CERTIFICATE)?, key)
        .map_err(|error| format!("{KEY} does not fit {CERTIFICATE}: {error}"))
}

fn certificates(folder: &Path, name: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = file(folder, name)?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| format!("{name} is no PEM file"))
}

fn file(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    std::fs::read(folder.join(name)).map_err(|error: io::Error| format!("{name}: {error}"))
}

const ROOT: &str = "rootCA.pem";
const CERTIFICATE: &str = "client.crt";
const KEY: &str = "client.key";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_files_is_told_by_the_file_that_lacks() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Credentials::read(folder.path(), true).config().expect_err("nothing there");
        assert!(error.starts_with("rootCA.pem"), "{error}");
    }
}
