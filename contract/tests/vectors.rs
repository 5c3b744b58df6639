//! The payload formats against the vectors in `fixtures/vectors/aes.json`: every entry is read, and
//! an entry that nothing exercises is a failure.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::envelope::{self, Cipher, KeyRing, ReadOptions, SHARED_KID, SealRequest};
use contract::key;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema_version: u32,
    formats: BTreeMap<Cipher, BTreeSet<String>>,
    expect_classes: BTreeSet<String>,
    keys: BTreeMap<String, Key>,
    sealed: Vec<Sealed>,
    readings: Vec<Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    hex: String,
    base64: String,
    fingerprint: String,
    cohort_admin_proof: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    name: String,
    format: Cipher,
    key: String,
    kid: Option<String>,
    context: Option<String>,
    associated_data: Option<String>,
    iv_hex: String,
    plaintext: String,
    ciphertext_hex: String,
    tag_hex: Option<String>,
    payload: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    name: String,
    reader: Cipher,
    key: Option<String>,
    key_hex: Option<String>,
    context: Option<String>,
    payload: String,
    expect: String,
    message: Option<String>,
    plaintext: Option<String>,
    ring: Option<Vec<String>>,
    force_key: Option<bool>,
    accept_legacy_cbc: Option<bool>,
}

#[test]
fn every_key_has_its_digests() {
    let vectors = vectors();
    assert!(!vectors.keys.is_empty());
    for (name, key) in &vectors.keys {
        let bytes = unhex(&key.hex);
        assert_eq!(envelope::key_bytes(&key.base64).as_deref(), Ok(&bytes), "{name}");
        assert_eq!(key::fingerprint(&bytes), key.fingerprint, "{name}");
        assert_eq!(key::cohort_admin_proof(&key.base64), key.cohort_admin_proof, "{name}");
    }
    let named = |of: &Reading| of.key.clone();
    let used: BTreeSet<String> = vectors.readings.iter().filter_map(named).collect();
    let used = vectors.sealed.iter().map(|of| of.key.clone()).chain(used).collect::<BTreeSet<_>>();
    assert_eq!(used, vectors.keys.into_keys().collect(), "a key no entry uses");
}

#[test]
fn every_sealed_text_opens() {
    let vectors = vectors();
    for entry in &vectors.sealed {
        let key = vectors.key(&entry.key);
        let ring = KeyRing::new().with(entry.kid.as_deref().unwrap_or(SHARED_KID), key);
        let context = entry.context.as_deref().unwrap_or_default();
        let opened =
            envelope::open(entry.format, &ring, context, &entry.payload, ReadOptions::default());
        assert_eq!(opened.as_deref(), Ok(entry.plaintext.as_str()), "{}", entry.label());
    }
}

#[test]
fn every_sealed_text_is_reproduced_byte_for_byte() {
    let vectors = vectors();
    for entry in &vectors.sealed {
        let key = vectors.key(&entry.key);
        let iv = unhex(&entry.iv_hex);
        let request = SealRequest::new(entry.format, &key, entry.plaintext.as_bytes())
            .kid(entry.kid.as_deref().unwrap_or(SHARED_KID))
            .context(entry.context.as_deref().unwrap_or_default())
            .iv(&iv);
        let sealed = envelope::seal(request, &mut StdRng::seed_from_u64(0));
        assert_eq!(sealed.as_deref(), Ok(entry.payload.as_str()), "{}", entry.label());
    }
}

/// The parts an entry spells out are the parts of its text.
#[test]
fn every_sealed_text_is_made_of_the_parts_it_names() {
    for entry in vectors().sealed {
        let raw = STANDARD.decode(&entry.payload).expect("the outer base64 is standard");
        let tag = entry.tag_hex.as_deref().unwrap_or_default();
        let ct = unhex(&format!("{}{tag}", entry.ciphertext_hex));
        if entry.format == Cipher::Cbc {
            assert_eq!(raw, [unhex(&entry.iv_hex), ct].concat(), "{}", entry.label());
            assert_eq!((&entry.tag_hex, &entry.associated_data), (&None, &None));
            continue;
        }
        let kid = entry.kid.as_deref().expect("a GCM entry names its key id");
        let json = format!(
            r#"{{"v": 1, "kid": "{kid}", "iv": "{}", "ct": "{}"}}"#,
            STANDARD.encode(unhex(&entry.iv_hex)),
            STANDARD.encode(ct)
        );
        assert_eq!(String::from_utf8(raw), Ok(json), "{}", entry.label());
        let context = entry.context.as_ref().map(|context| format!("|{context}"));
        let associated_data = format!("FLIP|v1|{kid}{}", context.unwrap_or_default());
        assert_eq!(entry.associated_data, Some(associated_data), "{}", entry.label());
    }
}

