//! Masking of what has the *shape* of a key, whoever it belongs to.

use std::borrow::Cow;

use super::{SERVICE_KEY_CHARS, token};

/// Replaces every key-shaped run of `text` by its [`token`], in one pass; borrows when there is none.
///
/// A run is a maximal stretch of `[A-Za-z0-9_+/=-]`. It is key-shaped when it is exactly 43
/// characters of `[A-Za-z0-9_-]`, or exactly 44 characters of which only the last is `=`.
pub fn mask_text(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut masked = String::new();
    let mut copied_to = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !IN_RUN[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && IN_RUN[usize::from(bytes[at])] {
            at += 1;
        }
        if is_key_shaped(&bytes[start..at]) {
            masked.push_str(&text[copied_to..start]);
            masked.push_str(&token(&text[start..at]));
            copied_to = at;
        }
    }
    if copied_to == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[copied_to..]);
    Cow::Owned(masked)
}

fn is_key_shaped(run: &[u8]) -> bool {
    match run {
        [key @ .., b'='] if key.len() == SERVICE_KEY_CHARS => !key.contains(&b'='),
        key if key.len() == SERVICE_KEY_CHARS => {
            key.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        }
        _ => false,
    }
}

const IN_RUN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        // The index is below 256, so nothing is cut off.
        #[allow(clippy::cast_possible_truncation)]
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'/' | b'=' | b'-');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    const PAYLOAD_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn key_shaped_runs_become_tokens_and_the_rest_stays() {
        let text = format!(r#"{{"é":"{KEY}","k":"{PAYLOAD_KEY}"}} {KEY}"#);
        let expected = format!(
            r#"{{"é":"{key}","k":"{payload}"}} {key}"#,
            key = token(KEY),
            payload = token(PAYLOAD_KEY)
        );
        assert_eq!(mask_text(&text), expected);
    }

    #[test]
    fn other_lengths_and_alphabets_are_borrowed_back() {
        let longer = format!("{KEY}x");
        let two_pads = format!("{}==", &PAYLOAD_KEY[..42]);
        let slash = format!("{}/", &KEY[..42]);
        for text in ["", "plain words", &KEY[1..], &longer, &two_pads, &slash] {
            assert!(matches!(mask_text(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let once = mask_text(KEY).into_owned();
        assert_eq!(mask_text(&once), once);
    }
}
