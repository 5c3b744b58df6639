//! Dates with times, as the hub takes them: a number of seconds or milliseconds, a date, or a date
//! and a time.

use super::issue::{Input, Issue, Place};
use super::json::Json;
use super::json_text::quoted;

/// What is wrong with a value that should be a date with a time, or null.
pub(super) fn check<'b>(value: &'b Json, loc: &[Place]) -> Option<Issue<'b>> {
    let of = |kind, message: &str, reason: Option<&str>| {
        let message = match reason {
            Some(reason) => format!("{message}, {reason}"),
            None => message.to_owned(),
        };
        let issue = Issue::new(kind, loc.to_vec(), message, Input::Value(value));
        match reason {
            Some(reason) => issue.context(format!(r#"{{"error":{}}}"#, quoted(reason))),
            None => issue,
        }
    };
    let number = match value {
        Json::Null => return None,
        Json::Text(sent) => {
            let Ok(number) = sent.value.trim().parse::<f64>() else {
                let kind = "datetime_from_date_parsing";
                let message = "Input should be a valid datetime or date";
                return fault(&sent.value).map(|reason| of(kind, message, Some(reason)));
            };
            number
        }
        Json::Int(number) => number.to_string().parse().unwrap_or_default(),
        Json::Float(number) => *number,
        Json::Huge(_) => f64::MAX,
        _ => return Some(of("datetime_type", "Input should be a valid datetime", None)),
    };
    let reason = if number.is_nan() {
        "NaN values not permitted"
    } else if number > STAMP_MAX {
        "dates after 9999 are not supported as unix timestamps"
    } else if number < -STAMP_MAX {
        "dates before 0000 are not supported as unix timestamps"
    } else {
        return None;
    };
    Some(of("datetime_parsing", "Input should be a valid datetime", Some(reason)))
}

/// What is wrong with the text of a date that may have a time.
fn fault(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    if bytes.len() < DATE_BYTES {
        return Some("input is too short");
    }
    let number = |from: usize, to: usize| digits(&bytes[from..to]);
    let separated = bytes[4] == b'-' && bytes[7] == b'-';
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (Some(year), Some(month), Some(day), true) = (year, month, day, separated) else {
        return Some("invalid character in year");
    };
    if !(1..=12).contains(&month) {
        return Some("month value is outside expected range of 1-12");
    }
    if !(1..=days(year, month)).contains(&day) {
        return Some("day value is outside expected range");
    }
    let rest = &bytes[DATE_BYTES..];
    (!rest.is_empty() && !is_time(rest)).then_some(EXTRA)
}

/// A separator, then `HH:MM`, seconds with a fraction, and a zone.
fn is_time(bytes: &[u8]) -> bool {
    let [b'T' | b't' | b' ' | b'_', time @ ..] = bytes else { return false };
    let two = |at: usize| time.get(at..at + 2).and_then(digits);
    let minutes = time.get(2) == Some(&b':') && two(3).is_some_and(|minute| minute < 60);
    if !(two(0).is_some_and(|hour| hour < 24) && minutes) {
        return false;
    }
    let mut rest = &time[5..];
    if let [b':', seconds @ ..] = rest {
        if seconds.get(..2).and_then(digits).is_none_or(|second| second > 59) {
            return false;
        }
        rest = &seconds[2..];
        if let [b'.' | b',', fraction @ ..] = rest {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&length) {
                return false;
            }
            rest = &fraction[length..];
        }
    }
    is_zone(rest)
}

/// Nothing, `Z`, or an offset of less than a day.
fn is_zone(bytes: &[u8]) -> bool {
    match bytes {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] | [b'+' | b'-', h1, h2, m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2]), digits(&[*m1, *m2]));
            hours.is_some_and(|hours| hours < 24) && minutes.is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |sum, &byte| (byte as char).to_digit(10).map(|digit| sum * 10 + digit))
}

const DATE_BYTES: usize = 10;
/// Beyond this a number of seconds or milliseconds lies after the year 9999.
const STAMP_MAX: f64 = 253_402_300_799_999.0;
const EXTRA: &str = "unexpected extra characters at the end of the input";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::issue::at;

    fn checked(text: &str) -> Option<String> {
        let value = Json::read(text.as_bytes()).expect("it is JSON");
        check(&value, &at(["x"])).map(|issue| issue.json(false))
    }

    #[test]
    fn the_spellings_the_hub_takes_are_taken() {
        for text in [
            "null",
            "1",
            "-1.5",
            r#""1""#,
            r#""2026-01-01""#,
            r#""2026-01-01 00:00""#,
            r#""2026-11-21T05:43:21.221122+00:00""#,
            r#""2026-01-01T00:00:00.123456789Z""#,
        ] {
            assert_eq!(checked(text), None, "{text}");
        }
    }

    #[test]
    fn others_are_refused_with_their_reason() {
        for (text, kind, reason) in [
            ("true", "datetime_type", "a valid datetime"),
            ("[]", "datetime_type", "a valid datetime"),
            ("1e20", "datetime_parsing", "after 9999"),
            (r#""now""#, "datetime_from_date_parsing", "too short"),
            (r#""2026-13-01T00:00:00Z""#, "datetime_from_date_parsing", "month value"),
            (r#""2026-02-30""#, "datetime_from_date_parsing", "day value"),
            (r#""2026-01-01T00""#, "datetime_from_date_parsing", "extra characters"),
            (r#""2026-01-01T00:00:00+25:00""#, "datetime_from_date_parsing", "extra characters"),
            (r#""2026-01-01X00:00:00""#, "datetime_from_date_parsing", "extra characters"),
        ] {
            let found = checked(text).expect(text);
            assert!(found.contains(kind) && found.contains(reason), "{text}: {found}");
        }
    }
}
