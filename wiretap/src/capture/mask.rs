//! Secrets become tokens before anything is stored.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue};
use contract::capture::BODY_BYTES_MAX;
use contract::key::{SERVICE_KEY_CHARS, mask_text, token};
use parking_lot::Mutex;

/// Remembers the last secret header value of a connection and what stands for it: callers repeat
/// their key, and the digest need not be.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Option<Known>>);

struct Known {
    value: Box<[u8]>,
    shown: Box<str>,
}

impl TokenCache {
    /// Gives `sink` the recordable form of a header value.
    pub(super) fn masked(
        &self,
        name: &HeaderName,
        value: &HeaderValue,
        secret_headers: &[HeaderName],
        sink: impl FnOnce(&[u8]),
    ) {
        let value = value.as_bytes();
        if !secret_headers.contains(name) {
            return sink(&masked_text(value));
        }
        let mut last = self.0.lock();
        match &*last {
            Some(known) if *known.value == *value => sink(known.shown.as_bytes()),
            _ => {
                let shown = tokenised(value);
                sink(shown.as_bytes());
                *last = Some(Known { value: value.into(), shown: shown.into() });
            }
        }
    }
}

/// The whole value as a token; a scheme such as `Bearer` stays readable, and so does nothing at all.
fn tokenised(value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    if value.is_empty() {
        return String::new();
    }
    if let Some((scheme, secret)) = value.split_once(' ')
        && scheme.bytes().all(|b| b.is_ascii_alphabetic())
        && scheme.len() <= SCHEME_CHARS_MAX
        && !secret.trim().is_empty()
    {
        return format!("{scheme} {}", token(secret.trim()));
    }
    token(&value)
}

/// Text of any length with every key-shaped run replaced.
fn masked_text(text: &[u8]) -> Cow<'_, [u8]> {
    if text.len() < SERVICE_KEY_CHARS {
        return Cow::Borrowed(text);
    }
    match String::from_utf8_lossy(text) {
        Cow::Borrowed(text) => match mask_text(text) {
            Cow::Borrowed(same) => Cow::Borrowed(same.as_bytes()),
            Cow::Owned(masked) => Cow::Owned(masked.into_bytes()),
        },
        // Bytes that are no text stay as they are unless there is a key among them.
        Cow::Owned(lossy) => match mask_text(&lossy) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(masked) => Cow::Owned(masked.into_bytes()),
        },
    }
}

/// A path; each of its segments is judged alone.
pub(super) fn masked_path(path: &str) -> Cow<'_, str> {
    masked_pieces(path, &['/'])
}

/// A query; each name and each value is judged alone.
pub(super) fn masked_query(query: &str) -> Cow<'_, str> {
    masked_pieces(query, &['&', '='])
}

fn masked_pieces<'t>(text: &'t str, between: &[char]) -> Cow<'t, str> {
    if text.len() < SERVICE_KEY_CHARS {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(between) {
        let inner = piece.trim_end_matches(between);
        masked.push_str(&mask_text(inner));
        masked.push_str(&piece[inner.len()..]);
    }
    Cow::Owned(masked)
}

/// The part of a body that is kept, masked. A key that the cut would halve is left out whole.
pub(super) fn masked_body(body: &[u8]) -> Cow<'_, [u8]> {
    let Some(window) = body.get(..BODY_BYTES_MAX + KEY_CHARS_MAX + 1) else {
        return cut(masked_text(body));
    };
    let run = window.iter().rev().take_while(|byte| in_key_run(**byte)).count();
    let judged = if run <= KEY_CHARS_MAX { window.len() - run } else { window.len() };
    cut(masked_text(&window[..judged]))
}

fn cut(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..text.len().min(BODY_BYTES_MAX)]),
        Cow::Owned(mut text) => {
            text.truncate(BODY_BYTES_MAX);
            Cow::Owned(text)
        }
    }
}

fn in_key_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=')
}

const SCHEME_CHARS_MAX: usize = 16;
const KEY_CHARS_MAX: usize = SERVICE_KEY_CHARS + 1;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

    fn shown(name: &'static str, value: &'static str) -> String {
        let secret = [HeaderName::from_static("authorization"), HeaderName::from_static("cookie")];
        let mut text = Vec::new();
        let value = HeaderValue::from_static(value);
        let cache = TokenCache::default();
        for _ in 0..2 {
            text.clear();
            cache.masked(&HeaderName::from_static(name), &value, &secret, |shown| {
                text.extend_from_slice(shown);
            });
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn secret_headers_are_tokens_and_others_only_when_they_hold_a_key() {
        assert_eq!(shown("authorization", "Bearer short"), format!("Bearer {}", token("short")));
        assert_eq!(shown("authorization", KEY), token(KEY));
        assert_eq!(shown("authorization", ""), "");
        assert_eq!(shown("cookie", "a=b; c=d"), token("a=b; c=d"));
        assert_eq!(shown("x-trace", "a=b; c=d"), "a=b; c=d");
        assert_eq!(shown("x-trace", KEY), token(KEY));
    }

    #[test]
    fn keys_in_a_path_or_a_query_are_tokens() {
        let shown = token(KEY);
        assert_eq!(masked_path(&format!("/a/{KEY}/b")), format!("/a/{shown}/b"));
        assert_eq!(masked_path(&format!("/a/{KEY}x/b")), format!("/a/{KEY}x/b"));
        let query = format!("a=1&key={KEY}&{KEY}==&b");
        assert_eq!(masked_query(&query), format!("a=1&key={shown}&{shown}==&b"));
    }

    #[test]
    fn a_cache_that_knows_one_value_does_not_show_it_for_another() {
        let name = HeaderName::from_static("authorization");
        let cache = TokenCache::default();
        for value in ["first", "second", "second", "first"] {
            let mut text = String::new();
            let header = HeaderValue::from_static(value);
            cache.masked(&name, &header, std::slice::from_ref(&name), |shown| {
                text = String::from_utf8_lossy(shown).into_owned();
            });
            assert_eq!(text, token(value));
        }
    }

    #[test]
    fn no_piece_of_a_key_survives_the_cut() {
        for offset in 0..=2 * SERVICE_KEY_CHARS {
            let mut body = vec![b' '; BODY_BYTES_MAX - SERVICE_KEY_CHARS - 10 + offset];
            // A key before the cut shrinks to its token and draws in what lies behind the cut.
            body[..SERVICE_KEY_CHARS].copy_from_slice(KEY.as_bytes());
            body.extend_from_slice(KEY.as_bytes());
            body.extend_from_slice(&[b' '; 200]);
            let kept = masked_body(&body);
            assert!(kept.len() <= BODY_BYTES_MAX);
            let text = String::from_utf8_lossy(&kept);
            assert!(text.starts_with(&token(KEY)), "{offset}");
            assert!(!text.contains(&KEY[..4]) && !text.contains(&KEY[38..]), "{offset}");
        }
    }

    #[test]
    fn long_runs_that_are_no_key_are_cut_and_kept() {
        let body = vec![b'A'; BODY_BYTES_MAX * 2];
        assert_eq!(masked_body(&body).len(), BODY_BYTES_MAX);
        assert_eq!(&*masked_body(b"\xff short"), b"\xff short");
    }
}
