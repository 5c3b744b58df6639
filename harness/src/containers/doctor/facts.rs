//! What the machine shows. Nothing is changed but what is asked for: a private network is made and
//! removed again, and dead runs are swept only on request.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use crate::compose::ComposeTool;
use crate::containers::{Docker, DockerError, EngineFacts, Leftovers, RunMark, SiteNetwork, Yard};
use crate::fl_package;
use crate::scratch::{self, DeadRun};

/// What was seen.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The engine, or why there is none.
    pub engine: Result<EngineFacts, DockerError>,
    /// A network on which containers would reach this program; `None` without an engine.
    pub network: Option<Result<SiteNetwork, DockerError>>,
    /// The compose tool and its version, or what was answered instead.
    pub compose: Result<String, String>,
    /// The Python for the published FL library, in words; or why there is none, and what to do.
    pub python: Result<String, (String, String)>,
    /// Folder of all runs of this user.
    pub scratch: Result<PathBuf, String>,
    /// What dead runs left, or what could not be listed.
    pub leftovers: Vec<Remnant>,
    /// What could not be looked at, or not be removed.
    pub unswept: Vec<String>,
    /// Whether it was to be removed.
    pub swept: bool,
}

/// One thing that a dead run left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remnant {
    /// `program`, `container`, `network`, `image` or `folder`.
    pub kind: &'static str,
    /// What people call it.
    pub name: String,
    /// The run that left it.
    pub run: String,
}

impl Facts {
    /// Looks at everything; with `sweep`, also removes what dead runs left.
    pub async fn gather(sweep: bool) -> Self {
        let docker = in_time(Docker::connect()).await;
        let engine = docker.as_ref().map(|docker| docker.facts().clone()).map_err(Clone::clone);
        let docker = docker.ok();
        let network = match &docker {
            Some(docker) => Some(in_time(Yard::try_out(docker.clone())).await),
            None => None,
        };
        let mut seen = Self {
            engine,
            network,
            compose: match ComposeTool::find().await {
                Ok(tool) => Ok(tool.to_string()),
                Err(error) => Err(error.to_string()),
            },
            python: python().await,
            scratch: scratch::home().map_err(|error| error.to_string()),
            leftovers: Vec::new(),
            unswept: Vec::new(),
            swept: sweep,
        };
        seen.look_for_dead_runs(docker.as_ref()).await;
        seen
    }

    async fn look_for_dead_runs(&mut self, docker: Option<&Docker>) {
        // Programs first: what still runs may make more.
        let dead = DeadRun::all().unwrap_or_default();
        self.leftovers.extend(dead.iter().flat_map(programs));
        if self.swept {
            dead.iter().for_each(DeadRun::remove);
        }
        if let Some(docker) = docker {
            match in_time(Leftovers::of_dead_runs(docker)).await {
                Ok(found) => {
                    self.leftovers.extend(found.things.iter().map(|thing| Remnant {
                        kind: thing.kind.word(),
                        name: thing.name.clone(),
                        run: thing.run.clone(),
                    }));
                    if self.swept
                        && let Err(error) = in_time(found.remove(docker)).await
                    {
                        self.unswept.push(error.to_string());
                    }
                }
                Err(error) => self.unswept.push(error.to_string()),
            }
        }
        self.leftovers.extend(dead.iter().map(folder));
        if self.swept {
            let stays = dead.iter().filter(|run| run.folder.exists());
            self.unswept
                .extend(stays.map(|run| format!("{} cannot be removed", run.folder.display())));
        }
    }
}

/// Removes what this process itself has in Docker: for a look that is cut short.
pub async fn clear() {
    let clearing = async {
        let docker = Docker::connect().await?;
        Leftovers::of_run(&docker, &RunMark::current().run).await?.remove(&docker).await
    };
    // What stays carries our labels: it is a dead run's from now on.
    let _ = in_time(clearing).await;
}

fn programs(dead: &DeadRun) -> impl Iterator<Item = Remnant> {
    dead.programs.iter().map(|(pid, name)| Remnant {
        kind: "program",
        name: format!("{name} ({pid})"),
        run: dead.run.clone(),
    })
}

fn folder(dead: &DeadRun) -> Remnant {
    Remnant { kind: "folder", name: dead.folder.display().to_string(), run: dead.run.clone() }
}

async fn python() -> Result<String, (String, String)> {
    let found = fl_package::usable_python().await;
    found
        .map(|(program, (major, minor))| format!("Python {major}.{minor}, {program}"))
        .map_err(|error| (error.to_string(), error.hint().to_owned()))
}

async fn in_time<T>(work: impl Future<Output = Result<T, DockerError>>) -> Result<T, DockerError> {
    let silent = || DockerError::Unreachable(format!("silent for {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(silent()))
}

const PATIENCE: Duration = Duration::from_secs(30);
