//! The form a value must have (KIT-FORM-01).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use crate::envelope::KEY_BYTES;
use crate::key::SERVICE_KEY_CHARS;

/// The form of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Any text.
    Text,
    /// A display name: no double quote, backtick or dollar sign.
    Name,
    /// 43 characters of URL-safe base64 without padding.
    ServiceKey,
    /// Padded standard base64 of 32 bytes.
    PayloadKey,
    /// A UUID in the hyphenated form.
    Uuid,
    /// A name that ends in the digits of its number, such as `Trust_7`.
    Slot,
    /// A positive number without leading zero.
    SlotNumber,
    /// `http(s)://host…/api` without trailing slash.
    HubUrl,
    /// A name HTTP takes for a header.
    HeaderName,
    /// `nvflare` or `flower`.
    Backend,
    /// `YYYYMMDD`.
    Date,
    /// A container image tag.
    Tag,
    /// A registry prefix that ends in `/`.
    RegistryPrefix,
    /// A host name, without scheme and port.
    HostName,
    /// 1 to 65535.
    Port,
    /// A path from the root.
    AbsolutePath,
    /// A whole number of at least this.
    AtLeast(u32),
    /// `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.
    LogLevel,
}

impl Form {
    /// Checks a value that is not empty.
    pub fn check(self, value: &str) -> Result<(), Misfit> {
        let fits = match self {
            Self::Text => true,
            Self::Name => !value.contains(['"', '`', '$']),
            Self::ServiceKey => is_service_key(value),
            Self::PayloadKey => STANDARD.decode(value).is_ok_and(|bytes| bytes.len() == KEY_BYTES),
            Self::Uuid => value.len() == 36 && Uuid::try_parse(value).is_ok(),
            Self::Slot => slot_digits(value).is_some(),
            Self::SlotNumber => is_slot_number(value),
            Self::HubUrl => is_hub_url(value),
            Self::HeaderName => all(value, |b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
            Self::Backend => ["nvflare", "flower"].contains(&value),
            Self::Date => is_date(value),
            Self::Tag => {
                value.len() <= 128
                    && !value.starts_with(['.', '-'])
                    && all(value, |b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            }
            Self::RegistryPrefix => {
                value.ends_with('/') && !value.contains("://") && !value.contains(' ')
            }
            Self::HostName => all(value, |b| b.is_ascii_alphanumeric() || b".-".contains(&b)),
            Self::Port => number(value).is_some_and(|port| (1..=65_535).contains(&port)),
            Self::AbsolutePath => value.starts_with('/') && !value.contains(['~', '$']),
            Self::AtLeast(least) => number(value).is_some_and(|given| given >= least),
            Self::LogLevel => LOG_LEVELS.contains(&value),
        };
        fits.then_some(()).ok_or(Misfit(self))
    }
}

/// A value is not of this form. Says what is wanted, never what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not {}", wanted(*.0))]
pub struct Misfit(pub Form);

fn wanted(form: Form) -> String {
    let fixed = match form {
        Form::Text => "a text",
        Form::Name => "a name free of double quotes, backticks and dollar signs",
        Form::ServiceKey => "43 characters of URL-safe base64",
        Form::PayloadKey => "the base64 of 32 bytes (44 characters, the last one `=`)",
        Form::Uuid => "a UUID",
        Form::Slot => "a slot name that ends in its number, such as `Trust_7`",
        Form::SlotNumber => "a slot number",
        Form::HubUrl => "an http(s) address that ends in `/api` without a slash behind it",
        Form::HeaderName => "a header name",
        Form::Backend => "`nvflare` or `flower`",
        Form::Date => "a date written YYYYMMDD",
        Form::Tag => "an image tag",
        Form::RegistryPrefix => "a registry prefix that ends in `/`",
        Form::HostName => "a host name without scheme, port or path",
        Form::Port => "a port from 1 to 65535",
        Form::AbsolutePath => "a path that starts with `/`, free of `~` and `$`",
        Form::AtLeast(least) => return format!("a whole number of at least {least}"),
        Form::LogLevel => "a log level (DEBUG, INFO, WARNING, ERROR, CRITICAL)",
    };
    fixed.to_owned()
}

/// The digits a slot name ends in, when it has a name before them.
pub(super) fn slot_digits(slot: &str) -> Option<&str> {
    let name = slot.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &slot[name.len()..];
    (!name.is_empty() && is_slot_number(digits)).then_some(digits)
}

fn is_slot_number(value: &str) -> bool {
    !value.starts_with('0') && number(value).is_some()
}

fn is_service_key(value: &str) -> bool {
    value.len() == SERVICE_KEY_CHARS
        && all(value, |b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_hub_url(value: &str) -> bool {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.strip_suffix("/api"));
    host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with(['/', ':']) && !host.contains(['?', '#', ' '])
    })
}

fn is_date(value: &str) -> bool {
    let part = |range: std::ops::Range<usize>| value.get(range).and_then(number);
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(4..6), part(6..8)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    value.len() == 8 && (1..=days).contains(&day)
}

/// Digits only: no sign, no blank.
fn number(value: &str) -> Option<u32> {
    if all(value, |b| b.is_ascii_digit()) { value.parse().ok() } else { None }
}

fn all(value: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !value.is_empty() && value.bytes().all(allowed)
}

const LOG_LEVELS: [&str; 5] = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_takes_the_right_and_refuses_the_wrong() {
        let key = "a".repeat(43);
        let payload_key = STANDARD.encode([7; 32]);
        let cases: [(Form, &[&str], &[&str]); 17] = [
            (Form::Name, &["St. Mary's", "A & B"], &["a\"b", "a`b", "a$b"]),
            (Form::ServiceKey, &[&key], &["", "a", &"+".repeat(43), &"a".repeat(44)]),
            (Form::PayloadKey, &[&payload_key], &["BwcHBw==", &payload_key[..43], &key]),
            (
                Form::Uuid,
                &["ddc08a0b-0000-4000-8000-000000000000", "DDC08A0B-0000-4000-8000-000000000000"],
                &["ddc08a0b000040008000000000000000", "x"],
            ),
            (Form::Slot, &["Trust_7", "site12"], &["Trust", "7", "Trust_07", "Trust_7a"]),
            (Form::SlotNumber, &["7", "10"], &["07", "-7", "+7", "x", "99999999999"]),
            (
                Form::HubUrl,
                &["https://app.example.org/api", "http://127.0.0.1:8080/api"],
                &["https://h/api/", "https://h", "h/api", "https:///api", "ftp://h/api"],
            ),
            (Form::HeaderName, &["Authorization"], &["a b", "a:"]),
            (Form::Backend, &["nvflare", "flower"], &["NVFLARE", "fedml"]),
            (
                Form::Date,
                &["20240229", "20261231"],
                &["20230229", "2026-1-1", "20261301", "é261231"],
            ),
            (Form::Tag, &["v1.2.3", "sha-0a1b2c3", "stag"], &["-x", "a/b", "a b"]),
            (Form::RegistryPrefix, &["ghcr.io/org/"], &["ghcr.io/org", "https://x/"]),
            (Form::HostName, &["fl.app.example.org"], &["https://x", "x:8002"]),
            (Form::Port, &["1", "65535"], &["0", "65536", "x", "80 "]),
            (Form::AbsolutePath, &["/opt/flip"], &["opt", "~/x", "/home/$USER", "./x"]),
            (Form::AtLeast(2), &["2", "5"], &["1", "1.5", "-5", "2s"]),
            (Form::LogLevel, &["INFO"], &["info", "TRACE"]),
        ];
        for (form, right, wrong) in cases {
            for value in right {
                assert_eq!(form.check(value), Ok(()), "{form:?} {value}");
            }
            for value in wrong {
                assert_eq!(form.check(value), Err(Misfit(form)), "{form:?} {value}");
            }
        }
    }
}
