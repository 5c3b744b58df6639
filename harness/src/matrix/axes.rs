//! Which pairings: four axes that are released apart, and their product.

use contract::edition::{Edition, EditionId};
use contract::fl_line::{FL_LINES, FlLine, FlLineId};

use super::release::Release;
use crate::engine::nearest;
use crate::fl_package::{FlServerSpec, SpecError};

/// The four axes.
#[derive(Clone, Debug)]
pub struct Axes {
    /// Hub editions.
    pub hubs: Vec<&'static Edition>,
    /// Trust editions.
    pub trusts: Vec<&'static Edition>,
    /// FL servers.
    pub servers: Vec<FlServerSpec>,
    /// FL clients.
    pub clients: Vec<&'static FlLine>,
}

/// A value that is on no axis.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AxisError {
    /// No edition or line has that name.
    #[error("{what} {value:?} is unknown{}; known: {known}", did_you_mean(.near.as_ref()))]
    Unknown {
        /// Which axis.
        what: &'static str,
        /// The value.
        value: String,
        /// The name most like it.
        near: Option<String>,
        /// All names.
        known: String,
    },
    /// No release of the package.
    #[error(transparent)]
    Package(SpecError),
}

fn did_you_mean(near: Option<&String>) -> String {
    near.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}

impl Default for Axes {
    /// Everything there is.
    fn default() -> Self {
        Self {
            hubs: editions(),
            trusts: editions(),
            servers: FL_LINES.iter().map(|line| FlServerSpec::Line(line.id)).collect(),
            clients: FL_LINES.iter().collect(),
        }
    }
}

impl Axes {
    /// Every combination, hubs outermost, FL clients innermost.
    pub fn product(&self) -> Vec<Release> {
        let mut all = Vec::new();
        for hub in &self.hubs {
            for trust in &self.trusts {
                for fl_server in &self.servers {
                    all.extend(self.clients.iter().map(|fl_client| Release {
                        hub,
                        trust,
                        fl_server: fl_server.clone(),
                        fl_client,
                    }));
                }
            }
        }
        all
    }

    /// An edition by name.
    pub fn edition(text: &str) -> Result<&'static Edition, AxisError> {
        let names = EditionId::ALL.map(EditionId::name);
        text.parse::<EditionId>()
            .map(EditionId::row)
            .map_err(|_| unknown("edition", text, text, &names))
    }

    /// An FL server: a line, or a release of the package as `pip:flip-utils==VERSION`.
    pub fn server(text: &str) -> Result<FlServerSpec, AxisError> {
        match FlServerSpec::parse(text) {
            Ok(spec) => Ok(spec),
            Err(error) if text.starts_with("pip:") => Err(AxisError::Package(error)),
            Err(_) => Self::line(text).map(|line| FlServerSpec::Line(line.id)),
        }
    }

    /// An FL line by name, with or without `fl-`.
    pub fn line(text: &str) -> Result<&'static FlLine, AxisError> {
        let names: Vec<&str> = FL_LINES.iter().map(|line| line.id.name()).collect();
        let found = text.parse().or_else(|_| format!("fl-{text}").parse());
        // The prefix is half of a short name: without it nothing would be near.
        let whole = if text.starts_with("fl-") { text.to_owned() } else { format!("fl-{text}") };
        found.map(FlLineId::row).map_err(|_| unknown("FL line", text, &whole, &names))
    }
}

fn editions() -> Vec<&'static Edition> {
    EditionId::ALL.into_iter().map(EditionId::row).collect()
}

/// `sought` is the value as a name would be written.
fn unknown(what: &'static str, value: &str, sought: &str, names: &[&str]) -> AxisError {
    AxisError::Unknown {
        what,
        value: value.to_owned(),
        near: nearest(sought, names.iter().copied()),
        known: names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_product_is_every_pairing_once() {
        let names: std::collections::BTreeSet<String> =
            Axes::default().product().iter().map(Release::to_string).collect();
        assert_eq!(names.len(), 6 * 6 * 6 * 6);
    }

    #[test]
    fn lines_are_read_with_and_without_their_prefix() {
        assert_eq!(Axes::line("0.1.8").map(|line| line.id), Ok(FlLineId::V0_1_8));
        assert_eq!(Axes::line("fl-mid-a").map(|line| line.id), Ok(FlLineId::MidA));
        let error = Axes::line("0.1.9").expect_err("no such line").to_string();
        assert!(error.contains("did you mean") && error.contains("fl-0.13.1"), "{error}");
        let error = Axes::edition("2026.6").expect_err("no such edition").to_string();
        assert!(error.contains("2026.06"), "{error}");
    }
}
