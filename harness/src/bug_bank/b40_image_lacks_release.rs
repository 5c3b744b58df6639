//! One image lacks the release.

use contract::catalogue::Who;

use super::answering::Answering;
use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;
use crate::site_check::{Presence, images_of, look_for_images};
use std::time::Duration;

pub(super) const BUG: Bug = Bug {
    id: "B40",
    title: "one image lacks the release",
    group: Group::Upgrade,
    cause: "images are built only when their sources change, so that a tag need not exist for each",
    symptom: "the pull fails half-way through an upgrade",
    fix: "look for every image before the first is replaced",
    owner: Who::Admin,
    clauses: &["HOST-IMAGE-01", "UPG-VERB-01"],
    caught_by: &[Catcher::SiteCheck("images.manifests")],
    play: Play::Here {
        with: "a registry on loopback that lacks the tag of one image",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let plants = bench.plants();
    let registry =
        Answering::start(
            move |path| {
                if plants && path.contains("/data-access-api/") { 404 } else { 200 }
            },
        )
        .await?;
    play.scene.planted("the release was built for the images whose sources had changed");
    let prefix = format!("{}/flip/", registry.address);
    play.sample.set(&[("DOCKER_REGISTRY", &prefix), ("DOCKER_FL_REGISTRY", &prefix)])?;
    let mut site = play.sample.site()?;
    let images = images_of(&site);
    site.images = look_for_images(&images, LIMIT).await;
    // A pull takes one after another and stops at the first that is not there.
    let mut stopped = None;
    for image in &images {
        let name = format!("{}:{}", image.repository, image.tag);
        if site.images.get(image) == Some(&Ok(Presence::Pullable)) {
            play.scene.saw(format!("pull: {name} done"));
        } else {
            stopped = Some(format!("pull: {name}: manifest unknown; upgrade stops half-way"));
            break;
        }
    }
    let told = stopped.clone().unwrap_or_else(|| "pull: all images are there".to_owned());
    play.scene.symptom(stopped.is_some(), "a pull that fails half-way", told);
    play.judged(&site)
}

const LIMIT: Duration = Duration::from_secs(10);
