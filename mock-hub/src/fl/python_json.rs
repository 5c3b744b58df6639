//! JSON the way the FL library writes it: `", "` and `": "` between members, ASCII only, floats
//! that keep their point.

use std::io;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use serde_json::ser::Formatter;

/// An object whose members keep the order in which they were written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(Vec<(&'static str, Part)>);

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Part {
    /// Anything whose members, if it has any, may come in any order.
    Value(Value),
    /// An object that keeps its order too.
    Object(Object),
}

impl Object {
    /// An object of these members, in this order.
    pub fn of<const N: usize>(members: [(&'static str, Value); N]) -> Self {
        Self(members.into_iter().map(|(name, value)| (name, Part::Value(value))).collect())
    }

    /// The same with one more member at the end.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, Part::Value(value.into())));
        self
    }

    /// The same with an object as one more member at the end.
    #[must_use]
    pub fn with_object(mut self, name: &'static str, object: Self) -> Self {
        self.0.push((name, Part::Object(object)));
        self
    }

    /// The text as the library would put it on the wire.
    pub fn to_text(&self) -> String {
        text(self)
    }
}

/// Any value the way Python's `json` writes it.
pub fn text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Python);
    value.serialize(&mut serializer).expect("writing JSON values to memory cannot fail");
    String::from_utf8(out).expect("the formatter writes ASCII only")
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        w: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { w.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        w: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { w.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        w.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        w: &mut W,
        text: &str,
    ) -> io::Result<()> {
        for c in text.chars() {
            if c.is_ascii() && c != '\u{7f}' {
                w.write_all(&[c as u8])?;
            } else {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(w, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, w: &mut W, value: f64) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && !(1e-4..1e16).contains(&size) {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e').expect("exponent form has an exponent");
            let exponent: i32 = exponent.parse().expect("the exponent is a number");
            let sign = if exponent < 0 { '-' } else { '+' };
            return write!(w, "{digits}e{sign}{:02}", exponent.abs());
        }
        write!(w, "{value:?}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn separators_order_and_floats_are_those_of_the_library() {
        let body = Object::of([("b", json!("x")), ("a", json!(3.0))])
            .with("list", json!([1, null]))
            .with("details", json!({"size_bytes": 1234}));
        assert_eq!(
            body.to_text(),
            r#"{"b": "x", "a": 3.0, "list": [1, null], "details": {"size_bytes": 1234}}"#
        );
    }

    #[test]
    fn text_outside_ascii_is_escaped_in_utf_16() {
        let body = Object::of([("log", json!("é \u{1f600} \"q\"\n"))]);
        assert_eq!(body.to_text(), r#"{"log": "\u00e9 \ud83d\ude00 \"q\"\n"}"#);
    }

    #[test]
    fn very_small_and_very_large_floats_use_two_exponent_digits() {
        let body = Object::of([("a", json!(0.00001)), ("b", json!(2.5e20)), ("c", json!(0.0))]);
        assert_eq!(body.to_text(), r#"{"a": 1e-05, "b": 2.5e+20, "c": 0.0}"#);
    }
}
