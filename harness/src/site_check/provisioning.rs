//! A provisioning of the FL project, as far as certificates go: a CA and what it signs.

use contract::key::Secret;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// A CA as the FL provisioning makes one, and what it signs.
pub struct Provisioning {
    ca: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its private key, as PEM.
#[derive(Clone, Debug)]
pub struct ClientPair {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: Secret,
}

impl Provisioning {
    /// A new CA for a project.
    pub fn new(project: &str) -> Result<Self, rcgen::Error> {
        let mut params = named(project);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let ca = params.self_signed(&key)?.pem();
        Ok(Self { ca, issuer: Issuer::new(params, key) })
    }

    /// The CA's certificate.
    pub fn ca_pem(&self) -> String {
        self.ca.clone()
    }

    /// What provisioning makes for a client: the slot is common name and subject alternative name.
    pub fn client(&self, slot: &str) -> Result<ClientPair, rcgen::Error> {
        self.signed(named(slot), &[slot])
    }

    /// A pair with these names in its subject alternative name; none leaves the extension out.
    pub fn signed(
        &self,
        mut params: CertificateParams,
        names: &[&str],
    ) -> Result<ClientPair, rcgen::Error> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(ClientPair { certificate, key: Secret::new(key.serialize_pem()) })
    }
}

/// Parameters with a common name, valid for many years.
pub fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
