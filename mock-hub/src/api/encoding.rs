//! Which encoding a JSON text is in. The hub's parser guesses it from the first bytes, as the oldest
//! JSON standard has it, so a byte order mark or UTF-16 is no fault.

use std::borrow::Cow;

/// The text, without a byte order mark; `None` when the bytes are none in the guessed encoding.
pub(super) fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match *bytes {
        [0, 0, 0xfe, 0xff, ref rest @ ..] => wide(rest, 4, Order::Big),
        [0xff, 0xfe, 0, 0, ref rest @ ..] => wide(rest, 4, Order::Little),
        [0xfe, 0xff, ref rest @ ..] => wide(rest, 2, Order::Big),
        [0xff, 0xfe, ref rest @ ..] => wide(rest, 2, Order::Little),
        [0xef, 0xbb, 0xbf, ref rest @ ..] => str::from_utf8(rest).ok().map(Cow::Borrowed),
        [0, 0, ..] if bytes.len() >= 4 => wide(bytes, 4, Order::Big),
        [0, _, ..] => wide(bytes, 2, Order::Big),
        [_, 0, 0, 0, ..] => wide(bytes, 4, Order::Little),
        [_, 0, ..] => wide(bytes, 2, Order::Little),
        _ => str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

#[derive(Clone, Copy)]
enum Order {
    Big,
    Little,
}

fn wide(bytes: &[u8], width: usize, order: Order) -> Option<Cow<'static, str>> {
    let units = bytes.chunks(width).map(|unit| {
        let value = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        let number = match order {
            Order::Big => unit.iter().fold(0, value),
            Order::Little => unit.iter().rev().fold(0, value),
        };
        (unit.len() == width).then_some(number)
    });
    let units = units.collect::<Option<Vec<u32>>>()?;
    let text: Option<String> = if width == 4 {
        units.into_iter().map(char::from_u32).collect()
    } else {
        let halves = units.into_iter().map(|unit| u16::try_from(unit).unwrap_or_default());
        char::decode_utf16(halves).collect::<Result<_, _>>().ok()
    };
    text.map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_encoding() {
        for bytes in [
            b"{}".as_slice(),
            b"\xef\xbb\xbf{}",
            b"\xfe\xff\0{\0}",
            b"\xff\xfe{\0}\0",
            b"\0{\0}",
            b"{\0}\0",
            b"\0\0\0{\0\0\0}",
            b"{\0\0\0}\0\0\0",
            b"\xff\xfe\0\0{\0\0\0}\0\0\0",
        ] {
            assert_eq!(decoded(bytes).as_deref(), Some("{}"), "{bytes:?}");
        }
        for bytes in [b"\xff".as_slice(), b"{\0}", b"\xfe\xff\xd8\0"] {
            assert_eq!(decoded(bytes), None, "{bytes:?}");
        }
    }
}
