//! The forms in which a known secret may turn up in a text, and how each is searched for.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Secret;

/// The form a secret was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The text itself.
    Plain,
    /// Escaped as inside a JSON string.
    Json,
    /// Base64 in either alphabet, padded or not, alone or inside a longer encoded text; for a key
    /// that is itself base64 also its bytes in the other alphabet.
    Base64,
    /// Hex digits in any letter case, of the text or of the bytes it encodes.
    Hex,
    /// Percent-encoded, wholly or in part, hex digits in any letter case.
    UrlEncoded,
}

/// Everything to look for to find one secret.
pub(super) struct Needles(Vec<Needle>);

struct Needle {
    form: Form,
    search: Search,
    text: Zeroizing<String>,
}

#[derive(Clone, Copy)]
enum Search {
    Exact,
    AnyCase,
    Percent,
}

/// A text prepared for searching: the copies some searches need are made once.
pub(super) struct Haystack<'t> {
    text: &'t str,
    lower: Zeroizing<String>,
    may_be_percent: bool,
}

impl<'t> Haystack<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let lower = Zeroizing::new(text.to_ascii_lowercase());
        Self { text, lower, may_be_percent: text.contains('%') || text.contains('+') }
    }
}

impl Needles {
    /// An empty secret has no form. One shorter than four bytes is looked for as it is only: its
    /// encoded forms are too short to tell from chance.
    pub(super) fn of(secret: &Secret) -> Self {
        let text = secret.expose();
        let mut needles = Self(Vec::new());
        if text.is_empty() {
            return needles;
        }
        needles.add(Form::Plain, Search::Exact, text);
        if text.len() < ENCODED_FROM_BYTES {
            return needles;
        }
        let quoted = Zeroizing::new(serde_json::Value::from(text).to_string());
        let inside = &quoted[1..quoted.len() - 1];
        if inside != text {
            needles.add(Form::Json, Search::Exact, inside);
        }
        needles.add(Form::UrlEncoded, Search::Percent, text);
        needles.add_encodings(text.as_bytes());
        needles.add_embedded_base64(text.as_bytes());
        if let Some(bytes) = key_bytes(text) {
            needles.add_encodings(&bytes);
        }
        needles
    }

    /// Where the secret stands in the text, unordered; ranges may overlap.
    pub(super) fn find(&self, haystack: &Haystack<'_>) -> Vec<(Form, Range<usize>)> {
        let mut found = Vec::new();
        for needle in &self.0 {
            let ranges = match needle.search {
                Search::Exact => occurrences(haystack.text, &needle.text),
                Search::AnyCase => occurrences(&haystack.lower, &needle.text),
                Search::Percent if haystack.may_be_percent => {
                    percent_occurrences(haystack.text.as_bytes(), needle.text.as_bytes())
                }
                Search::Percent => Vec::new(),
            };
            found.extend(ranges.into_iter().map(|range| (needle.form, range)));
        }
        found
    }

    fn add(&mut self, form: Form, search: Search, text: &str) {
        self.0.push(Needle { form, search, text: Zeroizing::new(text.to_owned()) });
    }

    fn add_encodings(&mut self, bytes: &[u8]) {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let text = Zeroizing::new(engine.encode(bytes));
            self.add(Form::Base64, Search::Exact, &text);
            self.add(Form::UrlEncoded, Search::Percent, &text);
        }
        self.add(Form::Hex, Search::AnyCase, &Zeroizing::new(hex::encode(bytes)));
    }

    /// Inside a longer encoded text (`user:password`, say) a secret starts at one of three offsets
    /// within a group of three bytes; its inner characters do not depend on its neighbours.
    fn add_embedded_base64(&mut self, bytes: &[u8]) {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            for (offset, foreign_chars) in [(0, 0), (1, 2), (2, 3)] {
                let mut shifted = Zeroizing::new(vec![0; offset]);
                shifted.extend_from_slice(bytes);
                let text = Zeroizing::new(engine.encode(&*shifted));
                let whole_chars = shifted.len() * 8 / 6;
                let inner = &text[foreign_chars..whole_chars];
                if inner.len() >= EMBEDDED_FROM_CHARS {
                    self.add(Form::Base64, Search::Exact, inner);
                    self.add(Form::UrlEncoded, Search::Percent, inner);
                }
            }
        }
    }
}

