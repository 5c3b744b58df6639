//! FL client may not write its own folder.

use contract::catalogue::Who;

use super::site::{SitePlay, Stranger};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::{SLOT, SampleSite};

pub(super) const BUG: Bug = Bug {
    id: "B25",
    title: "FL client may not write its own folder",
    group: Group::Host,
    cause: "the image runs as an ordinary user now and files of root are left from before",
    symptom: "the FL client cannot write its resources file and starts over and over",
    fix: "give the folder to uid 1000",
    owner: Who::SiteIt,
    clauses: &["HOST-FLKIT-03"],
    caught_by: &[Catcher::SiteCheck("fl-kit.owner")],
    play: Play::Here {
        with: "an FL kit the client's user does not own (or may not write, where we are not root)",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let tree = play.sample.fl_kit_path();
    let local = tree.join("net-1/services").join(SLOT.0).join("local");
    let client = Stranger::of_current_images();
    client.own_all(&tree)?;
    client.make_usable(&local, !bench.plants())?;
    play.scene.planted(format!("files of the root image are left in local/: {}", client.words()));
    let written = client.writes(&local, "resources.json").await?;
    let told = match &written {
        Ok(()) => "fl-client: /app/local/resources.json written".to_owned(),
        Err(why) => {
            format!("fl-client: cannot write /app/local/resources.json ({why}); restarting")
        }
    };
    play.scene.symptom(written.is_err(), "a client that cannot write its resources", told);
    let mut site = play.sample.site()?;
    site.host.client_user = Ok(client.uid);
    play.judged(&site)
}
