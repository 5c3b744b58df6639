//! Image folder belongs to root.

use contract::catalogue::Who;

use super::site::{SitePlay, Stranger};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B24",
    title: "image folder belongs to root",
    group: Group::Host,
    cause: "the container engine made the missing folder itself, as root",
    symptom: "images cannot be downloaded and the training sees no sample",
    fix: "make the folder first, owned by uid 1000",
    owner: Who::SiteIt,
    clauses: &["HOST-FLKIT-03"],
    caught_by: &[Catcher::SiteCheck("host.images-dir")],
    play: Play::Here {
        with: "a directory the service's user does not own (or may not write, where we are not root)",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let images = play.sample.folder().join("images");
    let service = Stranger::of_current_images();
    service.make_usable(&images, !bench.plants())?;
    play.scene.planted(format!("docker makes the missing images directory: {}", service.words()));
    let written = service.writes(&images, "study.zip").await?;
    let told = match &written {
        Ok(()) => "imaging-api: image downloaded".to_owned(),
        Err(why) => format!("imaging-api: 500 for an image download ({why}); num_samples=0"),
    };
    play.scene.symptom(written.is_err(), "images that cannot be downloaded", told);
    let mut site = play.sample.site()?;
    site.host.imaging_user = Ok(service.uid);
    play.judged(&site)
}
