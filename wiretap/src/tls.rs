//! A private CA made at start, and four kinds of certificate.

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// Which certificate a listener shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TlsKind {
    /// From the private CA, for the right names, valid now.
    #[default]
    Good,
    /// From a CA that nobody was told of.
    UnknownIssuer,
    /// Valid in 2021 only.
    Expired,
    /// For another name.
    WrongName,
}

/// The certificates could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A certificate could not be made, for example for a name that is none.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// A certificate could not be put to use.
    #[error("cannot use the certificate")]
    Config(#[from] rustls::Error),
}

/// A CA with one server configuration of each kind, all with the ring provider. Clones share it.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    ca_pem: String,
    configs: [Arc<ServerConfig>; KINDS.len()],
}

impl Tls {
    /// Makes a CA and certificates for loopback names and addresses, and for the names given.
    pub fn mint(names: &[String]) -> Result<Self, TlsError> {
        let usual = LOOPBACK.map(str::to_owned);
        let names: Vec<String> = usual.iter().chain(names).cloned().collect();
        let ca = ca("Private CA of a mock")?;
        let stranger = self::ca("CA of somebody else")?;
        let key = KeyPair::generate()?;
        let config = |kind| {
            let issuer = if kind == TlsKind::UnknownIssuer { &stranger } else { &ca };
            server_config(&leaf(kind, &names)?, &key, issuer)
        };
        let configs = [config(KINDS[0])?, config(KINDS[1])?, config(KINDS[2])?, config(KINDS[3])?];
        Ok(Self(Arc::new(Inner { ca_pem: ca.pem, configs })))
    }

    /// The CA's certificate, for callers to trust.
    pub fn ca_pem(&self) -> &str {
        &self.0.ca_pem
    }

    /// The configuration that shows this kind of certificate.
    pub fn server_config(&self, kind: TlsKind) -> Arc<ServerConfig> {
        Arc::clone(&self.0.configs[kind as usize])
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

struct Ca {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn ca(name: &str) -> Result<Ca, TlsError> {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok(Ca { pem, issuer: Issuer::new(params, key) })
}

fn leaf(kind: TlsKind, names: &[String]) -> Result<CertificateParams, TlsError> {
    let names =
        if kind == TlsKind::WrongName { vec![WRONG_NAME.to_owned()] } else { names.to_vec() };
    let mut leaf = params("mock");
    leaf.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    if kind == TlsKind::Expired {
        leaf.not_before = date_time_ymd(2021, 1, 1);
        leaf.not_after = date_time_ymd(2021, 12, 31);
    }
    Ok(leaf)
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    params
}

fn server_config(
    leaf: &CertificateParams,
    key: &KeyPair,
    ca: &Ca,
) -> Result<Arc<ServerConfig>, TlsError> {
    let certificate = leaf.signed_by(key, &ca.issuer)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())?;
    Ok(Arc::new(config))
}

const KINDS: [TlsKind; 4] =
    [TlsKind::Good, TlsKind::UnknownIssuer, TlsKind::Expired, TlsKind::WrongName];
const LOOPBACK: [&str; 4] = ["localhost", "127.0.0.1", "::1", "host.docker.internal"];
const WRONG_NAME: &str = "somebody-else.invalid";
