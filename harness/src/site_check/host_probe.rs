//! Asking the real machine: docker's and NVIDIA's own command-line tools, by reading commands only.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::process::Stdio;
use std::time::Duration;

use camino::Utf8PathBuf;
use contract::key::Secret;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::check::Unseen;
use super::host_facts::{Fact, HostFacts, Swarm};
use super::{Container, ImageFacts, ImageRef, Presence, Site, images_of, look_up};

/// Where the tools are and how long each may take.
#[derive(Clone, Debug)]
pub struct HostProbe {
    /// The docker client, as words: `docker`, or `sudo docker`.
    pub docker: Vec<String>,
    /// NVIDIA's lister of GPUs.
    pub nvidia_smi: Vec<String>,
    /// Where the NVIDIA driver shows itself when it is loaded.
    pub driver: Utf8PathBuf,
    /// Bound on each question.
    pub limit: Duration,
}

impl Default for HostProbe {
    fn default() -> Self {
        Self {
            docker: vec!["docker".to_owned()],
            nvidia_smi: vec!["nvidia-smi".to_owned()],
            driver: "/proc/driver/nvidia".into(),
            limit: Duration::from_secs(10),
        }
    }
}

impl HostProbe {
    /// Everything the checks want to know of this machine, for this kit.
    pub async fn facts(&self, site: &Site) -> HostFacts {
        let mut facts = HostFacts {
            swarm: self.swarm().await,
            networks: self.networks().await,
            gpus: self.gpus().await,
            containers: Err(Unseen::because("FL_KIT_SLOT_NUMBER is not filled yet")),
            client_user: self.user_of(site, "-client", "-supernode").await,
            imaging_user: self.user_of(site, "/imaging-api", "/imaging-api").await,
            ..HostFacts::default()
        };
        if let Some(number) = site.value("FL_KIT_SLOT_NUMBER") {
            facts.containers = self.containers(&number).await;
        }
        facts.look_at(DIRECTORIES.iter().filter_map(|key| site.value(key)));
        facts
    }

    /// Names that resolve, for the rows that ask for it; the only question that leaves the machine.
    pub async fn names(&self, site: &Site, facts: &mut HostFacts) {
        for name in site.names_called() {
            let found = look_up(&name, self.limit).await;
            facts.names.insert(name, found);
        }
    }

    /// Those of the images that are on this machine; the others are left for the registry.
    pub async fn images(&self, images: &[ImageRef]) -> ImageFacts {
        let mut facts = ImageFacts::new();
        for image in images {
            let name = image.to_string();
            if let Ok(Answer::Text(_)) = self.docker(&["image", "inspect", &name]).await {
                facts.insert(image.clone(), Ok(Presence::Here));
            }
        }
        facts
    }

    async fn swarm(&self) -> Fact<Swarm> {
        let answer = self.docker(&["info", "--format", "{{.Swarm.LocalNodeState}}"]).await?;
        Ok(match answer {
            Answer::Text(state) if state.trim() == "active" => Swarm::Active,
            Answer::Text(state) => Swarm::Inactive(state.trim().to_owned()),
            Answer::Refused(why) if why.contains("permission denied") => Swarm::NoPermission,
            Answer::Refused(_) => Swarm::Unreachable,
        })
    }

    async fn networks(&self) -> Fact<BTreeSet<String>> {
        match self.docker(&["network", "ls", "--format", "{{.Name}}"]).await? {
            Answer::Text(names) => Ok(names.lines().map(|name| name.trim().to_owned()).collect()),
            Answer::Refused(_) => Err(Unseen::because("docker does not list its networks")),
        }
    }

