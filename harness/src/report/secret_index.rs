//! Which of many secrets may stand in a text, found in one pass.
//!
//! A run plants a dozen secrets for every fresh target, and looks for each of them in every event
//! and every report. Searching for one after the other would cost more than the run, so the first
//! bytes of every form of every secret are kept in a table, and only secrets whose first bytes
//! occur are searched for in earnest.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use contract::key::Secret;

/// The table. Secrets are known by the number under which they were added.
#[derive(Default)]
pub(super) struct SecretIndex {
    beginnings: HashMap<Beginning, Vec<usize>>,
}

type Beginning = [u8; BEGINNING_BYTES];

impl SecretIndex {
    /// Adds every form of a secret that [`leaks`](contract::key::leaks) looks for.
    pub(super) fn add(&mut self, number: usize, secret: &Secret) {
        let text = secret.expose();
        self.add_form(number, text.as_bytes());
        let quoted = serde_json::Value::from(text).to_string();
        self.add_form(number, &quoted.as_bytes()[1..]);
        self.add_encodings(number, text.as_bytes());
        for engine in [STANDARD, URL_SAFE] {
            // Inside a longer text in base64 a secret begins at one of three offsets; the first
            // characters depend on what comes before.
            for (offset, foreign_chars) in [(1, 2), (2, 3)] {
                let shifted = [&[0; 2][..offset], text.as_bytes()].concat();
                self.add_form(number, &engine.encode(shifted).as_bytes()[foreign_chars..]);
            }
        }
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            if let Ok(bytes) = engine.decode(text) {
                self.add_encodings(number, &bytes);
            }
        }
    }

    /// The secrets that may stand in the text, in order. One that is not named does not.
    pub(super) fn candidates(&self, text: &str) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        if self.beginnings.is_empty() {
            return found;
        }
        self.collect(text.as_bytes(), &mut found);
        self.collect(text.to_ascii_lowercase().as_bytes(), &mut found);
        if text.contains(['%', '+']) {
            let starts = (0..text.len()).filter_map(|at| decoded_beginning(&text.as_bytes()[at..]));
            let numbers = starts.filter_map(|beginning| self.beginnings.get(&beginning));
            found.extend(numbers.flatten());
        }
        found
    }

    fn add_encodings(&mut self, number: usize, bytes: &[u8]) {
        self.add_form(number, STANDARD.encode(bytes).as_bytes());
        self.add_form(number, URL_SAFE.encode(bytes).as_bytes());
        self.add_form(number, hex::encode(bytes).as_bytes());
    }

    fn add_form(&mut self, number: usize, form: &[u8]) {
        for form in [form, &blank_for_plus(form)] {
            if let Some(beginning) = form.first_chunk::<BEGINNING_BYTES>() {
                let numbers = self.beginnings.entry(*beginning).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
    }

    fn collect(&self, text: &[u8], found: &mut BTreeSet<usize>) {
        for window in text.windows(BEGINNING_BYTES) {
            if let Some(numbers) = self.beginnings.get(window) {
                found.extend(numbers);
            }
        }
    }
}

/// The first bytes of the text, `%XX` decoded, and blanks for plus signs, which may mean either.
fn decoded_beginning(mut text: &[u8]) -> Option<Beginning> {
    let mut beginning = Beginning::default();
    for place in &mut beginning {
        let (byte, rest) = match text {
            [b'%', high, low, rest @ ..] => {
                let digits = [*high, *low];
                let digits = str::from_utf8(&digits).ok()?;
                (u8::from_str_radix(digits, 16).ok()?, rest)
            }
            [byte, rest @ ..] => (*byte, rest),
            [] => return None,
        };
        *place = if byte == b'+' { b' ' } else { byte };
        text = rest;
    }
    Some(beginning)
}

fn blank_for_plus(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
}

/// No form that is searched for is shorter; the shortest secrets have this many bytes.
pub(super) const BEGINNING_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use contract::key::leaks;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn disguised(secret: &str, form: u8) -> String {
        let percent = |every: bool| -> String {
            let one = |b: u8| match b {
                b' ' if !every => "+".to_owned(),
                b if b.is_ascii_alphanumeric() && !every => char::from(b).to_string(),
                b => format!("%{b:02x}"),
            };
            secret.bytes().map(one).collect()
        };
        match form {
            0 => secret.to_owned(),
            1 => STANDARD.encode(secret),
            2 => URL_SAFE_NO_PAD.encode(secret),
            3 => hex::encode_upper(secret),
            4 => percent(true),
            5 => percent(false),
            6 => STANDARD.encode(format!("user:{secret}")),
            7 => STANDARD.encode(format!("users:{secret}")),
            8 => serde_json::Value::from(secret).to_string(),
            9 => url::form_urlencoded::byte_serialize(STANDARD.encode(secret).as_bytes()).collect(),
            _ => STANDARD.decode(secret).map_or_else(|_| secret.to_owned(), hex::encode),
        }
    }

    fn secret() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~\u{e9}\u{65e5}]{8,44}",
            any::<[u8; 32]>().prop_map(|bytes| STANDARD.encode(bytes)),
            any::<[u8; 32]>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn what_the_search_finds_is_always_a_candidate(
            secret in secret(),
            form in 0..11_u8,
            around in select(vec!["", "x", "a: ", "%", "é"]),
        ) {
            let mut index = SecretIndex::default();
            index.add(7, &Secret::from(secret.as_str()));
            let text = format!("{around}{}{around}", disguised(&secret, form));
            let planted = Secret::from(secret.as_str());
            prop_assert!(!leaks(&text, &[("it", &planted)]).is_empty(), "{text}");
            prop_assert!(index.candidates(&text).contains(&7), "{text}");
        }
    }

    #[test]
    fn a_percent_sign_in_front_hides_nothing() {
        let mut index = SecretIndex::default();
        index.add(0, &Secret::from("abc def ghi"));
        assert!(!index.candidates("%abc%20def%20ghi").is_empty());
    }

    #[test]
    fn ordinary_text_names_no_candidate() {
        let mut index = SecretIndex::default();
        index.add(0, &Secret::from("correct horse battery"));
        assert!(index.candidates("the horse was correct, 100% + more").is_empty());
        assert!(!index.candidates("xxcorrect horse").is_empty());
    }
}
