//! Looking into certificates and keys.

use contract::key::Secret;
use jiff::Timestamp;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// What a check wants to know of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Common name of the subject; empty when there is none.
    pub common_name: String,
    /// Names in the subject alternative name extension.
    pub dns_names: Vec<String>,
    /// Whether it may sign certificates.
    pub is_ca: bool,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    der: Vec<u8>,
}

/// Why bytes are no certificate or key; never quotes them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No PEM block of that kind.
    #[error("holds no PEM {0}")]
    NoPem(&'static str),
    /// A PEM block with something else inside.
    #[error("holds a PEM {0} that cannot be read")]
    Garbled(&'static str),
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    pub fn parse(pem: &str) -> Result<Self, Unfit> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| Unfit::NoPem("certificate"))?;
        let garbled = Unfit::Garbled("certificate");
        let (_, parsed) = X509Certificate::from_der(&der).map_err(|_| garbled.clone())?;
        let time = |seconds| Timestamp::from_second(seconds).map_err(|_| garbled.clone());
        let common_name = parsed.subject().iter_common_name().next();
        let common_name = common_name.and_then(|name| name.as_str().ok()).unwrap_or_default();
        let names = parsed.subject_alternative_name().ok().flatten();
        let names = names.map_or(&[][..], |extension| &extension.value.general_names);
        Ok(Self {
            common_name: common_name.to_owned(),
            dns_names: names.iter().filter_map(dns_name).collect(),
            is_ca: parsed.is_ca(),
            not_before: time(parsed.validity().not_before.timestamp())?,
            not_after: time(parsed.validity().not_after.timestamp())?,
            der: der.to_vec(),
        })
    }

    /// Whether `issuer` signed it: its name and its signature.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        let (Ok((_, own)), Ok((_, issuer))) =
            (X509Certificate::from_der(&self.der), X509Certificate::from_der(&issuer.der))
        else {
            return false;
        };
        own.issuer().as_raw() == issuer.subject().as_raw()
            && own.verify_signature(Some(issuer.public_key())).is_ok()
    }

    /// Whether a private key is the one the certificate was made for.
    pub fn fits(&self, key_pem: &Secret) -> Result<bool, Unfit> {
        let key = PrivateKeyDer::from_pem_slice(key_pem.expose().as_bytes())
            .map_err(|_| Unfit::NoPem("private key"))?;
        let key = any_supported_type(&key).map_err(|_| Unfit::Garbled("private key"))?;
        let public = key.public_key().ok_or(Unfit::Garbled("private key"))?;
        let (_, own) =
            X509Certificate::from_der(&self.der).map_err(|_| Unfit::Garbled("certificate"))?;
        Ok(own.public_key().raw == public.as_ref())
    }
}

fn dns_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Provisioning;
    use super::*;

    #[test]
    fn a_certificate_tells_its_name_dates_issuer_and_key() {
        let provisioning = Provisioning::new("project").expect("a CA");
        let other = Provisioning::new("project").expect("a CA");
        let pair = provisioning.client("Trust_7").expect("a pair");
        let certificate = Certificate::parse(&pair.certificate).expect("a certificate");
        let ca = Certificate::parse(&provisioning.ca_pem()).expect("a certificate");
        assert_eq!((certificate.common_name.as_str(), certificate.is_ca), ("Trust_7", false));
        assert_eq!(certificate.dns_names, ["Trust_7"]);
        assert!(ca.is_ca && certificate.is_signed_by(&ca));
        let stranger = Certificate::parse(&other.ca_pem()).expect("a certificate");
        assert!(!certificate.is_signed_by(&stranger), "same name, other key");
        assert_eq!(certificate.fits(&pair.key), Ok(true));
        let foreign = other.client("Trust_7").expect("a pair");
        assert_eq!(certificate.fits(&foreign.key), Ok(false));
        assert_eq!(certificate.fits(&Secret::from("x")), Err(Unfit::NoPem("private key")));
        assert_eq!(Certificate::parse("x"), Err(Unfit::NoPem("certificate")));
    }

    #[test]
    fn what_the_provisioning_makes_is_read_too() {
        let client =
            Certificate::parse(include_str!(fl_kit!("client.crt"))).expect("a certificate");
        let ca = Certificate::parse(include_str!(fl_kit!("rootCA.pem"))).expect("a certificate");
        let key = Secret::from(include_str!(fl_kit!("client.key")));
        assert_eq!(
            (client.common_name.as_str(), &*client.dns_names),
            ("Trust_7", &["Trust_7".to_owned()][..])
        );
        assert!(ca.is_ca && client.is_signed_by(&ca) && ca.is_signed_by(&ca));
        assert_eq!((client.fits(&key), ca.fits(&key)), (Ok(true), Ok(false)));
    }

    macro_rules! fl_kit {
        ($name:literal) => {
            concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/fl-kits/rsa/", $name)
        };
    }
    use fl_kit;
}
