//! Payloads no hub should send: altered, foreign, torn (trust 6 and 8). Made with the trust's real
//! key, so that only the one thing named is wrong with each.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use contract::envelope::{Cipher, SealRequest, seal, task_context};
use serde_json::{Value, json};

use crate::finding::{Judged, Stop};
use crate::payloads::payload_key;
use crate::stage::Stage;

/// What a forgery starts from: an honest task.
pub struct Honest<'a> {
    /// The federation it is for.
    pub stage: &'a Stage,
    /// Its type.
    pub task_type: &'a str,
    /// Its payload before sealing.
    pub plaintext: &'a str,
}

/// A forged text by the words of a feature file.
///
/// # Errors
/// *Not applicable* where the edition reads the format by design; *not verified* for unknown words.
pub fn forge(what: &str, honest: &Honest<'_>) -> Judged<String> {
    let own = honest.stage.edition.cipher;
    match what {
        "a flipped bit in the iv" => honest.flipped(Place::Iv),
        "a flipped bit in the ciphertext" => honest.flipped(Place::Ciphertext),
        "a flipped bit at the end" => honest.flipped(Place::End),
        "plain JSON" => Ok(honest.plaintext.to_owned()),
        "plain JSON in base64" => Ok(STANDARD.encode(honest.plaintext)),
        "a JSON list in base64" => Ok(STANDARD.encode("[1]")),
        "no text at all" => Ok(String::new()),
        "words" => Ok("this is no payload".to_owned()),
        "the cipher cbc" if own == Cipher::GcmContext => honest.sealed(Cipher::Cbc, ""),
        "the cipher cbc" => Err(Stop::not_applicable("this edition reads cbc by design")),
        "the cipher gcm-kid" if own == Cipher::GcmKid => {
            Err(Stop::not_applicable("this edition reads gcm-kid by design"))
        }
        "the cipher gcm-kid" => honest.sealed(Cipher::GcmKid, ""),
        "an empty context" => honest.sealed(Cipher::GcmContext, ""),
        "an iv of 16 bytes" => honest.long_iv(),
        "url-safe base64 inside" => honest.url_safe(),
        "a line break inside" => Ok(with_line_break(&honest.envelope_text()?)),
        "a pad too many" => Ok(format!("{}=", honest.envelope_text()?)),
        other => honest.changed_envelope(other),
    }
}

#[derive(Clone, Copy)]
enum Place {
    Iv,
    Ciphertext,
    End,
}

impl Honest<'_> {
    /// As the edition seals it.
    pub fn genuine(&self) -> Judged<String> {
        let cipher = self.stage.hub_edition.cipher;
        self.sealed(cipher, &task_context(self.task_type))
    }

    fn sealed(&self, cipher: Cipher, context: &str) -> Judged<String> {
        let key = payload_key(self.stage)?;
        let request = SealRequest::new(cipher, &key, self.plaintext.as_bytes()).context(context);
        seal(request, &mut rand::rng()).map_err(Stop::not_verified)
    }

    fn envelope_text(&self) -> Judged<String> {
        self.sealed(Cipher::GcmContext, &task_context(self.task_type))
    }

    fn long_iv(&self) -> Judged<String> {
        let (key, context) = (payload_key(self.stage)?, task_context(self.task_type));
        let request = SealRequest::new(Cipher::GcmContext, &key, self.plaintext.as_bytes());
        seal(request.context(&context).iv(&[7; 16]), &mut rand::rng()).map_err(Stop::not_verified)
    }

    /// One bit changed in what the edition's own format holds.
    fn flipped(&self, place: Place) -> Judged<String> {
        let text = self.genuine()?;
        if self.stage.hub_edition.cipher == Cipher::Cbc {
            let mut bytes = decoded(&text)?;
            let at = match place {
                // The first character of the text becomes one that no text begins with.
                Place::Iv => 0,
                Place::Ciphertext => bytes.len() - 17,
                Place::End => bytes.len() - 1,
            };
            bytes[at] ^= 0x80;
            return Ok(STANDARD.encode(bytes));
        }
        let mut envelope = opened(&text)?;
        let member = if matches!(place, Place::Iv) { "iv" } else { "ct" };
        let mut bytes = decoded(envelope[member].as_str().unwrap_or_default())?;
        let at = match place {
            Place::Iv => 3,
            Place::Ciphertext => self.value_position(),
            Place::End => bytes.len() - 1,
        };
        bytes[at] ^= 1;
        envelope[member] = STANDARD.encode(bytes).into();
        Ok(closed(&envelope))
    }

    /// Inside the first text value: a change there still reads as JSON.
    fn value_position(&self) -> usize {
        self.plaintext.find(":\"").map_or(self.plaintext.len() / 2, |at| at + 3)
    }

    fn url_safe(&self) -> Judged<String> {
        for _ in 0..64 {
            let mut envelope = opened(&self.envelope_text()?)?;
            let standard = envelope["ct"].as_str().unwrap_or_default().to_owned();
            let url_safe = URL_SAFE.encode(decoded(&standard)?);
            if url_safe != standard {
                envelope["ct"] = url_safe.into();
                return Ok(closed(&envelope));
            }
        }
        Err(Stop::not_verified("no ciphertext with a character outside the url-safe alphabet"))
    }

    fn changed_envelope(&self, what: &str) -> Judged<String> {
        let mut envelope = opened(&self.envelope_text()?)?;
        let (member, value) = match what {
            "a kid nobody holds" => ("kid", Some(json!("trust-nobody"))),
            "a number as kid" => ("kid", Some(json!(1))),
            "version 0" => ("v", Some(json!(0))),
            "version 2" => ("v", Some(json!(2))),
            "version 1.0" => ("v", Some(json!(1.0))),
            "version true" => ("v", Some(json!(true))),
            "version 1 as text" => ("v", Some(json!("1"))),
            "a list as ciphertext" => ("ct", Some(json!([]))),
            "no version" => ("v", None),
            "no kid" => ("kid", None),
            "no iv" => ("iv", None),
            "no ciphertext" => ("ct", None),
            _ => return Err(Stop::not_verified(format!("no forgery is called {what:?}"))),
        };
        match value {
            Some(value) => envelope[member] = value,
            None => drop(envelope.as_object_mut().and_then(|members| members.remove(member))),
        }
        Ok(closed(&envelope))
    }
}

fn opened(text: &str) -> Judged<Value> {
    serde_json::from_slice(&decoded(text)?).map_err(Stop::not_verified)
}

fn closed(envelope: &Value) -> String {
    STANDARD.encode(envelope.to_string())
}

fn decoded(text: &str) -> Judged<Vec<u8>> {
    STANDARD.decode(text).map_err(Stop::not_verified)
}

fn with_line_break(text: &str) -> String {
    let (start, rest) = text.split_at(text.len() / 2);
    format!("{start}\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_stands_in_the_middle_and_an_envelope_closes_as_it_opened() {
        assert_eq!(with_line_break("abcd"), "ab\ncd");
        let envelope = json!({"v": 1, "kid": "shared", "iv": "", "ct": ""});
        assert_eq!(opened(&closed(&envelope)).expect("opens"), envelope);
    }
}
