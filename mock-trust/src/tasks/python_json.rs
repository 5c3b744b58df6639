//! JSON as the real node writes it into results: blanks after comma and colon, ASCII only.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// The text of a value.
pub(crate) fn dumps(value: &Value) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, Spaced);
    value.serialize(&mut serializer).expect("a JSON value writes to memory");
    String::from_utf8(text).expect("the formatter writes ASCII")
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for letter in fragment.chars() {
            if letter.is_ascii() {
                writer.write_all(&[letter as u8])?;
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn separators_carry_blanks_and_letters_are_ascii() {
        assert_eq!(
            dumps(&json!({"a": [1, "é\n😀"], "b": null})),
            r#"{"a": [1, "\u00e9\n\ud83d\ude00"], "b": null}"#
        );
    }

    proptest! {
        #[test]
        fn the_text_reads_back(text in any::<String>()) {
            let value = json!({ "t": text });
            let read: Value = serde_json::from_str(&dumps(&value)).expect("JSON");
            prop_assert_eq!(read, value);
        }
    }
}
