//! Numbers and truth values, read as leniently as the hub reads them: from text, and from one
//! another.

use super::json::Json;

/// Why a value does not fit: kind and message.
pub(super) type Unfit = (&'static str, &'static str);

/// An integer. What is beyond 64 bits is as far as they go.
pub(super) fn integer(value: &Json) -> Result<i64, Unfit> {
    match value {
        Json::Int(number) => Ok(*number),
        Json::Bool(flag) => Ok(i64::from(*flag)),
        Json::Huge(digits) => Ok(saturated(digits)),
        Json::Float(number) if !number.is_finite() => Err(NOT_FINITE),
        Json::Float(number) if number.fract() != 0.0 => {
            let message = "Input should be a valid integer, got a number with a fractional part";
            Err(("int_from_float", message))
        }
        Json::Float(number) => whole(*number).ok_or(TOO_LARGE),
        Json::Text(sent) if sent.value.trim().len() > DIGITS_MAX => Err(TOO_LARGE),
        Json::Text(sent) => integer_text(sent.value.trim()).ok_or({
            let message = "Input should be a valid integer, unable to parse string as an integer";
            ("int_parsing", message)
        }),
        _ => Err(("int_type", "Input should be a valid integer")),
    }
}

/// A finite number.
pub(super) fn finite(value: &Json) -> Result<f64, Unfit> {
    let parse = |text: &str| ungrouped(text.trim())?.parse::<f64>().ok();
    let no_number = ("float_type", "Input should be a valid number");
    let number = match value {
        Json::Float(number) => *number,
        Json::Int(number) => parse(&number.to_string()).unwrap_or_default(),
        Json::Huge(digits) => parse(digits).filter(|n| n.is_finite()).ok_or(no_number)?,
        Json::Bool(flag) => f64::from(u8::from(*flag)),
        Json::Text(sent) => parse(&sent.value).ok_or({
            let message = "Input should be a valid number, unable to parse string as a number";
            ("float_parsing", message)
        })?,
        _ => return Err(no_number),
    };
    if number.is_finite() { Ok(number) } else { Err(NOT_FINITE) }
}

/// A truth value.
pub(super) fn boolean(value: &Json) -> Result<bool, Unfit> {
    let number = match value {
        Json::Bool(flag) => return Ok(*flag),
        Json::Int(number) => Some(*number),
        Json::Float(number) if whole(*number).is_some() => whole(*number),
        Json::Text(sent) => boolean_word(&sent.value),
        _ => return Err(("bool_type", "Input should be a valid boolean")),
    };
    match number {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        _ => Err(("bool_parsing", "Input should be a valid boolean, unable to interpret input")),
    }
}

fn boolean_word(text: &str) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    if ["1", "on", "t", "true", "y", "yes"].contains(&text.as_str()) {
        return Some(1);
    }
    ["0", "off", "f", "false", "n", "no"].contains(&text.as_str()).then_some(0)
}

fn integer_text(text: &str) -> Option<i64> {
    let digits = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    let digits = ungrouped(digits)?;
    let bare = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    let all_digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| saturated(&digits))
}

/// The text without single underscores between characters; `None` when they stand elsewhere.
fn ungrouped(text: &str) -> Option<String> {
    let misplaced = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    (!misplaced).then(|| text.replace('_', ""))
}

fn saturated(digits: &str) -> i64 {
    let end = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
    digits.parse().unwrap_or(end)
}

/// A float without fraction as an integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && number.abs() < 9.2e18;
    fits.then_some(number as i64)
}

const NOT_FINITE: Unfit = ("finite_number", "Input should be a finite number");
const TOO_LARGE: Unfit =
    ("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size");
const DIGITS_MAX: usize = 4300;

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::read(text.as_bytes()).expect("it is JSON")
    }

    #[test]
    fn integers_are_read_from_every_spelling_the_hub_takes() {
        for (text, number) in [
            (r#"" 12 ""#, 12),
            (r#""1_000""#, 1000),
            (r#""+5.00""#, 5),
            (r#""-007""#, -7),
            ("true", 1),
            ("1e3", 1000),
            ("9223372036854775808", i64::MAX),
            (r#""-99999999999999999999""#, i64::MIN),
        ] {
            assert_eq!(integer(&json(text)), Ok(number), "{text}");
        }
        for (text, kind) in [
            (r#""_1""#, "int_parsing"),
            (r#""1__0""#, "int_parsing"),
            (r#""1.""#, "int_parsing"),
            (r#""+-1""#, "int_parsing"),
            (r#""1e3""#, "int_parsing"),
            (r#""""#, "int_parsing"),
            ("1e19", "int_parsing_size"),
            (&format!("\"{}\"", "9".repeat(4301)), "int_parsing_size"),
            ("0.5", "int_from_float"),
            ("Infinity", "finite_number"),
            ("[]", "int_type"),
        ] {
            assert_eq!(integer(&json(text)).map_err(|unfit| unfit.0), Err(kind), "{text}");
        }
    }

    #[test]
    fn numbers_and_truth_values_have_their_own_faults() {
        assert_eq!(finite(&json(r#""1_0.5""#)), Ok(10.5));
        let huge = json(&"9".repeat(400));
        assert_eq!(finite(&huge).map_err(|unfit| unfit.0), Err("float_type"));
        assert_eq!(finite(&json(r#""inf""#)).map_err(|unfit| unfit.0), Err("finite_number"));
        for (text, kind) in [("0.5", "bool_type"), ("2.0", "bool_parsing"), ("2", "bool_parsing")] {
            assert_eq!(boolean(&json(text)).map_err(|unfit| unfit.0), Err(kind), "{text}");
        }
        assert_eq!(boolean(&huge).map_err(|unfit| unfit.0), Err("bool_type"));
    }
}
