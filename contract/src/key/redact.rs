//! Redaction of known secrets, and the search that proves it.

use std::borrow::Cow;
use std::ops::Range;

use serde::Serialize;

use super::forms::{Form, Haystack, Needles};
use super::{Secret, token};

/// Redacts a fixed set of secrets. Build it once where many texts pass.
#[derive(Default)]
pub struct Redactor(Vec<(String, Needles)>);

impl Redactor {
    /// Prepares the search for every form of every secret; empty secrets are left out.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let known = secrets.into_iter().filter(|secret| !secret.is_empty());
        Self(known.map(|secret| (token(secret.expose()), Needles::of(secret))).collect())
    }

    /// Replaces every form of every secret by the secret's token; borrows when nothing is found.
    ///
    /// Where finds overlap the whole stretch is replaced once, so that no rest of either stays. A
    /// secret of a few letters is replaced wherever these letters stand.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let finds = self.finds(text);
        if finds.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut redacted = String::with_capacity(text.len());
        let mut copied_to = 0;
        for (range, token) in finds {
            redacted.push_str(&text[copied_to..range.start]);
            redacted.push_str(token);
            copied_to = range.end;
        }
        redacted.push_str(&text[copied_to..]);
        Cow::Owned(redacted)
    }

    /// Disjoint stretches to replace, in order, each with the token of the find that opens it.
    fn finds(&self, text: &str) -> Vec<(Range<usize>, &str)> {
        let haystack = Haystack::new(text);
        let mut finds: Vec<(Range<usize>, &str)> = Vec::new();
        for (token, needles) in &self.0 {
            let ranges = needles.find(&haystack).into_iter().map(|(_, range)| range);
            finds.extend(ranges.map(|range| (range, token.as_str())));
        }
        // The longest of those that start together goes first and gives its token.
        finds.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut disjoint: Vec<(Range<usize>, &str)> = Vec::new();
        for (range, token) in finds {
            match disjoint.last_mut() {
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => disjoint.push((range, token)),
            }
        }
        disjoint
    }
}

/// Replaces every form of the `known` secrets in `text` by their tokens; see [`Redactor::redact`].
pub fn mask_known<'t>(text: &'t str, known: &[&Secret]) -> Cow<'t, str> {
    Redactor::new(known.iter().copied()).redact(text)
}

/// One planted secret found in one form. Says which, never what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leak {
    /// The name under which the secret was given.
    pub name: String,
    /// The form it was found in.
    pub form: Form,
}

/// The planted secrets that stand in `text`: each name and form once, in the order given.
pub fn leaks(text: &str, planted: &[(&str, &Secret)]) -> Vec<Leak> {
    let haystack = Haystack::new(text);
    let mut leaks = Vec::new();
    for (name, secret) in planted {
        let finds = Needles::of(secret).find(&haystack);
        let plain: Vec<&Range<usize>> =
            finds.iter().filter(|(form, _)| *form == Form::Plain).map(|(_, range)| range).collect();
        let inside_plain = |range: &Range<usize>| {
            plain.iter().any(|p| p.start <= range.start && range.end <= p.end)
        };
        let mut forms: Vec<Form> = finds
            .iter()
            .filter(|(form, range)| *form == Form::Plain || !inside_plain(range))
            .map(|(form, _)| *form)
            .collect();
        forms.sort_unstable();
        forms.dedup();
        leaks.extend(forms.into_iter().map(|form| Leak { name: (*name).to_owned(), form }));
    }
    leaks
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn percent(text: &str, every: bool) -> String {
        text.bytes()
            .map(|b| match b {
                b if b.is_ascii_alphanumeric() && !every => char::from(b).to_string(),
                b => format!("%{b:02x}"),
            })
            .collect()
    }

    fn disguise(secret: &str, form: u8) -> String {
        match form {
            0 => secret.to_owned(),
            1 => STANDARD.encode(secret),
            2 => URL_SAFE_NO_PAD.encode(secret),
            3 => hex::encode(secret),
            4 => hex::encode_upper(secret),
            5 => percent(secret, false),
            6 => STANDARD.encode(format!("user:{secret}")),
            7 => serde_json::Value::from(secret).to_string(),
            _ => percent(secret, true),
        }
    }

    #[test]
    fn overlapping_secrets_leave_no_rest() {
        let (first, second) = (Secret::from("abcdefgh"), Secret::from("efghijkl"));
        let masked = mask_known("<abcdefghijkl>", &[&second, &first]);
        assert_eq!(masked, format!("<{}>", first.token()));
    }

    #[test]
    fn a_leak_names_secret_and_form_once() {
        let key = Secret::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let other = Secret::from("not in there");
        let text = format!("{0} {0} {1}", key.expose(), hex::encode(key.expose()));
        let found = leaks(&text, &[("other", &other), ("key", &key)]);
        let leak = |form| Leak { name: "key".to_owned(), form };
        assert_eq!(found, [leak(Form::Plain), leak(Form::Hex)]);
        assert_eq!(leaks("", &[("key", &key), ("none", &Secret::from(""))]), []);
    }

    #[test]
    fn without_a_find_the_text_is_borrowed() {
        let known = Secret::from("hidden words");
        assert!(matches!(mask_known("100% +1 nothing", &[&known]), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn redaction_never_leaves_a_secret_in_any_form(
            secrets in prop::collection::vec("[!-z\u{e9}\u{65e5}]{8,44}", 1..4),
            pieces in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..9, ".{0,12}"), 0..8),
        ) {
            let secrets: Vec<Secret> = secrets.into_iter().map(Secret::from).collect();
            let known: Vec<&Secret> = secrets.iter().collect();
            let mut text = String::new();
            for (which, form, between) in &pieces {
                text.push_str(&disguise(which.get(&known).expose(), *form));
                text.push_str(between);
            }
            let redacted = mask_known(&text, &known);
            let planted: Vec<(&str, &Secret)> = known.iter().map(|s| ("planted", *s)).collect();
            prop_assert_eq!(leaks(&redacted, &planted), []);
            // The control: before redaction every one of them is found.
            prop_assert_eq!(leaks(&text, &planted).is_empty(), pieces.is_empty());
        }

        #[test]
        fn any_text_and_any_secret_are_searched_without_a_panic(text in ".*", secret in ".*") {
            let secret = Secret::from(secret);
            let _ = mask_known(&text, &[&secret]);
            let _ = leaks(&text, &[("any", &secret)]);
        }
    }
}
