//! Kit copied from nowhere, and green.

use contract::catalogue::Who;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::FlTree;
use crate::site_check::sample::SampleSite;
use camino::Utf8Path;

pub(super) const BUG: Bug = Bug {
    id: "B7",
    title: "kit copied from nowhere, and green",
    group: Group::Kits,
    cause: "a doubled slash in the source prefix matches no file and nothing counts the files",
    symptom: "everything is green and the site has no FL kit",
    fix: "write the prefix with one slash and fail when no file was copied",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-01"],
    caught_by: &[Catcher::SiteCheck("package.fl-kit")],
    play: Play::Here {
        with: "a store of objects listed by prefix, and the package made of what was copied",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::flower()?)?;
    let store = play.sample.folder().join("store");
    let objects = uploaded(&play.sample.fl_kit_path(), &store)?;
    // Objects have names, not folders: a doubled slash is another name.
    let slash = if bench.plants() { "//" } else { "/" };
    let prefix = format!("flower{slash}20260901/");
    play.scene.planted(format!("the FL kit is copied from the prefix {prefix}"));
    let copied: Vec<&String> = objects.iter().filter(|name| name.starts_with(&prefix)).collect();
    let told = format!("package: copied {} of {} objects, exit 0", copied.len(), objects.len());
    play.scene.symptom(copied.is_empty(), "a copy of nothing that ends well", told);

    let mut members = play.sample.members()?;
    members.retain(|name, _| !name.starts_with("fl-kit/"));
    members.insert("fl-kit/".to_owned(), (0o755, Vec::new()));
    for name in &copied {
        let content = std::fs::read(store.join(name)).map_err(Stop::not_verified)?;
        members.insert(format!("fl-kit/{}", &name[prefix.len()..]), (0o644, content));
    }
    for folder in ["net-1/", "net-1/certificates/", "net-1/keys/"] {
        if !copied.is_empty() {
            members.insert(format!("fl-kit/{folder}"), (0o755, Vec::new()));
        }
    }
    let site = play.sample.packed(&members)?;
    let files = members.keys().filter(|name| name.starts_with("fl-kit/") && !name.ends_with('/'));
    let files = files.count();
    let told = format!("package: a tarball with {files} files below fl-kit/");
    play.scene.symptom(files == 0, "a site that gets no FL kit", told);
    play.judged(&site)
}

/// Puts a tree into the store, and gives the names of its objects.
fn uploaded(from: &Utf8Path, store: &Utf8Path) -> Judged<Vec<String>> {
    let tree = FlTree::read(from).map_err(Stop::not_verified)?;
    let mut objects = Vec::new();
    for (path, _) in tree.entries().filter(|(_, entry)| entry.is_filled()) {
        let name = format!("flower/20260901/{path}");
        let to = store.join(&name);
        std::fs::create_dir_all(to.parent().unwrap_or(store)).map_err(Stop::not_verified)?;
        std::fs::copy(from.join(path), to).map_err(Stop::not_verified)?;
        objects.push(name);
    }
    Ok(objects)
}