    async fn containers(&self, number: &str) -> Fact<Vec<Container>> {
        let project = format!("label=com.docker.compose.project=trust{number}");
        let listing = ["ps", "--quiet", "--filter", &project];
        let ids = match self.docker(&listing).await? {
            Answer::Text(ids) => ids,
            Answer::Refused(_) => {
                return Err(Unseen::because("docker does not list its containers"));
            }
        };
        let ids: Vec<&str> = ids.split_whitespace().take(CONTAINERS_MAX).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut words = vec!["inspect"];
        words.extend(ids);
        match self.docker(&words).await? {
            Answer::Text(json) => inspected(&json),
            Answer::Refused(_) => Err(Unseen::because("docker does not show its containers")),
        }
    }

    /// The user an image of the release runs as, when the image is on this machine.
    async fn user_of(&self, site: &Site, end: &str, or_end: &str) -> Fact<u32> {
        let named = |image: &ImageRef| {
            image.repository.ends_with(end) || image.repository.ends_with(or_end)
        };
        let Some(image) = images_of(site).into_iter().find(named) else {
            return Err(Unseen::default());
        };
        let image = image.to_string();
        let words = ["image", "inspect", "--format", "{{.Config.User}}", &image];
        let Answer::Text(user) = self.docker(&words).await? else {
            return Err(Unseen::because(format!("{image} is not on this machine")));
        };
        match user.trim().split(':').next().unwrap_or_default() {
            "" | "root" => Ok(0),
            id => id.parse().map_err(|_| Unseen::because("the image names its user by a word")),
        }
    }

    /// GPUs as NVIDIA's tool lists them. Where neither tool nor driver is, no container gets one.
    async fn gpus(&self) -> Fact<u32> {
        match self.ask(&self.nvidia_smi, &["-L"]).await {
            Ok(Answer::Text(list)) => {
                let count = list.lines().filter(|line| line.starts_with("GPU ")).count();
                Ok(u32::try_from(count).unwrap_or(u32::MAX))
            }
            Ok(Answer::Refused(_)) => Ok(0),
            Err(_) if !self.driver.exists() => Ok(0),
            Err(unseen) => Err(unseen),
        }
    }

    async fn docker(&self, words: &[&str]) -> Fact<Answer> {
        self.ask(&self.docker, words).await
    }

    async fn ask(&self, tool: &[String], words: &[&str]) -> Fact<Answer> {
        let [program, leading @ ..] = tool else {
            return Err(Unseen::because("no such tool was named"));
        };
        let mut command = Command::new(program);
        command.args(leading).args(words).stdin(Stdio::null()).kill_on_drop(true);
        let tool = tool.join(" ");
        let output = match timeout(self.limit, command.output()).await {
            Err(_) => return Err(Unseen::because(format!("`{tool}` did not answer in time"))),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Unseen::because(format!("`{tool}` is not installed here")));
            }
            Ok(Err(error)) => {
                return Err(Unseen::because(format!("`{tool}` does not start: {error}")));
            }
            Ok(Ok(output)) => output,
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(Answer::Text(text(&output.stdout)));
        }
        Ok(Answer::Refused(text(&output.stderr).to_lowercase()))
    }
}

enum Answer {
    Text(String),
    Refused(String),
}

/// What `docker inspect` prints.
fn inspected(json: &str) -> Fact<Vec<Container>> {
    let unseen = || Unseen::because("docker shows its containers in no known form");
    let list: Vec<Value> = serde_json::from_str(json).map_err(|_| unseen())?;
    Ok(list.iter().map(container).collect())
}

fn container(shown: &Value) -> Container {
    let text = |pointer: &str| {
        shown.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let variables = shown.pointer("/Config/Env").and_then(Value::as_array);
    let environment: BTreeMap<String, Secret> = variables
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|variable| variable.split_once('='))
        .map(|(name, value)| (name.to_owned(), Secret::new(value)))
        .collect();
    let labels = shown.pointer("/Config/Labels");
    let service = labels.and_then(|labels| labels.get("com.docker.compose.service"));
    Container {
        name: text("/Name").trim_start_matches('/').to_owned(),
        service: service.and_then(Value::as_str).unwrap_or_default().to_owned(),
        environment,
        restart_policy: text("/HostConfig/RestartPolicy/Name"),
    }
}

