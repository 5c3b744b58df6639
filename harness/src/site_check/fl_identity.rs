//! Whether the FL kit is this slot's, whole, and of one provisioning.

use contract::key::Secret;
use jiff::{SignedDuration, Timestamp};

use super::certificate::{Certificate, Unfit};
use super::check::{Judgement, Owner, Ruling, SiteCheck, Unseen, listed, shown};
use super::fl_files::{Slot, shell_word};
use super::{FlTree, Site};

pub(super) const ROWS: &[SiteCheck] = &[
    row("fl-kit.slot", "The FL kit is that of FL_KIT_SLOT: certificate name, or key number.", slot),
    row("fl-kit.key-pair", "The private key is the one the certificate was made for.", key_pair),
    row("fl-kit.chain", "The certificate is signed by the kit's own CA.", chain),
    SiteCheck {
        id: "fl-kit.one-provisioning",
        requirement: "ROT-FL-01",
        ..row("", "All files of the FL kit come from one provisioning.", one_provisioning)
    },
    row("fl-kit.dates", "Certificates are valid today and for a month to come.", dates),
    row("fl-kit.san", "The certificate carries the slot as subject alternative name.", san),
    row("fl-kit.signature", "The FL kit is signed as the NVFLARE of its release signs.", signature),
];

const fn row(id: &'static str, sentence: &'static str, judge: fn(&Site) -> Judgement) -> SiteCheck {
    SiteCheck { id, requirement: "HOST-FLKIT-02", owner: Owner::HubAdmin, sentence, judge }
}

/// The startup directory of an NVFLARE kit; other backends have no client certificate.
struct Startup<'s> {
    tree: &'s FlTree,
    slot: Slot,
}

impl<'s> Startup<'s> {
    fn of(site: &'s Site) -> Result<Self, Ruling> {
        let slot = Slot::of(site)?;
        if slot.layout.word != "nvflare" {
            return Err(Ruling::not_applicable("Flower kits hold no client certificate"));
        }
        let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
        Ok(Self { tree, slot })
    }

    fn text(&self, file: &str) -> Result<&'s Secret, Ruling> {
        let path = self.slot.path(&format!("net-1/services/{{slot}}/startup/{file}"));
        text(self.tree, path.as_str())
    }

    /// Files that do not belong together. Copying over the old ones leaves some of them in place.
    fn mixed(&self, message: &str) -> Ruling {
        let root = shell_word(self.tree.root.as_str());
        let fix = format!(
            "wipe first, then extract one package: sudo rm -r {root}/net-1 && sudo tar -xzf \
             flip-trust-kit-<slot>-<time>.tar.gz -C {root} --strip-components=1 fl-kit"
        );
        Ruling::fail(message, fix).by(Owner::TrustOperator)
    }

    fn certificate(&self, file: &str) -> Result<Certificate, Ruling> {
        parsed(file, Certificate::parse(self.text(file)?.expose()))
    }
}

fn text<'t>(tree: &'t FlTree, path: &str) -> Result<&'t Secret, Ruling> {
    let entry = tree.entry(path);
    let text = entry.and_then(|entry| entry.text.as_ref());
    text.ok_or_else(|| match entry {
        None => Unseen::because(format!("{} lacks {path}", tree.root)).into(),
        Some(_) => Unseen::because(format!("{}/{path} cannot be read as text", tree.root)).into(),
    })
}

fn parsed<T>(file: &str, result: Result<T, Unfit>) -> Result<T, Ruling> {
    result.map_err(|unfit| Ruling::fail(format!("{file} {unfit}"), PACKAGE_AGAIN))
}

