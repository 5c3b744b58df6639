//! Provisioning of FL credentials: one CA, the FL server's certificate, and one certificate a client
//! whose common name is its slot (kit 4; rotation 1).
//!
//! A client is added to the provisioning that is there and leaves the others valid; a provisioning
//! made anew has another CA and cuts all of them at once.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::key::{Secret, sha256_hex};
use parking_lot::Mutex;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use wiretap::TlsKind;

/// The credentials of one client: the files of its FL kit's `startup` folder.
#[derive(Clone, Debug)]
pub struct FlKit {
    /// Slot, the common name of its certificate.
    pub slot: String,
    /// Which provisioning it is from, counted from 1.
    pub provisioning: usize,
    /// `rootCA.pem`.
    pub root_ca_pem: String,
    /// `client.crt`.
    pub certificate_pem: String,
    /// `client.key`.
    pub key_pem: Secret,
}

/// Credentials could not be made or put to use.
#[derive(Debug, Error)]
pub enum ProvisioningError {
    /// A certificate could not be made, for example for a slot that is no name.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// A certificate could not be put to use.
    #[error("cannot use the certificate")]
    Config(#[from] rustls::Error),
    /// No CA to check clients with.
    #[error("cannot check certificates of clients")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// The provisionings there were, and whether the FL server asks for their certificates at all.
#[derive(Default)]
pub struct Provisioning {
    mutual: AtomicBool,
    runs: Mutex<Vec<Run>>,
    /// Names of the FL server besides the usual.
    names: Vec<String>,
}

/// One provisioning. Made when first asked for: most hubs never need one.
struct Run {
    ca: CertificateDer<'static>,
    ca_pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// Key of the FL server.
    server_key: KeyPair,
    /// Names it is certified for.
    names: Vec<String>,
    /// Slots by the digest of the certificate they got.
    issued: BTreeMap<String, String>,
}

impl Provisioning {
    /// None so far; the server's certificates will also be for these names.
    pub fn for_names(names: Vec<String>) -> Self {
        Self { names, ..Self::default() }
    }

    /// Whether the FL server speaks TLS only and asks each client for its certificate.
    pub fn is_mutual(&self) -> bool {
        self.mutual.load(Ordering::Relaxed)
    }

    /// Switches that on or off, for connections to come.
    pub fn set_mutual(&self, mutual: bool) {
        self.mutual.store(mutual, Ordering::Relaxed);
    }

    /// How many provisionings there were; the last one is in force.
    pub fn count(&self) -> usize {
        self.runs.lock().len()
    }

    /// Slots with a certificate of the provisioning in force, in order.
    pub fn slots(&self) -> Vec<String> {
        let runs = self.runs.lock();
        let mut slots: Vec<String> =
            runs.last().map(|run| run.issued.values().cloned().collect()).unwrap_or_default();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Adds a client, and touches no other.
    pub fn issue(&self, slot: &str) -> Result<FlKit, ProvisioningError> {
        let mut runs = self.runs.lock();
        if runs.is_empty() {
            runs.push(Run::new(&self.names)?);
        }
        let provisioning = runs.len();
        let run = runs.last_mut().expect("one was pushed if there was none");
        let key = KeyPair::generate()?;
        let mut params = params(slot);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &run.issuer)?;
        run.issued.insert(digest(certificate.der()), slot.to_owned());
        Ok(FlKit {
            slot: slot.to_owned(),
            provisioning,
            root_ca_pem: run.ca_pem.clone(),
            certificate_pem: certificate.pem(),
            key_pem: Secret::new(key.serialize_pem()),
        })
    }

    /// Provisions anew: another CA, another certificate of the server, no client yet.
    pub fn renew(&self) -> Result<(), ProvisioningError> {
        let fresh = Run::new(&self.names)?;
        self.runs.lock().push(fresh);
        Ok(())
    }

    /// The TLS side of the FL server, with that kind of certificate; `takes_former` lets clients of former
    /// provisionings pass.
    pub fn acceptor(
        &self,
        takes_former: bool,
        kind: TlsKind,
    ) -> Result<TlsAcceptor, ProvisioningError> {
        let mut runs = self.runs.lock();
        if runs.is_empty() {
            runs.push(Run::new(&self.names)?);
        }
        let run = runs.last().expect("one was pushed if there was none");
        let mut roots = RootCertStore::empty();
        let trusted = if takes_former { &runs[..] } else { std::slice::from_ref(run) };
        for known in trusted {
            roots.add(known.ca.clone())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()?;
        let key = PrivatePkcs8KeyDer::from(run.server_key.serialize_der());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![run.certificate(kind)?], key.into())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// The slot a certificate was made for, in whichever provisioning.
    pub fn slot_of(&self, certificate: &CertificateDer<'_>) -> Option<String> {
        let digest = digest(certificate);
        self.runs.lock().iter().rev().find_map(|run| run.issued.get(&digest).cloned())
    }
}

impl From<ProvisioningError> for io::Error {
    fn from(error: ProvisioningError) -> Self {
        Self::other(error)
    }
}

impl Run {
    fn new(names: &[String]) -> Result<Self, ProvisioningError> {
        let mut ca_params = params("FL provisioning of a mock");
        ca_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca_params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_key = KeyPair::generate()?;
        let ca = ca_params.self_signed(&ca_key)?;
        let issuer = Issuer::new(ca_params, ca_key);
        let usual = SERVER_NAMES.map(str::to_owned);
        Ok(Self {
            ca: ca.der().clone(),
            ca_pem: ca.pem(),
            issuer,
            server_key: KeyPair::generate()?,
            names: usual.iter().chain(names).cloned().collect(),
            issued: BTreeMap::new(),
        })
    }

    /// The FL server's certificate: the right one, or one that a client must not take.
    fn certificate(&self, kind: TlsKind) -> Result<CertificateDer<'static>, ProvisioningError> {
        let mut server = params("fl-server");
        let names = match kind {
            TlsKind::WrongName => vec![WRONG_NAME.to_owned()],
            _ => self.names.clone(),
        };
        server.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if kind == TlsKind::Expired {
            server.not_before = date_time_ymd(2021, 1, 1);
            server.not_after = date_time_ymd(2021, 12, 31);
        }
        if kind == TlsKind::UnknownIssuer {
            let stranger = Issuer::new(params("CA of somebody else"), KeyPair::generate()?);
            return Ok(server.signed_by(&self.server_key, &stranger)?.der().clone());
        }
        Ok(server.signed_by(&self.server_key, &self.issuer)?.der().clone())
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    params
}

fn digest(certificate: &CertificateDer<'_>) -> String {
    sha256_hex(certificate)
}

const WRONG_NAME: &str = "somebody-else.invalid";
const SERVER_NAMES: [&str; 4] = ["localhost", "127.0.0.1", "::1", "fl-server"];

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    fn der(pem: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
    }

    #[test]
    fn a_client_is_added_under_the_ca_that_is_there_and_a_renewal_has_another() {
        let provisioning = Provisioning::default();
        let first = provisioning.issue("Trust_1").expect("issued");
        let second = provisioning.issue("Trust_2").expect("issued");
        assert_eq!(first.root_ca_pem, second.root_ca_pem);
        assert_eq!(provisioning.slots(), ["Trust_1", "Trust_2"]);
        provisioning.renew().expect("renewed");
        assert_eq!((provisioning.count(), provisioning.slots().len()), (2, 0));
        let third = provisioning.issue("Trust_1").expect("issued");
        assert_ne!(third.root_ca_pem, first.root_ca_pem);
        for kit in [&first, &third] {
            let slot = provisioning.slot_of(&der(&kit.certificate_pem));
            assert_eq!(slot.as_deref(), Some("Trust_1"));
        }
        assert_eq!(provisioning.slot_of(&der(&third.root_ca_pem)), None);
    }
}
