//! The certificate a deployed hub shows, and whether its API also answers without one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::cause::cause;
use crate::watch::any_server;

/// A host and port that should speak TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsAddress {
    /// As the certificate must name it.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// What is wrong with a certificate, in words that name who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What was seen.
    pub what: String,
    /// Whether callers refuse it: then nothing else can be asked over this address.
    pub refused: bool,
}

impl TlsAddress {
    /// Of an `https` URL; none of any other.
    pub fn of(url: &str) -> Option<Self> {
        let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        Some(Self { host, port: url.port_or_known_default()? })
    }

    fn words(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// The roots this machine trusts (`SSL_CERT_FILE` counts), and one CA more if given.
pub fn trusted_roots(ca_pem: Option<&str>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for root in rustls_native_certs::load_native_certs().certs {
        // A root of the machine that rustls cannot use vouches for nobody.
        let _ = roots.add(root);
    }
    let own = ca_pem.and_then(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok());
    if let Some(own) = own {
        let _ = roots.add(own);
    }
    roots
}

/// Meets the address once; the error says why it could not be met.
pub async fn look(at: &TlsAddress, roots: RootCertStore) -> Result<Option<Unfit>, String> {
    let met = timeout(PATIENCE, shown(at)).await;
    let silent = || Err(format!("no TLS within {} s", PATIENCE.as_secs()));
    let chain = match met.unwrap_or_else(|_| silent()) {
        Ok(chain) => chain,
        Err(error) if answers_plainly(&at.host, at.port).await => {
            return Err(format!("{}: it answers plain HTTP there: {error}", at.words()));
        }
        Err(error) => return Err(format!("{}: {error}", at.words())),
    };
    Ok(judge(at, &chain, roots, SystemTime::now()))
}

/// The chain as it is sent, whoever vouches for it.
async fn shown(at: &TlsAddress) -> Result<Vec<CertificateDer<'static>>, String> {
    let name = ServerName::try_from(at.host.clone()).map_err(|error| cause(&error))?;
    let stream = TcpStream::connect((at.host.as_str(), at.port)).await.map_err(|e| cause(&e))?;
    let config = any_server().map_err(|error| cause(&error))?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await.map_err(|error| cause(&error))?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    Ok(chain.iter().map(|der| der.clone().into_owned()).collect())
}

/// Judges a chain as a caller would that trusts these roots, and says what it lacks.
fn judge(
    at: &TlsAddress,
    chain: &[CertificateDer<'_>],
    roots: RootCertStore,
    now: SystemTime,
) -> Option<Unfit> {
    let words = at.words();
    let refused = |what: String| Some(Unfit { what, refused: true });
    let Some((leaf, rest)) = chain.split_first() else {
        return refused(format!("{words} sends no certificate"));
    };
    let Ok((_, parsed)) = X509Certificate::from_der(leaf) else {
        return refused(format!("{words} sends a certificate that cannot be read"));
    };
    let until = parsed.validity().not_after;
    let unix = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let left_secs = until.timestamp() - i64::try_from(unix.as_secs()).unwrap_or(i64::MAX);
    match vouched(at, leaf, rest, roots, UnixTime::since_unix_epoch(unix)) {
        Ok(()) if left_secs < DAYS_LEFT_MIN * DAY_SECS => Some(Unfit {
            what: format!(
                "the certificate of {words} ends in {} days, on {}",
                left_secs / DAY_SECS,
                day(until.timestamp())
            ),
            refused: false,
        }),
        Ok(()) => None,
        Err(error) => refused(reason(&words, &error, chain, until.timestamp(), left_secs)),
    }
}

fn vouched(
    at: &TlsAddress,
    leaf: &CertificateDer<'_>,
    rest: &[CertificateDer<'_>],
    roots: RootCertStore,
    now: UnixTime,
) -> Result<(), rustls::Error> {
    let nobody = roots.is_empty();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let verifier = match verifier {
        Ok(verifier) => verifier,
        Err(_) if nobody => return Err(CertificateError::UnknownIssuer.into()),
        Err(error) => return Err(rustls::Error::General(error.to_string())),
    };
    let name = ServerName::try_from(at.host.clone())
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    verifier.verify_server_cert(leaf, rest, &name, &[], now).map(drop)
}

fn reason(
    words: &str,
    error: &rustls::Error,
    chain: &[CertificateDer<'_>],
    until: i64,
    left_secs: i64,
) -> String {
    use CertificateError as E;
    match error {
        rustls::Error::InvalidCertificate(E::Expired | E::ExpiredContext { .. })
            if left_secs < 0 =>
        {
            format!("the certificate of {words} ended on {}", day(until))
        }
        rustls::Error::InvalidCertificate(
            E::NotValidForName | E::NotValidForNameContext { .. },
        ) => {
            format!("the certificate of {words} is for another name ({})", names(chain))
        }
        rustls::Error::InvalidCertificate(E::UnknownIssuer) => unknown_issuer(words, chain),
        error => format!("the certificate of {words} is refused: {error}"),
    }
}

/// What stands at the end of the chain nobody here knows: either more of it should have been sent, or a
/// root is a private one.
fn unknown_issuer(words: &str, chain: &[CertificateDer<'_>]) -> String {
    let last = chain.last().and_then(|der| X509Certificate::from_der(der).ok());
    let Some((_, last)) = last else { return format!("nobody vouches for {words}") };
    let issuer = common_name(last.issuer());
    if last.issuer() == last.subject() {
        return format!(
            "{words} is vouched for by {issuer:?} alone, a root that is not trusted here (a private CA: \
             trust it with SSL_CERT_FILE if it is yours)"
        );
    }
    let sent = if chain.len() == 1 { "its leaf alone" } else { "its chain without its end" };
    format!(
        "{words} sends {sent} (issuer {issuer:?} is missing, and no root trusted here); browsers may \
         still work"
    )
}

fn names(chain: &[CertificateDer<'_>]) -> String {
    let leaf = chain.first().and_then(|der| X509Certificate::from_der(der).ok());
    let Some((_, leaf)) = leaf else { return String::new() };
    let alternative = leaf.subject_alternative_name().ok().flatten();
    let names: Vec<String> = alternative
        .map(|names| names.value.general_names.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    if names.is_empty() { common_name(leaf.subject()) } else { names.join(", ") }
}

fn common_name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|part| part.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

fn day(timestamp: i64) -> String {
    let at = jiff::Timestamp::from_second(timestamp).ok();
    at.map_or_else(|| "a day out of range".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// Whether `/api/health` answers there over plain HTTP with something of an API: a redirect to HTTPS or
/// a refusal is none.
pub async fn answers_plainly(host: &str, port: u16) -> bool {
    let asking = async {
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        let ask = format!("GET /api/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).await.ok()?;
        let mut reply = Vec::new();
        let mut part = [0; 1024];
        // Not to its end: some keep a connection open that they were asked to close.
        while reply.len() < REPLY_BYTES && !is_json_200(&reply) {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(read) => reply.extend_from_slice(&part[..read]),
            }
        }
        Some(is_json_200(&reply))
    };
    timeout(PATIENCE, asking).await.ok().flatten().unwrap_or(false)
}

fn is_json_200(reply: &[u8]) -> bool {
    let text = String::from_utf8_lossy(reply);
    let ok = text.strip_prefix("HTTP/1.").is_some_and(|rest| rest.get(1..5) == Some(" 200"));
    ok && text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.contains('{'))
}

/// `HUB-DEPLOY-05`: 14 days or more to run.
const DAYS_LEFT_MIN: i64 = 14;
const DAY_SECS: i64 = 24 * 60 * 60;
const PATIENCE: Duration = Duration::from_secs(5);
const REPLY_BYTES: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::*;

    struct Ca {
        der: CertificateDer<'static>,
        issuer: Issuer<'static, KeyPair>,
    }

    fn named(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        params
    }

    fn ca(name: &str, above: Option<&Ca>) -> Ca {
        let key = KeyPair::generate().expect("a key");
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = match above {
            Some(above) => params.signed_by(&key, &above.issuer),
            None => params.self_signed(&key),
        };
        let der = made.expect("a certificate").der().clone();
        Ca { der, issuer: Issuer::new(params, key) }
    }

    fn leaf(above: &Ca, name: &str) -> CertificateDer<'static> {
        let key = KeyPair::generate().expect("a key");
        let mut params = named("leaf");
        params.subject_alt_names =
            CertificateParams::new(vec![name.to_owned()]).expect("a name").subject_alt_names;
        params.signed_by(&key, &above.issuer).expect("a certificate").der().clone()
    }

    fn told(chain: &[CertificateDer<'_>], root: &Ca, day: (i32, u8, u8)) -> Option<Unfit> {
        let at = TlsAddress { host: "hub.example".to_owned(), port: 443 };
        let mut roots = RootCertStore::empty();
        roots.add(root.der.clone()).expect("a root");
        let unix = rcgen::date_time_ymd(day.0, day.1, day.2).unix_timestamp();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(unix.unsigned_abs());
        judge(&at, chain, roots, now)
    }

    #[test]
    fn each_fault_of_a_chain_has_its_own_words() {
        let root = ca("Test Root", None);
        let issuing = ca("Test Issuing", Some(&root));
        let other = ca("Somebody Else", None);
        let right = leaf(&issuing, "hub.example");
        let whole = [right.clone(), issuing.der.clone()];
        assert_eq!(told(&whole, &root, (2026, 11, 30)), None);
        let wrong = |chain: &[CertificateDer<'_>], root: &Ca, day| {
            let unfit = told(chain, root, day).expect("unfit");
            (unfit.what, unfit.refused)
        };
        let (what, refused) = wrong(&whole[..1], &root, (2026, 11, 30));
        assert!(
            refused && what.contains("sends its leaf alone (issuer \"Test Issuing\" is missing"),
            "{what}"
        );
        let (what, refused) = wrong(&whole, &root, (2029, 12, 25));
        assert_eq!(
            (what.as_str(), refused),
            ("the certificate of hub.example:443 ends in 7 days, on 2030-01-01", false)
        );
        let (what, _) = wrong(&whole, &root, (2030, 2, 1));
        assert!(what.contains("ended on 2030-01-01"), "{what}");
        let (what, _) =
            wrong(&[leaf(&issuing, "other.example"), issuing.der.clone()], &root, (2026, 1, 1));
        assert!(what.contains("is for another name (") && what.contains("other.example"), "{what}");
        let private = [right, issuing.der.clone(), root.der.clone()];
        let (what, _) = wrong(&private, &other, (2026, 1, 1));
        assert!(what.contains("a private CA") && what.contains("Test Root"), "{what}");
    }

    #[test]
    fn only_https_has_a_certificate() {
        assert_eq!(TlsAddress::of("http://hub.example/api"), None);
        let at = TlsAddress::of("https://[::1]:8443/api").expect("an address");
        assert_eq!((at.host.as_str(), at.port), ("::1", 8443));
    }
}
