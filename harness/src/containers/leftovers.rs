//! What a run has in Docker, found by its labels, and its removal.

use std::collections::{BTreeMap, HashMap};

use testcontainers::bollard::errors::Error;
use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder,
    ListVolumesOptionsBuilder, RemoveContainerOptionsBuilder, RemoveImageOptionsBuilder,
    RemoveVolumeOptions,
};

use super::docker::{Docker, DockerError};
use super::labels::{RUN, RunMark};

/// Things of ours in Docker.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Leftovers {
    /// In the order in which they can be removed.
    pub things: Vec<Leftover>,
}

/// One thing of ours.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Leftover {
    /// What it is.
    pub kind: Kind,
    /// What people call it.
    pub name: String,
    /// What the engine calls it.
    pub id: String,
    /// The run that made it.
    pub run: String,
}

/// Kinds of things, in the order in which they can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// With its anonymous volumes.
    Container,
    /// A private network.
    Network,
    /// A named volume of a stack.
    Volume,
    /// An image made on the spot.
    Image,
}

impl Kind {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Image => "image",
        }
    }
}

impl Leftovers {
    /// Everything one run has.
    ///
    /// # Errors
    /// When the engine does not list it.
    pub async fn of_run(docker: &Docker, run: &str) -> Result<Self, DockerError> {
        Self::find(docker, &format!("{RUN}={run}"), |_| true).await
    }

    /// Everything of runs of this user on this machine that have ended.
    ///
    /// # Errors
    /// When the engine does not list it.
    pub async fn of_dead_runs(docker: &Docker) -> Result<Self, DockerError> {
        Self::find(docker, RUN, RunMark::is_dead_here).await
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Removes them; what is gone already is gone.
    ///
    /// # Errors
    /// The first refusal, after everything was tried.
    pub async fn remove(&self, docker: &Docker) -> Result<(), DockerError> {
        let client = docker.client();
        let mut refused = None;
        for thing in &self.things {
            let outcome = match thing.kind {
                Kind::Container => {
                    let how = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
                    client.remove_container(&thing.id, Some(how)).await
                }
                Kind::Network => client.remove_network(&thing.id).await,
                Kind::Volume => client.remove_volume(&thing.id, None::<RemoveVolumeOptions>).await,
                Kind::Image => {
                    let how = RemoveImageOptionsBuilder::new().force(true).build();
                    client.remove_image(&thing.id, Some(how), None).await.map(drop)
                }
            };
            if let Err(error) = outcome
                && !is_gone(&error)
            {
                let what = format!("remove the {} {}", thing.kind.word(), thing.name);
                refused.get_or_insert(DockerError::refused(&what)(error));
            }
        }
        refused.map_or(Ok(()), Err)
    }

    async fn find(
        docker: &Docker,
        label: &str,
        wanted: impl Fn(&RunMark) -> bool,
    ) -> Result<Self, DockerError> {
        let client = docker.client();
        let filters: HashMap<&str, Vec<&str>> = HashMap::from([("label", vec![label])]);
        let asked = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
        let containers = client.list_containers(Some(asked)).await;
        let containers = containers.map_err(DockerError::refused("list containers"))?;
        let asked = ListNetworksOptionsBuilder::new().filters(&filters).build();
        let networks = client.list_networks(Some(asked)).await;
        let networks = networks.map_err(DockerError::refused("list networks"))?;
        let asked = ListVolumesOptionsBuilder::new().filters(&filters).build();
        let volumes = client.list_volumes(Some(asked)).await;
        let volumes = volumes.map_err(DockerError::refused("list volumes"))?.volumes;
        let asked = ListImagesOptionsBuilder::new().all(true).filters(&filters).build();
        let images = client.list_images(Some(asked)).await;
        let images = images.map_err(DockerError::refused("list images"))?;
        let containers = containers.into_iter().map(|found| {
            let name = found.names.unwrap_or_default().into_iter().next().unwrap_or_default();
            let name = name.trim_start_matches('/').to_owned();
            (Kind::Container, name, found.id.unwrap_or_default(), found.labels.unwrap_or_default())
        });
        let networks = networks.into_iter().map(|found| {
            let labels = found.labels.unwrap_or_default();
            (Kind::Network, found.name.unwrap_or_default(), found.id.unwrap_or_default(), labels)
        });
        let volumes = volumes.unwrap_or_default().into_iter();
        let volumes =
            volumes.map(|found| (Kind::Volume, found.name.clone(), found.name, found.labels));
        let images = images.into_iter().map(|found| {
            let name = found.repo_tags.first().cloned().unwrap_or_else(|| found.id.clone());
            (Kind::Image, name, found.id, found.labels)
        });
        let things = containers.chain(networks).chain(volumes).chain(images).filter_map(|found| {
            let (kind, name, id, labels) = found;
            let labels: BTreeMap<String, String> = labels.into_iter().collect();
            let mark = RunMark::of(&labels).filter(|mark| wanted(mark))?;
            Some(Leftover { kind, name, id, run: mark.run })
        });
        Ok(Self { things: things.collect() })
    }
}

/// Not there, or on its way out already.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { status_code: 404, .. })
        || error.to_string().contains("is already in progress")
}
