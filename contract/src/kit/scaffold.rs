//! A new kit, before registering.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

use super::{Form, HUB_SHARED, KEYS, Kit, PLACEHOLDER, Section, Template};

/// Which deployment a kit is for; the last part of its file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum KitEnv {
    /// `development`: `PROD` unset.
    #[serde(rename = "development")]
    Development,
    /// `stag`: `PROD=stag`.
    #[serde(rename = "stag")]
    Staging,
    /// `production`: `PROD=true`.
    #[serde(rename = "production")]
    Production,
    /// `lza-stag`: `PROD=lza-stag`, staging at the landing-zone estate.
    #[serde(rename = "lza-stag")]
    LandingZoneStaging,
    /// `lza-prod`: `PROD=lza`, production at the landing-zone estate.
    #[serde(rename = "lza-prod")]
    LandingZone,
}

impl KitEnv {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Development,
        Self::Staging,
        Self::Production,
        Self::LandingZoneStaging,
        Self::LandingZone,
    ];

    /// The word in the file name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "stag",
            Self::Production => "production",
            Self::LandingZoneStaging => "lza-stag",
            Self::LandingZone => "lza-prod",
        }
    }

    /// What the operator's `PROD=` means; `None` for a word it does not take.
    pub fn from_prod(prod: Option<&str>) -> Option<Self> {
        match prod {
            None | Some("") => Some(Self::Development),
            Some("stag") => Some(Self::Staging),
            Some("true") => Some(Self::Production),
            Some("lza-stag") => Some(Self::LandingZoneStaging),
            Some("lza") => Some(Self::LandingZone),
            Some(_) => None,
        }
    }
}

impl fmt::Display for KitEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for KitEnv {
    type Err = UnknownKitEnv;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|env| env.as_str() == word);
        known.ok_or_else(|| UnknownKitEnv(word.to_owned()))
    }
}

/// A word that names no deployment.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown kit environment {0:?}; known: development, stag, production, lza-stag, lza-prod")]
pub struct UnknownKitEnv(String);

/// Where the kit of a trust lies, from the root of the site's checkout:
/// `trust/.env.<CODE>.<env>`.
pub fn path_for(code: &str, env: KitEnv) -> Result<String, CodeError> {
    check_code(code)?;
    Ok(format!("trust/.env.{code}.{env}"))
}

/// A kit as scaffolding writes it: five sections, template values for the operator to change, and
/// [`PLACEHOLDER`]s in the two managed blocks. A development kit has its Hub-shared keys commented
/// out.
pub fn scaffold(code: &str, name: &str, env: KitEnv) -> Result<Kit, ScaffoldError> {
    check_code(code)?;
    check_name(name)?;
    let mut text = String::new();
    for section in Section::ALL {
        if section != Section::TrustIdentity {
            text.push('\n');
        }
        text.push_str(section.marker());
        text.push('\n');
        for spec in KEYS.iter().filter(|spec| spec.section == section) {
            let (start, value) = match spec.template {
                Template::Argument if spec.name == "TRUST_NAME" => ("", name),
                Template::Argument => ("", code),
                Template::Value(value) => ("", value),
                Template::Commented(value) => ("# ", value),
                Template::Placeholder => ("", PLACEHOLDER),
                Template::Absent => continue,
            };
            for part in [start, spec.name, "=", value, "\n"] {
                text.push_str(part);
            }
        }
    }
    let mut kit = Kit::new(text);
    if env == KitEnv::Development {
        kit.comment_out(HUB_SHARED);
    }
    Ok(kit)
}

/// A code that cannot be the middle of a file name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Nothing but blanks.
    #[error("TRUST_CODE=<code> required")]
    Missing,
    /// A character a file name or a make variable would trip over.
    #[error("TRUST_CODE may hold letters, digits, `_` and `-` only")]
    Characters,
}

