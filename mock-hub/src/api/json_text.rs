//! JSON as the hub writes it: compact, not escaped beyond need, floats in their shortest form with
//! a fraction or an exponent.

use std::fmt::Write as _;

use super::json::{Json, Object};

/// The value as text. What JSON cannot say (NaN, infinities) becomes null.
pub(super) fn json_text(value: &Json) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string always serialises")
}

fn write_value(out: &mut String, value: &Json) {
    match value {
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Json::Huge(digits) => out.push_str(digits),
        Json::Float(number) if number.is_finite() => out.push_str(&float_text(*number)),
        Json::Null | Json::Float(_) => out.push_str("null"),
        Json::Text(text) => out.push_str(&quoted(&text.value)),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write_value(out, item);
            }
            out.push(']');
        }
        Json::Object(object) => write_object(out, object),
    }
}

fn write_object(out: &mut String, object: &Object) {
    out.push('{');
    for (at, (name, value)) in object.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(&quoted(&name.value));
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

/// Shortest digits; an exponent of two digits at least from 1e16 up and below 1e-4.
fn float_text(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = match exponent.strip_prefix('-') {
            Some(digits) => ('-', digits),
            None => ('+', exponent),
        };
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_the_hub_writes_them() {
        for (number, text) in [
            (0.25, "0.25"),
            (3.0, "3.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (1.5e-7, "1.5e-07"),
            (0.0001, "0.0001"),
            (1e15, "1000000000000000.0"),
        ] {
            assert_eq!(float_text(number), text);
        }
    }
}
