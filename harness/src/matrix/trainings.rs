//! The runs of the FL server in a pairing, and what is found of them in the hub (fl 5, 6).

use contract::capture::Exchange;
use contract::edition::Edition;
use contract::key::Secret;
use serde_json::{Value, json};

use super::cell::{Counts, Kind, Trace, Verdict};
use super::federation::Federation;
use super::pairing::{FlServer, Pairing};
use crate::finding::{Judged, Stop};
use crate::fl_package::{Crash, TrainingOrder};
use crate::oracle::stored::{Flaw, Run, Wrong};
use crate::payloads::{PLANTED_SQL, sealed_project_id};
use crate::steps::tasks::too_busy;

/// One run and what the hub holds of it.
#[derive(Debug)]
pub(super) struct Ran {
    report: Value,
    model: Value,
}

/// The runs of a pairing.
#[derive(Debug)]
pub(super) struct Trainings {
    /// Two rounds, both clients, nothing goes wrong.
    clean: Ran,
    /// The second client raises in round 1.
    crash: Ran,
    /// One round in which the clients fetch the site's data.
    on_data: Ran,
}

impl Trainings {
    /// Runs them one after another.
    pub(super) async fn run(federation: &Federation, server: &FlServer) -> Judged<Self> {
        let sealed = sealed_project_id(&federation.sites[0])?;
        // A hub that freezes no cohorts leaves a site that wants one without.
        for site in federation.sites.iter().filter(|site| site.hub_edition.freezes_cohorts()) {
            site.freeze_cohort(PLANTED_SQL).await?;
        }
        let crashing = federation.slots().pop().unwrap_or_default();
        let clean = json!({"rounds": ROUNDS, "own_axis": true});
        let crash = json!({"rounds": 1, "own_axis": true, "crash": crashing});
        let on_data =
            json!({"rounds": 1, "own_axis": true, "encrypted_project_id": sealed, "query": SQL});
        // The package brings no transport of the framework: clients cannot join it.
        let stand_in = FlServer::Line(server.line());
        Ok(Self {
            clean: train(federation, server, clean).await?,
            crash: train(federation, server, crash).await?,
            on_data: train(federation, &stand_in, on_data).await?,
        })
    }

    /// What is not kept of them, and the counts.
    pub(super) fn judge(
        &self,
        federation: &Federation,
        pairing: &Pairing,
        seen: &[Exchange],
    ) -> (Vec<Trace>, Counts) {
        let owners = federation.owners(pairing.hub);
        let run = |ran| Self::as_run(ran, pairing.hub, &owners);
        let (clean, crash) = (run(&self.clean), run(&self.crash));
        let mut found = traces(&clean);
        // A crash cuts its run short: only what the clean run does not show already counts.
        let kinds: Vec<Kind> = found.iter().map(|trace| trace.kind).collect();
        let more = traces(&crash).into_iter().filter(|trace| !kinds.contains(&trace.kind));
        found.extend(more.collect::<Vec<_>>());
        found.extend(swallowed(&clean, &found));
        found.extend(self.site_data(federation.sites.len() as u64));
        found.extend(unaccounted(seen, &found));
        let mut counts = Counts::new();
        for (name, tally) in clean.tallies() {
            counts.insert(kind(name), tally);
        }
        counts.extend(
            crash
                .tallies()
                .into_iter()
                .filter(|(name, _)| *name == "logs")
                .map(|(name, tally)| (kind(name), tally)),
        );
        (found, counts)
    }

    fn as_run<'a>(
        ran: &'a Ran,
        hub: &'a Edition,
        owners: &'a std::collections::BTreeMap<String, String>,
    ) -> Run<'a> {
        Run { hub, report: &ran.report, model: &ran.model, owners }
    }

    /// FL clients that were refused their data raise: the run fails for all to see.
    fn site_data(&self, clients: u64) -> Option<Trace> {
        let report = &self.on_data.report;
        let mut failures =
            report["answers"].as_array().into_iter().flatten().filter(|post| post["what"] == "log");
        let body = failures.find_map(|post| post["body"].as_str())?;
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let text = body["log"].as_str().unwrap_or_default();
        let status: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take(3).collect();
        let (requirement, why) = match status.as_str() {
            "401" => ("FL-CLIENT-02", "it shows no site key"),
            "403" => ("TRUST-COHORT-04", "nobody froze a cohort: the hub is older than the site"),
            _ => ("UPG-CIPHER-01", "the project id cannot be opened"),
        };
        Some(Trace {
            requirement: requirement.to_owned(),
            kind: Kind::SiteData,
            sent: clients,
            stored: report["received"].as_array().map_or(0, Vec::len) as u64,
            sentence: format!("the FL client gets {status} for the site's data ({why}) and raises"),
            verdict: Verdict::RefusedLoudly,
        })
    }
}