/// The bytes of a text that is itself an encoded key.
fn key_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?;
    let bytes = Zeroizing::new(bytes);
    (bytes.len() >= KEY_FROM_BYTES).then_some(bytes)
}

fn occurrences(text: &str, needle: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(needle).map(|at| at + from) {
        found.push(at..at + needle.len());
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
    found
}

fn percent_occurrences(text: &[u8], needle: &[u8]) -> Vec<Range<usize>> {
    (0..text.len())
        .filter_map(|start| percent_match(&text[start..], needle).map(|len| start..start + len))
        .collect()
}

/// Length of the percent-encoded `needle` at the start of `text`; `None` when it is not there or
/// when nothing in it is encoded.
fn percent_match(text: &[u8], needle: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut encoded = false;
    for &wanted in needle {
        match (text.get(at)?, wanted) {
            (&same, _) if same == wanted && same != b'%' => at += 1,
            (b'+', b' ') => {
                encoded = true;
                at += 1;
            }
            (b'%', _) => {
                let digits = text.get(at + 1..at + 3)?;
                let value = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
                if value != wanted {
                    return None;
                }
                encoded = true;
                at += 3;
            }
            _ => return None,
        }
    }
    encoded.then_some(at)
}

const ENCODED_FROM_BYTES: usize = 4;
const EMBEDDED_FROM_CHARS: usize = 8;
const KEY_FROM_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn forms_in(text: &str, secret: &str) -> Vec<Form> {
        let mut forms: Vec<Form> = Needles::of(&Secret::from(secret))
            .find(&Haystack::new(text))
            .into_iter()
            .map(|(form, _)| form)
            .collect();
        forms.sort_unstable();
        forms.dedup();
        forms
    }

    #[test]
    fn each_form_is_found_and_its_absence_too() {
        let secret = "p?ss \"w/rd\"";
        assert_eq!(forms_in("x p?ss \"w/rd\" x", secret), [Form::Plain]);
        assert_eq!(forms_in(r#"{"a":"p?ss \"w/rd\""}"#, secret), [Form::Json]);
        assert_eq!(forms_in("p%3Fss+%22w%2frd%22", secret), [Form::UrlEncoded]);
        assert_eq!(forms_in("p%3Fss%20%22w/rd%22", secret), [Form::UrlEncoded]);
        assert_eq!(forms_in("703F737320227722f72642", secret), []);
        assert_eq!(forms_in(&hex::encode_upper(secret), secret), [Form::Hex]);
        assert_eq!(forms_in(&STANDARD.encode(secret), secret), [Form::Base64]);
        assert_eq!(forms_in("p%3Fss%ZZ%", secret), []);
    }

    #[test]
    fn a_secret_inside_a_longer_base64_text_is_found_at_every_offset() {
        for user in ["", "u", "us", "usr"] {
            let header = STANDARD.encode(format!("{user}:correct horse:{user}"));
            assert_eq!(forms_in(&header, "correct horse"), [Form::Base64], "{user}");
        }
    }

    #[test]
    fn base64_in_an_address_is_found_whatever_its_padding_and_alphabet() {
        // 0xfb 0xff at its end gives the letters in which the two alphabets differ.
        for pad in ["", "x", "xx", "xxx"] {
            let secret = format!("SELECT \u{7ff}{pad} FROM omop.person");
            for engine in [&STANDARD, &URL_SAFE] {
                for before in ["", "a", "ab"] {
                    let value = engine.encode(format!("{before}{secret}"));
                    let query = value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
                    let line =
                        format!("GET http://imaging-api/import/1?encoded_query={query} HTTP/1.1");
                    assert!(!forms_in(&line, &secret).is_empty(), "{line}");
                }
            }
        }
    }

    #[test]
    fn the_bytes_of_a_key_are_the_key() {
        let key = STANDARD.encode([0xfb; 32]);
        assert_eq!(forms_in(&URL_SAFE_NO_PAD.encode([0xfb; 32]), &key), [Form::Base64]);
        assert_eq!(forms_in(&"Fb".repeat(32), &key), [Form::Hex]);
        assert_eq!(forms_in(&format!("k={}%3d", key.trim_end_matches('=')), &key).len(), 2);
    }
}
