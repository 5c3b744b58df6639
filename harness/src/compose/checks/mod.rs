//! What a compose file promises by itself, row by row; nothing is started for it.

mod doors;
mod environment;
mod images;
mod kit_in_force;
mod lasting;
mod neighbours;
mod passwords;
mod powers;

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use contract::catalogue;
use contract::edition::Edition;

use super::file::{ComposeFile, FileError, Service};
use super::values::sample_values;
use crate::site_check::{Check, Judgement, Owner, Ruling, shown};

/// Every row, in the order of reports.
pub const ROWS: &[&[FileCheck]] = &[
    doors::ROWS,
    neighbours::ROWS,
    environment::ROWS,
    kit_in_force::ROWS,
    lasting::ROWS,
    images::ROWS,
    passwords::ROWS,
    powers::ROWS,
];

/// One promise.
#[derive(Clone, Copy, Debug)]
pub struct FileCheck {
    /// Stable: `compose.<what>`.
    pub id: &'static str,
    /// The clause it proves.
    pub requirement: &'static str,
    /// Who puts it right.
    pub owner: Owner,
    /// What must be so, in plain words.
    pub sentence: &'static str,
    /// The judgement; a pure function of the file.
    pub judge: fn(&SiteFile) -> Judgement,
}

/// A site's compose file, as it is written and as it comes out with a kit's values.
#[derive(Clone, Debug)]
pub struct SiteFile {
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// As people wrote it.
    pub written: ComposeFile,
    /// With the kit's values.
    pub resolved: ComposeFile,
    /// Whether the tool resolved it: then the environment is whole, env files and all.
    pub whole: bool,
    /// The kit's values it was resolved with.
    pub values: BTreeMap<String, String>,
    /// The service that is the trust's poller, if the user names one.
    pub poller: Option<String>,
    /// Who else has a say in the values, where the file is started.
    pub around: Around,
}

/// What speaks into a file beside its kit, by name; values stay where they are.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Keys of the kit that the shell exports with another value than the kit's.
    pub exported: BTreeSet<String>,
    /// Keys of the kit that `.env` beside the file sets to another value than the kit's.
    pub beside: BTreeSet<String>,
    /// The site's own kit: the name of its file, and what in it is no secret.
    pub kit: Option<(String, BTreeMap<String, String>)>,
}

impl SiteFile {
    /// Reads a file and fills it with a sample kit, without any tool.
    ///
    /// # Errors
    /// When it is no compose file.
    pub fn read(path: &camino::Utf8Path) -> Result<Self, FileError> {
        Ok(Self::of(path, ComposeFile::read(path)?))
    }

    /// The same of a file that was read already.
    pub fn of(path: &camino::Utf8Path, written: ComposeFile) -> Self {
        let values = sample_values();
        let resolved = written.with(&values);
        Self {
            path: path.to_owned(),
            written,
            resolved,
            whole: false,
            values,
            poller: None,
            around: Around::default(),
        }
    }

    /// The service that polls: the one the user named, `trust-api`, or the only one that is told where
    /// the hub is.
    pub fn poller(&self) -> Option<&Service> {
        if let Some(name) = &self.poller {
            return self.resolved.service(name);
        }
        let told = |service: &&Service| {
            service.environment.contains_key(HUB_URL) && !is_fl_client(service)
        };
        let mut told = self.resolved.services.iter().filter(told);
        self.resolved.service(POLLER).or_else(|| told.next().filter(|_| told.next().is_none()))
    }

    fn needed_poller(&self) -> Result<&Service, Ruling> {
        self.poller().ok_or_else(|| {
            Ruling::not_verified(format!(
                "no service of {} is trust-api: name the one that polls",
                self.path
            ))
        })
    }

    /// A service by name, and where it is written.
    fn place(&self, service: &Service) -> String {
        match self.written.service(&service.name) {
            Some(written) => format!("{} (line {})", shown(&service.name), written.line),
            None => shown(&service.name),
        }
    }

    /// The environment a service gets, if it can be known.
    fn environment(&self, service: &Service) -> Result<BTreeMap<String, String>, Ruling> {
        let elsewhere =
            self.written.service(&service.name).is_some_and(|s| !s.env_files.is_empty());
        if elsewhere && !self.whole {
            return Err(Ruling::not_verified(format!(
                "{} takes its environment from an env file, which only docker compose resolves",
                self.place(service)
            )));
        }
        let values = service.environment.iter().filter_map(|(name, value)| {
            let value = value.as_ref().map(|text| text.text.clone());
            value.map(|value| (name.clone(), value))
        });
        Ok(values.collect())
    }

    fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }
}

/// Judges every row. A clause that says nothing about the edition is not applicable.
pub fn judge_file(file: &SiteFile, edition: &Edition) -> Vec<Check> {
    ROWS.iter().flat_map(|rows| rows.iter()).map(|row| judge(row, file, edition)).collect()
}

fn judge(row: &FileCheck, file: &SiteFile, edition: &Edition) -> Check {
    let outside = catalogue::find(row.requirement).is_some_and(|c| !c.applies_to(edition.id));
    let ruling = if outside {
        Ruling::not_applicable(format!("{} is no clause of this edition", row.requirement))
    } else if file.written.leans_on_others && !file.whole {
        Ruling::not_verified("it takes in other files, which only docker compose resolves")
    } else {
        (row.judge)(file).map_or_else(|ruling| ruling, Ruling::ok)
    };
    Check {
        id: row.id,
        group: "compose",
        outcome: ruling.outcome,
        owner: ruling.owner.unwrap_or(row.owner),
        message: ruling.message,
        fix: ruling.fix,
        requirement: row.requirement,
    }
}

fn is_fl_client(service: &Service) -> bool {
    service.name.starts_with("fl-client")
}

/// What must run again after a reboot, and comes with every release.
fn is_site_service(service: &Service) -> bool {
    SITE_SERVICES.contains(&service.name.as_str())
}

const POLLER: &str = "trust-api";
const SITE_SERVICES: &[&str] = &["imaging-api", "data-access-api"];
pub(super) const HUB_URL: &str = "CENTRAL_HUB_API_URL";

#[cfg(test)]
mod tests;
