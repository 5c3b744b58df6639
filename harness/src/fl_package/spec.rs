//! What a user may name as FL server: a line of the stand-in, or a release of the real package.

use std::fmt;
use std::str::FromStr;

use contract::fl_line::{FL_LINES, FlLine, FlLineId};

/// An FL server as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlServerSpec {
    /// The stand-in, speaking one line: `fl-0.1.8`, or `0.1.8` for short.
    Line(FlLineId),
    /// The published package: `pip:flip-utils==0.1.8`.
    Package(PackageSpec),
}

impl FlServerSpec {
    /// Reads `fl-0.1.8`, `0.1.8` or `pip:flip-utils==0.1.8`.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let text = text.trim();
        if let Some(package) = text.strip_prefix("pip:") {
            return PackageSpec::parse(package).map(Self::Package);
        }
        let named = text.parse().or_else(|_| format!("fl-{text}").parse());
        named.map(Self::Line).map_err(|_| SpecError::NoLine(text.to_owned()))
    }

    /// The line it speaks.
    pub fn line(&self) -> &'static FlLine {
        match self {
            Self::Line(id) => id.row(),
            Self::Package(package) => package.line(),
        }
    }
}

impl FromStr for FlServerSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Self::parse(text)
    }
}

impl fmt::Display for FlServerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(id) => id.fmt(f),
            Self::Package(package) => write!(f, "pip:{package}"),
        }
    }
}

/// One release of the published package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageSpec {
    version: String,
    line: FlLineId,
}

impl PackageSpec {
    /// Reads `flip-utils==0.1.8`.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let wrong = || SpecError::NoPackage(text.to_owned());
        let (name, version) = text.split_once("==").ok_or_else(wrong)?;
        if name.trim() != PACKAGE {
            return Err(wrong());
        }
        let version = version.trim();
        let numbers: Vec<&str> = version.split('.').collect();
        let is_number =
            |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if numbers.len() != 3 || !numbers.iter().all(is_number) {
            return Err(wrong());
        }
        let line = FlLineId::of_release(version)
            .ok_or_else(|| SpecError::NoLineOfRelease(version.to_owned()))?;
        Ok(Self { version: version.to_owned(), line })
    }

    /// The release, such as `0.1.8`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The line this release belongs to.
    pub fn line(&self) -> &'static FlLine {
        self.line.row()
    }
}

impl fmt::Display for PackageSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PACKAGE}=={}", self.version)
    }
}

/// The text names no FL server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Neither a line nor a package.
    #[error(
        "`{0}` is no FL server: write a line ({known}) or a release of the package (pip:flip-utils==0.1.8)",
        known = lines()
    )]
    NoLine(String),
    /// Not the package, or no exact release.
    #[error("`{0}` is no release of the FL package: write flip-utils==MAJOR.MINOR.PATCH")]
    NoPackage(String),
    /// A release that no line describes.
    #[error("release {0} of flip-utils belongs to no FL client line this build knows ({known})", known = releases())]
    NoLineOfRelease(String),
}

fn lines() -> String {
    FL_LINES.map(|line| line.id.name()).join(", ")
}

fn releases() -> String {
    let published = FL_LINES.iter().filter(|line| line.releases.starts_with(char::is_numeric));
    published.map(|line| line.releases).collect::<Vec<_>>().join(", ")
}

/// Name of the published package.
const PACKAGE: &str = "flip-utils";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_releases_are_read_in_every_form() {
        for text in ["fl-0.1.8", "0.1.8", " 0.1.8 "] {
            assert_eq!(FlServerSpec::parse(text), Ok(FlServerSpec::Line(FlLineId::V0_1_8)));
        }
        let package = FlServerSpec::parse("pip:flip-utils==0.12.0").expect("a release");
        assert_eq!(package.to_string(), "pip:flip-utils==0.12.0");
        assert_eq!(package.line().id, FlLineId::V0_4_1);
        assert_eq!(package.to_string().parse(), Ok(package));
    }

    #[test]
    fn what_cannot_be_read_says_what_can() {
        for (text, word) in [
            ("fl-9", "fl-0.13.1"),
            ("pip:flip-utils", "MAJOR.MINOR.PATCH"),
            ("pip:flip-utils==0.1.x", "MAJOR.MINOR.PATCH"),
            ("pip:flip-utils==0.1.8 --pre", "MAJOR.MINOR.PATCH"),
            ("pip:other==0.1.8", "flip-utils"),
            ("pip:flip-utils==0.2.0", "0.1.5 to 0.1.8"),
        ] {
            let error = FlServerSpec::parse(text).expect_err(text).to_string();
            assert!(error.contains(word) && !error.contains('\n'), "{error}");
        }
    }
}
