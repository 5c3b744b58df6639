//! No planted secret and nothing that looks like a key is shown: both are masked by their tokens.

use std::borrow::Cow;
use std::fmt;

use contract::key::{self, SERVICE_KEY_CHARS, Secret};
use parking_lot::RwLock;

use super::secret_index::{BEGINNING_BYTES, SecretIndex};
use crate::shorten::is_of_key;

/// Knows the planted secrets and looks for them in whatever is about to be written.
#[derive(Default)]
pub struct Guard {
    planted: RwLock<Planted>,
}

#[derive(Default)]
struct Planted {
    secrets: Vec<(String, Secret)>,
    index: SecretIndex,
}

/// A text that holds secrets, by their names; never their values.
///
/// A text in the form of a key that nobody planted is named by its token, so that whoever holds the
/// key can recognise it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// What was found, each once.
    pub names: Vec<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not written, because it would show secrets: {}", self.names.join(", "))
    }
}

impl Guard {
    /// A guard that looks for these secrets, each under the name to call it by.
    pub fn new(planted: Vec<(String, Secret)>) -> Self {
        let guard = Self::default();
        for (name, secret) in planted {
            guard.plant(name, secret);
        }
        guard
    }

    /// Looks for one more secret from now on; one that is known already is not taken twice.
    pub fn plant(&self, name: impl Into<String>, secret: Secret) {
        let mut planted = self.planted.write();
        if planted.secrets.iter().any(|(_, known)| *known == secret) {
            return;
        }
        let number = planted.secrets.len();
        if is_searchable(&secret) {
            planted.index.add(number, &secret);
        }
        planted.secrets.push((name.into(), secret));
    }

    /// Names of planted secrets that are too short to tell from ordinary words and are therefore
    /// not looked for.
    pub fn too_short(&self) -> Vec<String> {
        let planted = self.planted.read();
        let short = planted.secrets.iter().filter(|(_, secret)| !is_searchable(secret));
        short.map(|(name, _)| name.clone()).collect()
    }

    /// Looks for every planted secret (plain, base64, hex, URL-encoded, escaped as JSON) and for
    /// every text in the form of a key that is no token.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Refused> {
        let text = String::from_utf8_lossy(bytes);
        let mut names = self.planted_in(&text);
        names.extend(key_like_runs(&text).map(key::token));
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        if names.is_empty() { Ok(()) } else { Err(Refused { names }) }
    }

    /// Looks for planted secrets only.
    pub fn check_planted(&self, bytes: &[u8]) -> Result<(), Refused> {
        let names = self.planted_in(&String::from_utf8_lossy(bytes));
        if names.is_empty() { Ok(()) } else { Err(Refused { names }) }
    }

    /// The text with every secret that [`check`](Self::check) would find replaced by its token; a text
    /// that cannot be masked is left out.
    pub fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.mask(text).unwrap_or_else(|_| match self.check(NOT_SHOWN.as_bytes()) {
            Ok(()) => Cow::Borrowed(NOT_SHOWN),
            Err(_) => Cow::Borrowed(""),
        })
    }

    /// The same, or what the text would show even so: a token can read like another secret.
    pub fn mask<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, Refused> {
        if self.check(text.as_bytes()).is_ok() {
            return Ok(Cow::Borrowed(text));
        }
        let masked = mask_key_like_runs(&self.without_planted(text));
        self.check(masked.as_bytes()).map(|()| Cow::Owned(masked))
    }

    fn without_planted(&self, text: &str) -> String {
        let planted = self.planted.read();
        let candidates = planted.index.candidates(text).into_iter();
        let secrets = candidates.filter_map(|number| planted.secrets.get(number));
        let known: Vec<&Secret> = secrets.map(|(_, secret)| secret).collect();
        key::mask_known(text, &known).into_owned()
    }

    fn planted_in(&self, text: &str) -> Vec<String> {
        let planted = self.planted.read();
        let candidates = planted.index.candidates(text);
        let searched: Vec<(&str, &Secret)> = candidates
            .into_iter()
            .filter_map(|number| planted.secrets.get(number))
            .map(|(name, secret)| (name.as_str(), secret))
            .collect();
        key::leaks(text, &searched).into_iter().map(|leak| leak.name).collect()
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let planted = self.planted.read();
        f.debug_list().entries(planted.secrets.iter().map(|(name, _)| name)).finish()
    }
}

/// Whether there is a text in the form of a key, see [`Guard::check`].
pub(super) fn holds_key_like_run(text: &str) -> bool {
    key_like_runs(text).next().is_some()
}

fn key_like_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_of_key(c)).filter(|run| is_key_like(run))
}

