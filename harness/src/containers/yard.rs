//! One run's place in Docker: a private network, and the duty to leave nothing behind.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;

use testcontainers::bollard::models::NetworkCreateRequest;
use tokio::sync::OnceCell;

use super::docker::{Docker, DockerError};
use super::labels::RunMark;
use super::leftovers::Leftovers;
use super::self_image::SelfImage;

/// Where a run's containers live. Dropping it removes nothing; [`Yard::clear`] does, and a run that is
/// killed is cleared by the next.
#[derive(Debug)]
pub struct Yard {
    docker: Docker,
    mark: RunMark,
    network: SiteNetwork,
    elsewhere: OnceCell<SiteNetwork>,
    self_image: OnceCell<SelfImage>,
}

/// A private bridge without a way out: what stands on it reaches its other members and this machine at
/// the gateway, and nobody else (network 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteNetwork {
    /// What people call it.
    pub name: String,
    /// What the engine calls it.
    pub id: String,
    /// This machine's address on it.
    pub gateway: IpAddr,
    /// Its addresses, such as `172.18.0.0/16`.
    pub subnet: String,
}

impl Yard {
    /// Removes what dead runs left, then makes the run's network.
    ///
    /// # Errors
    /// When the engine refuses, or its bridges are not addresses of this machine.
    pub async fn open(docker: Docker) -> Result<Arc<Self>, DockerError> {
        // What cannot be removed now is no reason not to run; `flipcheck doctor` tells of it.
        if let Ok(dead) = Leftovers::of_dead_runs(&docker).await {
            let _ = dead.remove(&docker).await;
        }
        Self::lay_out(docker).await
    }

    /// What a run would need, made and removed again: a private network at whose gateway this program
    /// can listen. Sweeps nothing.
    ///
    /// # Errors
    /// When the engine refuses, or its bridges are not addresses of this machine.
    pub async fn try_out(docker: Docker) -> Result<SiteNetwork, DockerError> {
        let yard = Self::lay_out(docker).await?;
        yard.clear().await?;
        Ok(yard.network.clone())
    }

    async fn lay_out(docker: Docker) -> Result<Arc<Self>, DockerError> {
        let mark = RunMark::current();
        let name = format!("flipcheck-{}", mark.run);
        let network = SiteNetwork::create(&docker, &mark, name).await?;
        let (elsewhere, self_image) = (OnceCell::new(), OnceCell::new());
        let yard = Arc::new(Self { docker, mark, network, elsewhere, self_image });
        if let Err(error) = TcpListener::bind((yard.network.gateway, 0)) {
            yard.clear().await?;
            let told = format!("{} is no address of this machine ({error})", yard.network.gateway);
            return Err(DockerError::Elsewhere(told));
        }
        Ok(yard)
    }

    /// The engine.
    pub fn docker(&self) -> &Docker {
        &self.docker
    }

    /// What everything in the yard is labelled with.
    pub fn mark(&self) -> &RunMark {
        &self.mark
    }

    /// The run's network.
    pub fn network(&self) -> &SiteNetwork {
        &self.network
    }

    /// A second network, to which no way leads from the first; made when it is first asked for.
    ///
    /// # Errors
    /// When the engine refuses.
    pub async fn elsewhere(&self) -> Result<&SiteNetwork, DockerError> {
        let name = format!("flipcheck-{}-elsewhere", self.mark.run);
        self.elsewhere.get_or_try_init(|| SiteNetwork::create(&self.docker, &self.mark, name)).await
    }

    /// This program as an image; made when it is first asked for.
    ///
    /// # Errors
    /// When its files cannot be read, or the engine refuses.
    pub async fn self_image(&self) -> Result<&SelfImage, DockerError> {
        self.self_image.get_or_try_init(|| SelfImage::make(&self.docker, &self.mark)).await
    }

    /// A name nothing else has, for a container of that role.
    pub fn name_for(&self, role: &str) -> String {
        let unique = uuid::Uuid::new_v4().simple().to_string();
        format!("flipcheck-{role}-{}", &unique[..12])
    }

    /// Removes everything of this run.
    ///
    /// # Errors
    /// When something could not be removed.
    pub async fn clear(&self) -> Result<(), DockerError> {
        Leftovers::of_run(&self.docker, &self.mark.run).await?.remove(&self.docker).await
    }
}

impl SiteNetwork {
    async fn create(docker: &Docker, mark: &RunMark, name: String) -> Result<Self, DockerError> {
        let wish = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            labels: Some(mark.labels("network")),
            ..NetworkCreateRequest::default()
        };
        let client = docker.client();
        let made = client.create_network(wish).await;
        let id = made.map_err(DockerError::refused("make a network"))?.id;
        let found = client.inspect_network(&id, None).await;
        let found = found.map_err(DockerError::refused("show its network"))?;
        let pool =
            found.ipam.and_then(|ipam| ipam.config).and_then(|pools| pools.into_iter().next());
        let pool = pool.unwrap_or_default();
        let subnet = pool.subnet.unwrap_or_default();
        let gateway = pool.gateway.and_then(|text| text.parse().ok());
        match gateway {
            Some(gateway) => Ok(Self { name, id, gateway, subnet }),
            None => Err(DockerError::Elsewhere(format!("the network {name} has no gateway"))),
        }
    }
}
