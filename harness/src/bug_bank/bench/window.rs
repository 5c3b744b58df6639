//! Cells of the matrix as catchers: a pairing of releases by its name.

use std::sync::Arc;

use contract::edition::EditionId;
use contract::fl_line::FlLineId;

use super::{Bench, Conduct};
use crate::bug_bank::{Catcher, Caught};
use crate::finding::{Judged, Stop};
use crate::matrix::{FlServer, Pairing, Parts, Verdict, judge};
use crate::target::TargetError;

impl Bench {
    /// Runs the pairing of that name and judges it; red when work is refused or lost. An inert bench
    /// judges the newest of everything instead.
    pub async fn cell(&self, name: &'static str) -> Judged<Caught> {
        let pairing = pairing(if self.inert { "" } else { name })?;
        let cell = judge(&pairing, &self.parts(), self.seed).await?;
        let red = cell.verdict >= Verdict::RefusedLoudly;
        let findings = cell.findings.iter().take(FINDINGS);
        let told = findings.map(|found| format!("{}: {}", found.requirement, found.sentence));
        let mut told: Vec<String> = told.collect();
        told.insert(0, format!("{} is {}", cell.name(), cell.verdict));
        Ok(Caught { by: Catcher::Cell(name).to_string(), red, told })
    }

    fn parts(&self) -> Parts {
        let workshop = Arc::clone(&self.workshop);
        Parts {
            around: self.around(),
            trusts: Arc::new(move |edition| {
                let trust = workshop.trust(edition, Conduct::AsBuilt, &[]);
                trust.map_err(|stop| TargetError::CannotStart {
                    what: "a trust".to_owned(),
                    reason: stop.to_string(),
                })
            }),
            hub_conduct: "as-built".to_owned(),
            hub_faults: Vec::new(),
        }
    }
}

/// The pairing of a name such as `hub=2026.09,fl=fl-0.1.8`; what is not named is the newest.
pub(in crate::bug_bank) fn pairing(name: &str) -> Judged<Pairing> {
    let newest = FlLineId::DEFAULT.row();
    let mut pairing = Pairing {
        hub: EditionId::DEFAULT.row(),
        trust: EditionId::DEFAULT.row(),
        fl_server: FlServer::Line(newest),
        fl_client: newest,
    };
    let edition = |text: &str| text.parse::<EditionId>().map_err(Stop::not_verified);
    let line = |text: &str| text.parse::<FlLineId>().map_err(Stop::not_verified);
    for part in name.split(',').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("hub", id)) => pairing.hub = edition(id)?.row(),
            Some(("trust", id)) => pairing.trust = edition(id)?.row(),
            Some(("fl", id)) => pairing.fl_server = FlServer::Line(line(id)?.row()),
            Some(("fl-client", id)) => pairing.fl_client = line(id)?.row(),
            _ => return Err(Stop::not_verified(format!("no part of a pairing: {part:?}"))),
        }
    }
    Ok(pairing)
}

const FINDINGS: usize = 4;