#[test]
fn every_reading_comes_out_as_it_says() {
    let vectors = vectors();
    for entry in &vectors.readings {
        let label = format!("{} reads {}", entry.reader, entry.name);
        let outcome = vectors.read(entry);
        let class = outcome.as_ref().map_or_else(envelope::OpenError::class, |_| "opens");
        assert_eq!(class, entry.expect, "{label}");
        assert_eq!(outcome.as_ref().ok(), entry.plaintext.as_ref(), "{label}");
        assert_eq!(entry.expect == "opens", entry.plaintext.is_some(), "{label}");
        if let Some(message) = &entry.message {
            let said = outcome.expect_err("only a failure has words").to_string();
            assert_eq!(&said, message, "{label}");
        }
    }
}

#[test]
fn no_entry_no_class_and_no_format_goes_unexercised() {
    let vectors = vectors();
    assert_eq!(vectors.schema_version, 1);
    let formats: BTreeSet<Cipher> = vectors.formats.keys().copied().collect();
    assert_eq!(formats, BTreeSet::from(Cipher::ALL));
    assert!(vectors.formats.values().all(|editions| !editions.is_empty()));
    let sealed: BTreeSet<Cipher> = vectors.sealed.iter().map(|entry| entry.format).collect();
    assert_eq!(sealed, formats, "a format without a sealed text");
    let readers: BTreeSet<Cipher> = vectors.readings.iter().map(|entry| entry.reader).collect();
    assert_eq!(readers, formats, "a format without a reading");
    let classes: BTreeSet<String> =
        vectors.readings.iter().map(|entry| entry.expect.clone()).collect();
    assert_eq!(classes, vectors.expect_classes, "classes named and classes exercised");

    let sealed_names = vectors.sealed.iter().map(Sealed::label);
    let reading_names =
        vectors.readings.iter().map(|entry| format!("{} reads {}", entry.reader, entry.name));
    let names: Vec<String> = sealed_names.chain(reading_names).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "two entries of one name");
    // The loops above run over these lists, so an empty list is the one way to exercise nothing.
    assert!(names.len() > Cipher::ALL.len() * 2);
}

impl Vectors {
    fn key(&self, name: &str) -> Vec<u8> {
        unhex(&self.keys.get(name).unwrap_or_else(|| panic!("no key named {name}")).hex)
    }

    fn read(&self, entry: &Reading) -> Result<String, envelope::OpenError> {
        let key = match (&entry.key, &entry.key_hex) {
            (Some(name), None) => self.key(name),
            (None, Some(hex)) => unhex(hex),
            _ => panic!("{} names one key, by name or by hex", entry.name),
        };
        let held = entry.ring.clone().unwrap_or_else(|| vec![SHARED_KID.to_owned()]);
        let ring = held.into_iter().fold(KeyRing::new(), |ring, kid| ring.with(kid, key.clone()));
        let options = ReadOptions {
            accept_legacy_cbc: entry.accept_legacy_cbc.unwrap_or(true),
            force_key: entry.force_key.unwrap_or(false).then_some(&key),
        };
        let context = entry.context.as_deref().unwrap_or_default();
        envelope::open(entry.reader, &ring, context, &entry.payload, options)
    }
}

impl Sealed {
    fn label(&self) -> String {
        format!("{} sealed {}", self.format, self.name)
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).expect("the vectors have the shape the README gives")
}

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex digits")
}

const VECTORS: &str = include_str!("../../fixtures/vectors/aes.json");
