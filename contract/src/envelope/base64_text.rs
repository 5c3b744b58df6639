//! Base64 as the services read it: one reader that refuses and one that skips.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padded standard base64 without breaks.
pub(super) fn encode(bytes: &[u8]) -> String {
    STRICT.encode(bytes)
}

/// Only the standard alphabet, padded, without breaks. Bits left over in the last character are
/// not looked at.
pub(super) fn strict(text: &str) -> Option<Vec<u8>> {
    STRICT.decode(text).ok()
}

/// Skips every character outside the standard alphabet and stops at complete padding; refuses a
/// text that is not ASCII or ends inside a group of four.
pub(super) fn lenient(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() {
        return None;
    }
    let mut group = Vec::with_capacity(text.len());
    let mut pads = 0;
    for byte in text.bytes() {
        let in_group = group.len() % 4;
        if byte == b'=' {
            if in_group >= 2 {
                pads += 1;
                if in_group + pads >= 4 {
                    group.resize(group.len() - in_group + 4, b'=');
                    break;
                }
            }
        } else if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            pads = 0;
            group.push(byte);
        }
    }
    STRICT.decode(group).ok()
}

const STRICT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strict_reader_refuses_what_the_lenient_one_skips() {
        for text in ["Zm9v\nYmE=", " Zm9vYmE=", "Zm9v-YmE=", "Zm9vYmE=Zm9v", "Zm9vYm=E="] {
            assert_eq!(strict(text), None, "{text:?}");
            assert_eq!(lenient(text).as_deref(), Some(&b"fooba"[..]), "{text:?}");
        }
    }

    #[test]
    fn both_refuse_an_incomplete_group() {
        for text in ["Zm9vYmE", "Z", "Zm=", "Z==="] {
            assert_eq!(strict(text), None, "{text:?}");
            assert_eq!(lenient(text), None, "{text:?}");
        }
        assert_eq!(lenient("Zm9vYmE=é"), None);
    }

    #[test]
    fn both_read_empty_and_overlook_leftover_bits() {
        for read in [strict, lenient] {
            assert_eq!(read("").as_deref(), Some(&b""[..]));
            assert_eq!(read("Zh==").as_deref(), Some(&b"f"[..]));
        }
    }
}