const DIRECTORIES: &[&str] =
    &["FL_KIT_DIR", "OMOP_DATA_DIR", "ORTHANC_STORAGE_DIR", "BASE_IMAGES_DOWNLOAD_DIR"];
const CONTAINERS_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::super::sample::SampleSite;
    use super::*;

    /// A tool that answers as the real one does, run by the shell.
    fn stub(folder: &Utf8Path, name: &str, script: &str) -> Vec<String> {
        let path = folder.join(name);
        std::fs::write(&path, script).expect("written");
        vec!["sh".to_owned(), path.into_string()]
    }

    fn probe(docker: &[String], nvidia_smi: &[String], driver: &Utf8Path) -> HostProbe {
        let limit = Duration::from_secs(20);
        let (docker, nvidia_smi) = (docker.to_vec(), nvidia_smi.to_vec());
        HostProbe { docker, nvidia_smi, driver: driver.to_owned(), limit }
    }

    #[tokio::test]
    async fn what_the_tools_say_becomes_facts() {
        let sample = SampleSite::nvflare().expect("a site");
        let site = sample.site().expect("facts");
        let docker = stub(
            sample.folder(),
            "docker",
            r#"case "$*" in
                "info "*) echo active ;;
                "network ls "*) printf 'bridge\ndeploy_trust-network-7\n' ;;
                "ps --quiet --filter label=com.docker.compose.project=trust7") echo abc ;;
                "inspect abc") echo '[{"Name":"/trust7-trust-api-1","Config":{"Env":["A=b=c"],
                    "Labels":{"com.docker.compose.service":"trust-api"}},
                    "HostConfig":{"RestartPolicy":{"Name":"no"}}}]' ;;
                "image inspect "*) echo 1000:1000 ;;
                *) exit 9 ;;
            esac"#,
        );
        let smi = stub(sample.folder(), "smi", "printf 'GPU 0: x\nGPU 1: y\n'");
        let facts = probe(&docker, &smi, sample.folder()).facts(&site).await;
        assert_eq!(facts.swarm, Ok(Swarm::Active));
        assert!(facts.networks.expect("listed").contains("deploy_trust-network-7"));
        assert_eq!((facts.gpus, facts.client_user), (Ok(2), Ok(1000)));
        let containers = facts.containers.expect("shown");
        assert_eq!(containers[0].service, "trust-api");
        assert_eq!(containers[0].restart_policy, "no");
        assert_eq!(containers[0].environment["A"], Secret::from("b=c"));
        assert_eq!(facts.directories.len(), 4);
        let here = probe(&docker, &smi, sample.folder()).images(&images_of(&site)).await;
        assert_eq!(here.len(), images_of(&site).len());
    }

    #[tokio::test]
    async fn refusals_and_absent_tools_are_told_apart() {
        let sample = SampleSite::nvflare().expect("a site");
        let site = sample.site().expect("facts");
        let nowhere = sample.folder().join("nowhere");
        let absent = vec![nowhere.to_string()];
        let refusing = stub(sample.folder(), "refusing", "echo 'permission denied ' >&2; exit 1");
        let dead = stub(sample.folder(), "dead", "echo 'Cannot connect to the daemon' >&2; exit 1");
        let ask = async |docker: &[String]| probe(docker, &absent, &nowhere).facts(&site).await;
        assert_eq!(ask(&refusing).await.swarm, Ok(Swarm::NoPermission));
        let facts = ask(&dead).await;
        assert_eq!((facts.swarm.clone(), facts.gpus), (Ok(Swarm::Unreachable), Ok(0)));
        assert!(facts.networks.is_err());
        let why = ask(&absent).await.swarm.expect_err("not there");
        assert!(why.to_string().ends_with("is not installed here"), "{why}");
        // A driver without its tool may well have GPUs.
        let gpus = probe(&absent, &absent, sample.folder()).facts(&site).await.gpus;
        assert!(gpus.is_err());
    }
}