fn slot(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    if slot.layout.word == "nvflare" {
        let certificate = Startup { tree, slot: Slot::of(site)? }.certificate("client.crt")?;
        if certificate.common_name == slot.name {
            return Ok(format!("the certificate is that of {}", shown(&slot.name)));
        }
        let message = format!(
            "the FL certificate is that of {}, but FL_KIT_SLOT is {}",
            shown(&certificate.common_name),
            shown(&slot.name)
        );
        return Err(Ruling::fail(message, PACKAGE_AGAIN));
    }
    let named: Vec<&str> = tree
        .entries()
        .filter(|(path, _)| path.extension() != Some("pub"))
        .filter_map(|(path, _)| path.file_name()?.strip_prefix("supernode_credentials_"))
        .collect();
    if named.contains(&slot.number.as_str()) {
        return Ok(format!("the SuperNode key is number {}", slot.number));
    }
    let message = format!(
        "no SuperNode key number {} (FL_KIT_SLOT_NUMBER); there is: {}",
        slot.number,
        if named.is_empty() { "none".to_owned() } else { listed(&named) }
    );
    Err(Ruling::fail(message, PACKAGE_AGAIN))
}

fn key_pair(site: &Site) -> Judgement {
    let startup = Startup::of(site)?;
    let certificate = startup.certificate("client.crt")?;
    if parsed("client.key", certificate.fits(startup.text("client.key")?))? {
        return Ok("client.key belongs to client.crt".to_owned());
    }
    Err(startup.mixed("client.key does not belong to client.crt: the kit is mixed"))
}

fn chain(site: &Site) -> Judgement {
    let startup = Startup::of(site)?;
    let (certificate, ca) =
        (startup.certificate("client.crt")?, startup.certificate("rootCA.pem")?);
    if !ca.is_ca {
        return Err(startup.mixed("rootCA.pem is no certificate of a CA"));
    }
    if certificate.is_signed_by(&ca) {
        return Ok("client.crt is signed by rootCA.pem".to_owned());
    }
    Err(startup.mixed("client.crt is not signed by the kit's rootCA.pem: the kit is mixed"))
}

/// Each pair of files that must match, so that the report names the odd one.
fn one_provisioning(site: &Site) -> Judgement {
    let startup = Startup::of(site)?;
    let (certificate, ca) =
        (startup.certificate("client.crt")?, startup.certificate("rootCA.pem")?);
    let of_ca = certificate.is_signed_by(&ca);
    let of_key = parsed("client.key", certificate.fits(startup.text("client.key")?))?;
    let odd = match (of_ca, of_key) {
        (true, true) => return Ok("certificate, key and CA are of one provisioning".to_owned()),
        (false, true) => "rootCA.pem is of another provisioning than client.crt and client.key",
        (true, false) => "client.key is of another provisioning than client.crt and rootCA.pem",
        (false, false) => "client.crt is of another provisioning than client.key and rootCA.pem",
    };
    Err(startup.mixed(&format!("files of two provisionings are mixed: {odd}")))
}

fn dates(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    let files: &[&str] = match slot.layout.word {
        "nvflare" => &[
            "net-1/services/{slot}/startup/client.crt",
            "net-1/services/{slot}/startup/rootCA.pem",
        ],
        _ => &["net-1/certificates/ca.crt"],
    };
    let mut first_end = Timestamp::MAX;
    for file in files {
        let path = slot.path(file);
        let name = path.file_name().unwrap_or_default().to_owned();
        let certificate = parsed(&name, Certificate::parse(text(tree, path.as_str())?.expose()))?;
        in_date(&name, &certificate, site.now)?;
        first_end = first_end.min(certificate.not_after);
    }
    let day = first_end.strftime("%Y-%m-%d");
    if first_end.duration_since(site.now) < SOON {
        return Err(Ruling::warn(format!("the FL certificates end on {day}"), RENEW));
    }
    Ok(format!("valid until {day}"))
}

fn in_date(name: &str, certificate: &Certificate, now: Timestamp) -> Result<(), Ruling> {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    if certificate.not_after < now {
        let message = format!("{name} has expired on {}", day(certificate.not_after));
        return Err(Ruling::fail(message, RENEW));
    }
    if certificate.not_before > now {
        let message = format!("{name} is valid from {} only", day(certificate.not_before));
        let fix = "set the clock of this host right (`timedatectl`), or ask for a new package";
        return Err(Ruling::fail(message, fix).by(Owner::SiteIt));
    }
    Ok(())
}

