//! Password encoded twice.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::kit::Reader;
use url::Url;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B45",
    title: "password encoded twice",
    group: Group::Kits,
    cause: "the kit holds the password percent-encoded, and the service encodes it since it reads it raw",
    symptom: "after an upgrade the database refuses data-access-api, and every cohort query fails",
    fix: "write the password itself into the kit",
    owner: Who::Operator,
    clauses: &["KIT-FORM-01"],
    caught_by: &[Catcher::SiteCheck("kit.omop-password")],
    play: Play::Here {
        with: "a kit of before, read by a service that encodes",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let written = if bench.plants() { ENCODED } else { PLAIN };
    play.sample.set(&[(KEY, written)])?;
    play.scene.planted("the kit holds the password as it once went into the URL");
    let value = play.sample.kit()?.value(Reader::Compose, KEY).unwrap_or_default();
    let sent = sent_to_database(&value)?;
    let told = if sent == PLAIN {
        "omop-db: data-access-api is connected"
    } else {
        "omop-db: password authentication failed for the reader"
    };
    play.scene.symptom(sent != PLAIN, "a database that refuses", told);
    let site = play.sample.site_in(EditionId::V2026_11.row())?;
    play.judged(&site)
}

/// What the database gets when a service encodes what the kit holds and its driver decodes it once.
fn sent_to_database(value: &str) -> Judged<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let url =
        Url::parse(&format!("postgres://db/?password={encoded}")).map_err(Stop::not_verified)?;
    let mut pairs = url.query_pairs();
    Ok(pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default())
}

const KEY: &str = "DATA_ACCESS_POSTGRES_PASSWORD";
const PLAIN: &str = "made-up@hospital";
const ENCODED: &str = "made-up%40hospital";