/// Why no kit can be made of these arguments.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScaffoldError {
    /// The code does not do.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Nothing but blanks.
    #[error("TRUST_NAME=<name> required")]
    NameMissing,
    /// A character by which the readers of a kit part.
    #[error(
        "TRUST_NAME may not hold line breaks, double quotes, backticks, `$`, `#`, `~` or `\\`, \
         nor start with a quote or a blank or end in a blank"
    )]
    NameCharacters,
}

fn check_code(code: &str) -> Result<(), CodeError> {
    if code.trim().is_empty() {
        return Err(CodeError::Missing);
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if code.bytes().all(fits) { Ok(()) } else { Err(CodeError::Characters) }
}

fn check_name(name: &str) -> Result<(), ScaffoldError> {
    if name.trim().is_empty() {
        return Err(ScaffoldError::NameMissing);
    }
    let wrong = Form::Name.check(name).is_err()
        || name.contains(['#', '~', '\\'])
        || name.contains(char::is_control)
        || name.starts_with('\'')
        || name != name.trim();
    if wrong { Err(ScaffoldError::NameCharacters) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::{CREDENTIALS, Reader};
    use super::*;

    #[test]
    fn a_new_kit_has_its_sections_arguments_and_placeholders() {
        let kit = scaffold("KCH", "King's College", KitEnv::Production).expect("good arguments");
        assert!(Section::ALL.iter().all(|section| kit.has_section(*section)));
        assert_eq!(kit.value(Reader::Make, "TRUST_NAME").as_deref(), Some("King's College"));
        assert_eq!(kit.value(Reader::Sed, "TRUST_CODE").as_deref(), Some("KCH"));
        let unfilled: Vec<String> = kit.unfilled().into_iter().map(|entry| entry.key).collect();
        assert_eq!(unfilled, [HUB_SHARED, CREDENTIALS].concat());
        assert_eq!(kit.value(Reader::Sed, "OMOP_DATA_DIR"), None);
    }

    #[test]
    fn a_development_kit_has_the_shared_block_commented_out() {
        let kit = scaffold("KCH", "x", KitEnv::Development).expect("good arguments");
        let unfilled: Vec<String> = kit.unfilled().into_iter().map(|entry| entry.key).collect();
        assert_eq!(unfilled, CREDENTIALS);
        assert!(kit.expose().contains(&format!("\n# AES_KEY_BASE64={PLACEHOLDER}\n")));
    }

    #[test]
    fn arguments_that_would_break_the_file_are_refused() {
        let made = |code, name| scaffold(code, name, KitEnv::Staging).map(|_| ());
        assert_eq!(made(" ", "x"), Err(CodeError::Missing.into()));
        assert_eq!(made("../x", "x"), Err(CodeError::Characters.into()));
        assert_eq!(made("KCH", ""), Err(ScaffoldError::NameMissing));
        for name in ["a\nTRUST_CODE=b", "a\"", "$a", "a #b", " a", "a ", "'a'", "a\\"] {
            assert_eq!(made("KCH", name), Err(ScaffoldError::NameCharacters), "{name:?}");
        }
    }

    #[test]
    fn a_path_names_code_and_deployment() {
        let path = path_for("KCH", KitEnv::Production);
        assert_eq!(path.as_deref(), Ok("trust/.env.KCH.production"));
        assert_eq!(path_for("a/b", KitEnv::Staging), Err(CodeError::Characters));
        for env in KitEnv::ALL {
            assert_eq!(env.as_str().parse(), Ok(env));
        }
        assert_eq!(KitEnv::from_prod(Some("true")), Some(KitEnv::Production));
        assert_eq!(KitEnv::from_prod(Some("lza")), Some(KitEnv::LandingZone));
        assert_eq!(KitEnv::from_prod(Some("lza-stag")), Some(KitEnv::LandingZoneStaging));
        assert_eq!(KitEnv::from_prod(None), Some(KitEnv::Development));
        assert_eq!(KitEnv::from_prod(Some("false")), None);
    }
}