async fn train(federation: &Federation, server: &FlServer, mut order: Value) -> Judged<Ran> {
    let hub = federation.hub();
    let ids: Vec<&str> =
        federation.sites.iter().map(|site| site.registration.id.as_str()).collect();
    let model = hub.model(&ids).await?;
    order["model_id"] = json!(model);
    order["clients"] = json!(federation.slots());
    let report = match server {
        FlServer::Line(line) => {
            order["line"] = json!(line.id);
            hub.training(order).await?
        }
        FlServer::Package(package) => package.train(&of_package(federation, &order).await?).await?,
    };
    if report["answers"].as_array().is_none_or(Vec::is_empty) {
        return Err(Stop::not_verified("the FL server posted nothing"));
    }
    let simulated =
        report["clients"].as_array().into_iter().flatten().any(|c| c["part"] != "joined");
    if simulated && matches!(server, FlServer::Line(_)) {
        return Err(Stop::not_verified("an FL client took no part in the training"));
    }
    // The only call with a shortened limit is the FL client's to its site.
    if report.to_string().contains("no answer from") {
        return Err(too_busy());
    }
    Ok(Ran { report, model: hub.model_rows(&model).await? })
}

/// The same order in the words of the package, posting to the federation's hub.
async fn of_package(federation: &Federation, order: &Value) -> Judged<TrainingOrder> {
    let hub = federation.hub();
    let held = hub.control.put("/control/keys/internal", json!({})).await?;
    let key = held["value"].as_str().map(|text| Secret::from(text.to_owned()));
    let text = |member: &str| order[member].as_str().unwrap_or_default().to_owned();
    let rounds = order["rounds"].as_u64().and_then(|rounds| u32::try_from(rounds).ok());
    let crash = order["crash"].as_str();
    Ok(TrainingOrder {
        rounds: rounds.unwrap_or(1),
        clients: federation.slots(),
        crash: crash.map(|client| Crash { client: client.to_owned(), attributed: true }),
        key,
        ..TrainingOrder::new(text("model_id"), federation.sites[0].hub.api_url.clone())
    })
}

fn traces(run: &Run<'_>) -> Vec<Trace> {
    run.flaws().into_iter().map(|flaw| trace(run, flaw)).collect()
}

fn trace(run: &Run<'_>, flaw: Flaw) -> Trace {
    let kind = kind(flaw.kind);
    let requirement = match flaw.wrong {
        Wrong::Poorer | Wrong::Unshown => "FL-COMPAT-01",
        Wrong::Redirected => "FL-LOSS-04",
        Wrong::Unended => "FL-LOSS-02",
        Wrong::TurnedWell => "FL-LOSS-03",
        Wrong::Missing | Wrong::Misplaced if kind == Kind::Logs => "FL-LOSS-03",
        Wrong::Missing | Wrong::Misplaced | Wrong::Doubled | Wrong::Changed => "FL-LOSS-01",
    };
    let verdict = match flaw.wrong {
        Wrong::Poorer | Wrong::Unshown => Verdict::Degraded,
        // Whoever looks at the model sees that it failed, if not why.
        Wrong::Missing | Wrong::Redirected if run.told() => Verdict::RefusedLoudly,
        _ => Verdict::LostInSilence,
    };
    Trace {
        requirement: requirement.to_owned(),
        kind,
        sent: flaw.sent,
        stored: flaw.stored,
        sentence: flaw.sentence,
        verdict,
    }
}

/// A run that ends well although posts of it were refused or left without answer (FL-LOSS-02).
fn swallowed(run: &Run<'_>, found: &[Trace]) -> Option<Trace> {
    let posts = run.report["answers"].as_array()?;
    let taken = posts.iter().filter(|post| taken(post)).count() as u64;
    let sent = posts.len() as u64;
    let worst = found.iter().map(|trace| trace.verdict).max()?;
    (taken < sent && run.ended() == "RESULTS_UPLOADED").then(|| Trace {
        requirement: "FL-LOSS-02".to_owned(),
        kind: Kind::Run,
        sent,
        stored: taken,
        sentence: format!(
            "{} of {sent} posts refused and swallowed: the run ends RESULTS_UPLOADED",
            sent - taken
        ),
        verdict: worst,
    })
}

fn taken(post: &Value) -> bool {
    post["status"].as_u64().is_some_and(|status| (200..400).contains(&status))
}

/// Refusals on internal routes that no finding stands for: nothing may be refused unnoticed.
fn unaccounted(seen: &[Exchange], found: &[Trace]) -> Vec<Trace> {
    let routes = [
        ("metrics", &[Kind::Metrics][..]),
        ("logs", &[Kind::Events, Kind::Logs]),
        ("model_status", &[Kind::Status]),
    ];
    routes
        .into_iter()
        .filter(|(_, kinds)| !found.iter().any(|trace| kinds.contains(&trace.kind)))
        .filter_map(|(route, kinds)| {
            let posts = || seen.iter().filter(|post| post.route == route);
            let sent = posts().count() as u64;
            let refused = posts().filter(|post| (400..500).contains(&post.status)).count() as u64;
            (refused > 0).then(|| Trace {
                requirement: "FL-LOSS-02".to_owned(),
                kind: kinds[0],
                sent,
                stored: sent - refused,
                sentence: format!("{refused} posts of {route} refused, and nothing shows it"),
                verdict: Verdict::LostInSilence,
            })
        })
        .collect()
}

fn kind(name: &str) -> Kind {
    match name {
        "metrics" => Kind::Metrics,
        "events" => Kind::Events,
        "logs" => Kind::Logs,
        "axis" => Kind::Axis,
        _ => Kind::Status,
    }
}

const ROUNDS: u32 = 2;
/// What the FL clients train on.
const SQL: &str = "SELECT p.person_id, r.accession_id FROM omop.person p \
     JOIN omop.radiology_occurrence r ON r.person_id = p.person_id";
