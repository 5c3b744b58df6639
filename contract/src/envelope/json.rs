//! The JSON object inside a GCM envelope.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::OpenError;

/// The four members, with iv and ct still encoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Members {
    /// Digits as written: an integer of any size.
    pub(super) version: String,
    pub(super) kid: String,
    pub(super) iv: String,
    pub(super) ct: String,
}

impl Members {
    /// Reads the object: order, blanks and further members do not matter; the last of two equal
    /// names counts. `v` must be written as an integer, the others as texts.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        let members: BTreeMap<String, &RawValue> = serde_json::from_slice(json).ok()?;
        let text = |name| serde_json::from_str(members.get(name)?.get()).ok();
        Some(Self {
            version: integer(members.get("v")?.get())?,
            kid: text("kid")?,
            iv: text("iv")?,
            ct: text("ct")?,
        })
    }

    /// The one version there is.
    pub(super) fn require_version_1(&self) -> Result<(), OpenError> {
        match self.version.as_str() {
            "1" => Ok(()),
            other => Err(OpenError::UnsupportedVersion(other.to_owned())),
        }
    }
}

/// Writes the object as the hub does: this order, a blank after each comma and colon, ASCII only.
pub(super) fn write(kid: &str, iv_base64: &str, ct_base64: &str) -> String {
    let kid = ascii_json(kid);
    format!(r#"{{"v": 1, "kid": {kid}, "iv": "{iv_base64}", "ct": "{ct_base64}"}}"#)
}

fn integer(raw: &str) -> Option<String> {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let is_integer = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_integer.then(|| if raw == "-0" { "0".to_owned() } else { raw.to_owned() })
}

fn ascii_json(text: &str) -> String {
    let mut written = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        if c <= '~' {
            written.push(c);
        } else {
            let mut units = [0; 2];
            let escapes = c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"));
            written.extend(escapes);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for kid in ["shared", "", "a\"b\\", "日本 𝄞\u{7f}"] {
            let json = write(kid, "aXY=", "Y3Q=");
            assert!(json.is_ascii(), "{json}");
            let members = Members::parse(json.as_bytes()).expect("four members");
            assert_eq!(members.kid, kid);
            assert_eq!(
                (members.version.as_str(), &*members.iv, &*members.ct),
                ("1", "aXY=", "Y3Q=")
            );
        }
    }

    #[test]
    fn a_version_is_an_integer_of_any_size() {
        let version = |v: &str| {
            let json = format!(r#"{{"v":{v},"kid":"k","iv":"","ct":""}}"#);
            Members::parse(json.as_bytes()).map(|members| members.version)
        };
        let huge = "123456789012345678901234567890";
        assert_eq!(version(huge).as_deref(), Some(huge));
        assert_eq!(version("-7").as_deref(), Some("-7"));
        assert_eq!(version("-0").as_deref(), Some("0"));
        for other in ["1.0", "1e0", "true", "null", "\"1\"", "[1]"] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}
