//! Literal $HOME in a path.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::{SitePlay, run};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;
use camino::Utf8Path;
use std::io;
use std::process::Command;

pub(super) const BUG: Bug = Bug {
    id: "B21",
    title: "literal $HOME in a path",
    group: Group::Kits,
    cause: "a printed hint was taken over as it stands and nothing expands it",
    symptom: "the folder is said not to exist, or another one is mounted",
    fix: "write the path in full",
    owner: Who::Operator,
    clauses: &["KIT-FORM-02"],
    caught_by: &[Catcher::SiteCheck("kit.fl-kit-dir"), Catcher::SiteCheck("kit.readers")],
    play: Play::Here {
        with: "a kit with $HOME in FL_KIT_DIR, read by make, compose, checklist and sed",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let whole = play.sample.fl_kit_path().into_string();
    let written = if bench.plants() { "$HOME/flip/fl-kit" } else { whole.as_str() };
    play.sample.set(&[("FL_KIT_DIR", written)])?;
    play.scene.planted("the hint `$HOME/flip/fl-kit` is copied into the kit as it stands");
    let kit = play.sample.kit()?;
    let mut lost = Vec::new();
    for reader in Reader::ALL {
        let seen = kit.value(reader, "FL_KIT_DIR").unwrap_or_default();
        let there = Utf8Path::new(&seen).is_dir();
        lost.push(!there);
        let what = if there { "a directory" } else { "does not exist" };
        play.scene.saw(play.plain(&format!("{reader} reads {seen}: {what}")));
    }
    match made(&play).await? {
        Some(seen) => {
            let told = play.plain(&format!("GNU make itself reads {seen}"));
            play.scene.symptom(seen.starts_with("OME"), "a path without its first letters", told);
        }
        None => play.scene.saw("GNU make is not installed here; its reader is told by our model"),
    }
    let what = "a directory no reader finds";
    let count = lost.iter().filter(|lost| **lost).count();
    play.scene.symptom(count == 4, what, format!("{count} of 4 readers find no directory"));
    let site = play.sample.site()?;
    play.judged(&site)
}

/// What the real make takes for the value.
async fn made(play: &SitePlay) -> Judged<Option<String>> {
    let kit = play.sample.kit_path();
    let makefile = format!("include {kit}\nall:\n\t@printf '%s' '$(FL_KIT_DIR)'\n");
    play.sample.put("Makefile", 0o644, &makefile)?;
    let mut make = Command::new("make");
    make.args(["--no-print-directory", "-s", "-C", play.sample.folder().as_str(), "all"]);
    make.env_remove("MAKEFLAGS").env_remove("H");
    match run(make).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Stop::not_verified(error)),
        Ok(done) => Ok(Some(String::from_utf8_lossy(&done.stdout).into_owned())),
    }
}
