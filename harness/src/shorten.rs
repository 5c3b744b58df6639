//! Cutting a text for people, so that it never looks like something it is not.

use contract::key::SERVICE_KEY_CHARS;

/// The text, cut to at most so many characters; the cut is marked, and what is missing is counted.
///
/// A run of key characters that the cut falls into is left out whole where it is a key (half a key
/// is half a secret), and where what would stay of it had the form of one. The mark is no character
/// of a key. Whoever knows secrets masks first and cuts then.
pub fn shorten_to(text: &str, chars_max: usize) -> String {
    let Some((at, _)) = text.char_indices().nth(chars_max) else { return text.to_owned() };
    let head = head(text, at);
    format!("{head}… ({} bytes more)", text.len() - head.len())
}

/// What stays in front of a cut at that byte.
fn head(text: &str, at: usize) -> &str {
    let start = text[..at].rfind(|c| !is_of_key(c)).map_or(0, |before| after(text, before));
    let end = text[at..].find(|c| !is_of_key(c)).map_or(text.len(), |beyond| at + beyond);
    let has_form = |length: usize| (SERVICE_KEY_CHARS..=SERVICE_KEY_CHARS + 1).contains(&length);
    let is_spoilt = end > at && (has_form(end - start) || has_form(at - start));
    if is_spoilt { &text[..start] } else { &text[..at] }
}

fn after(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Characters of base64 in either alphabet, padding included.
pub(crate) fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-+/=".contains(c)
}

#[cfg(test)]
mod tests {
    use contract::key::mask_text;
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

    #[test]
    fn a_text_is_cut_between_characters_and_what_is_missing_is_counted() {
        assert_eq!(shorten_to("short", 5), "short");
        assert_eq!(
            shorten_to(&"é".repeat(500), 400),
            format!("{}… (200 bytes more)", "é".repeat(400))
        );
    }

    #[test]
    fn a_long_run_cut_to_the_length_of_a_key_is_left_out() {
        let payload = "aB3".repeat(60);
        assert_eq!(shorten_to(&format!("x: {payload}"), 46), "x: … (180 bytes more)");
        assert_eq!(shorten_to(&format!("x: {payload}"), 40).len(), 40 + "… (143 bytes more)".len());
    }

    #[test]
    fn half_a_key_is_not_shown() {
        for chars_max in 3..46 {
            assert_eq!(shorten_to(&format!("x: {KEY} y"), chars_max), "x: … (45 bytes more)");
        }
        assert!(shorten_to(&format!("x: {KEY} y"), 46).contains(KEY));
    }

    proptest! {
        #[test]
        fn cutting_never_makes_a_key(text in "[a-zA-Z0-9_=/+é .-]{0,200}", chars_max in 0..120_usize) {
            let cut = shorten_to(&text, chars_max);
            if mask_text(&text) == text {
                prop_assert_eq!(mask_text(&cut), cut.as_str());
            }
        }
    }
}