fn mask_key_like_runs(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = &rest[..rest.find(|c| !is_of_key(c)).unwrap_or(rest.len())];
        let (_, after) = rest.split_at(run.len());
        if is_key_like(run) {
            masked.push_str(&key::token(run));
        } else {
            masked.push_str(run);
        }
        let between = &after[..after.find(is_of_key).unwrap_or(after.len())];
        masked.push_str(between);
        rest = &after[between.len()..];
    }
    masked
}

/// Whether a whole run of key characters has the form of a key: that of
/// [`mask_text`](key::mask_text), with letters of both cases. A random key without one of the cases
/// does not occur (odds below 1 in 10^9); an id or a digest always is.
fn is_key_like(run: &str) -> bool {
    let is_long = (SERVICE_KEY_CHARS..=SERVICE_KEY_CHARS + 1).contains(&run.len());
    is_long
        && run.contains(|c: char| c.is_ascii_uppercase())
        && run.contains(|c: char| c.is_ascii_lowercase())
        && key::mask_text(run) != run
}

/// Shorter secrets (`admin`, `test`) stand in ordinary words.
fn is_searchable(secret: &Secret) -> bool {
    secret.expose().len() >= BEGINNING_BYTES
}

/// What stands for a text that cannot be shown in part.
const NOT_SHOWN: &str = "(not shown: it holds a secret)";

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

    fn guard() -> Guard {
        Guard::new(vec![("site password".to_owned(), Secret::from("p?ss \"w/rd\" é"))])
    }

    #[test]
    fn a_planted_secret_is_refused_in_every_form_and_named_without_its_value() {
        let secret = "p?ss \"w/rd\" é";
        let forms = [
            secret.to_owned(),
            STANDARD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            hex::encode(secret),
            hex::encode_upper(secret),
            "p%3Fss%20%22w%2Frd%22%20%C3%A9".to_owned(),
            serde_json::to_string(secret).unwrap(),
        ];
        for form in forms {
            let refused = guard().check(format!("<{form}>").as_bytes()).unwrap_err();
            assert_eq!(refused.names, ["site password"], "{form}");
            assert!(!refused.to_string().contains(&form), "{refused}");
        }
        assert_eq!(guard().check(b"password of the site"), Ok(()));
    }

    #[test]
    fn a_key_nobody_planted_is_refused_and_named_by_its_token() {
        let padded = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        for key in [KEY, padded] {
            let refused = guard().check(format!("X-Key: {key}\u{ff}").as_bytes()).unwrap_err();
            assert_eq!(refused.names, [key::token(key)]);
            assert_eq!(guard().check(key::token(key).as_bytes()), Ok(()));
        }
    }

    #[test]
    fn ids_and_digests_of_the_same_length_are_no_keys() {
        let slug = "the-trust-stays-online-while-a-long-task-ru";
        assert_eq!(slug.len(), SERVICE_KEY_CHARS);
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for text in [slug, digest, &digest[..SERVICE_KEY_CHARS], &format!("{KEY}x")] {
            assert_eq!(guard().check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn words_too_short_to_search_for_are_named() {
        let guard = Guard::new(vec![("web password".to_owned(), Secret::from("admin"))]);
        assert_eq!(guard.check(b"hub admin"), Ok(()));
        assert_eq!(guard.too_short(), ["web password"]);
    }

    #[test]
    fn a_secret_planted_later_is_found_from_then_on() {
        let guard = Guard::default();
        assert_eq!(guard.check(b"correct horse"), Ok(()));
        guard.plant("late", Secret::from("correct horse"));
        guard.plant("again", Secret::from("correct horse"));
        assert_eq!(guard.check(b"correct horse").unwrap_err().names, ["late"]);
        assert_eq!(format!("{guard:?}"), r#"["late"]"#);
    }

    #[test]
    fn a_secret_inside_a_text_is_masked_and_the_rest_stays() {
        let secret = "p?ss \"w/rd\" é";
        let text = format!("pw={secret}, key: {KEY}, cut: {KEY}…");
        let (pw, key) = (key::token(secret), key::token(KEY));
        assert_eq!(guard().masked(&text), format!("pw={pw}, key: {key}, cut: {key}…"));
        assert!(matches!(guard().masked("nothing é"), Cow::Borrowed("nothing é")));
    }

    #[test]
    fn a_secret_that_reads_like_a_token_leaves_nothing_of_the_text() {
        let planted = vec![("odd".to_owned(), Secret::from("{secret:"))];
        assert_eq!(Guard::new(planted).masked("a {secret: b"), NOT_SHOWN);
        let planted = [("a", "{secret:"), ("b", "it holds a secret")];
        let planted = planted.map(|(name, text)| (name.to_owned(), Secret::from(text)));
        assert_eq!(Guard::new(planted.to_vec()).masked("a {secret: b"), "");
    }
}