fn san(site: &Site) -> Judgement {
    let startup = Startup::of(site)?;
    let certificate = startup.certificate("client.crt")?;
    if certificate.dns_names.contains(&startup.slot.name) {
        return Ok(format!("subject alternative name {}", shown(&startup.slot.name)));
    }
    let found = if certificate.dns_names.is_empty() {
        "client.crt has no subject alternative name: it was not made by provisioning".to_owned()
    } else {
        format!("client.crt is for {}, not for the slot", shown(&certificate.dns_names.join(", ")))
    };
    Err(Ruling::fail(found, ADD_CLIENT))
}

/// NVFLARE 2.7 signs its kits; from 2.8 on only kits for confidential computing or homomorphic
/// encryption are signed, and mutual TLS alone vouches for the rest (newer releases 5). A client of 2.9
/// ends at start on a kit of 2.7.
fn signature(site: &Site) -> Judgement {
    let startup = Startup::of(site)?;
    if site.edition.nvflare_kit_signed {
        return signed(&startup);
    }
    let path = startup.slot.path("net-1/services/{slot}/startup/signature.json");
    match startup.tree.entry(path.as_str()) {
        None => {
            Ok("not signed, as NVFLARE 2.8 and later make it: the certificates vouch".to_owned())
        }
        Some(_) => Err(Ruling::warn(
            "signature.json is there: the kit is of NVFLARE 2.7, with which no client of 2.9 starts, \
             or it was made for confidential computing",
            PACKAGE_AGAIN,
        )),
    }
}

/// Provisioning writes one object: file name to base64 of the CA's signature, for each signed file.
fn signed(startup: &Startup) -> Judgement {
    use base64::Engine as _;
    let text = startup.text("signature.json").map_err(|missing| match missing.outcome {
        super::SiteOutcome::NotVerified => Ruling::fail(missing.message, ADD_CLIENT),
        _ => missing,
    })?;
    let wrong = |what: String| Ruling::fail(format!("signature.json {what}"), ADD_CLIENT);
    let Ok(serde_json::Value::Object(signatures)) = serde_json::from_str(text.expose()) else {
        return Err(wrong("is no JSON object of signatures by file name".to_owned()));
    };
    for (file, signature) in &signatures {
        let bytes = signature.as_str().map(|text| {
            base64::engine::general_purpose::STANDARD.decode(text).map_or(0, |bytes| bytes.len())
        });
        match bytes {
            None => return Err(wrong(format!("has no text for {}", shown(file)))),
            Some(length) if length < SIGNATURE_BYTES_MIN => {
                return Err(wrong(format!("has no signature for {}", shown(file))));
            }
            Some(_) => {}
        }
    }
    let unsigned: Vec<&str> =
        SIGNED.iter().copied().filter(|file| !signatures.contains_key(*file)).collect();
    if unsigned.is_empty() {
        return Ok(format!("{} files signed", signatures.len()));
    }
    Err(wrong(format!("does not sign {}", listed(&unsigned))))
}

/// What the client refuses to start with when it is unsigned.
const SIGNED: &[&str] = &["fed_client.json", "client.crt", "rootCA.pem"];
/// The shortest signature in use: Ed25519 and ECDSA P-256 have 64 bytes or a little more.
const SIGNATURE_BYTES_MIN: usize = 64;
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
const PACKAGE_AGAIN: &str = "package this slot's FL kit again: make package-onprem-trust-kit \
                             KIT=<CODE> PROD=true; the site wipes its old FL kit before extracting";
const ADD_CLIENT: &str = "add the client by the official provisioning and package its kit; files \
                          made or edited by hand are refused";
const RENEW: &str = "provision again before that day: all sites get new FL kits in one window";
