//! Targets in containers: the run's place in Docker, and its removal whatever came of the run.

use std::sync::Arc;

use camino::Utf8Path;
use harness::compose::ComposeError;
use harness::containers::{Docker, DockerError, Yard};
use harness::event::ImageInfo;
use harness::target::{ComposeOptions, ComposeTrust, ImageOptions, ImageTrust, Limits};

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::output::say;

/// What a run has in Docker; nothing for most targets.
#[derive(Default)]
pub struct Docked {
    yard: Option<Arc<Yard>>,
    compose: Option<Arc<ComposeTrust>>,
    /// The images judged.
    pub images: Vec<ImageInfo>,
}

impl Docked {
    /// Finds the image and makes a place for its containers.
    pub async fn image(&mut self, reference: &str, args: &RunArgs) -> Result<ImageTrust, Failure> {
        let docker = Docker::connect().await.map_err(unusable)?;
        let yard = Yard::open(docker).await.map_err(unusable)?;
        self.yard = Some(Arc::clone(&yard));
        let options = ImageOptions {
            pull: args.docker.pull,
            limits: Limits { cpus: args.docker.cpus, memory_bytes: args.docker.memory },
            time_scale: args.time_scale,
        };
        let trust = ImageTrust::new(yard, reference, options).await.map_err(unusable)?;
        self.images = vec![trust.image().clone()];
        Ok(trust)
    }

    /// Reads the file, finds its images and makes a place for its stack.
    pub async fn compose(
        &mut self,
        file: &Utf8Path,
        args: &RunArgs,
    ) -> Result<Arc<ComposeTrust>, Failure> {
        let docker = Docker::connect().await.map_err(unusable)?;
        let yard = Yard::open(docker).await.map_err(unusable)?;
        self.yard = Some(Arc::clone(&yard));
        let options = ComposeOptions {
            service: args.docker.compose_service.clone(),
            kit: args.docker.compose_kit.clone(),
            pull: args.docker.pull,
            time_scale: args.time_scale.unwrap_or(1.0),
        };
        let trust = ComposeTrust::new(yard, file, args.edition.row(), options).await;
        let trust = Arc::new(trust.map_err(unusable_stack)?);
        self.images = trust.images().to_vec();
        self.compose = Some(Arc::clone(&trust));
        Ok(trust)
    }

    /// Removes everything the run made in Docker.
    pub async fn clear(&self) {
        if let Some(compose) = &self.compose {
            compose.close().await;
        }
        let Some(yard) = &self.yard else { return };
        if let Err(error) = yard.clear().await {
            say(&format!("note: something of this run is left in Docker: {error}"));
            say("      the next run removes it, and so does `flipcheck doctor --sweep`");
        }
    }
}

/// Without Docker nothing can be said about a container.
pub fn unusable(error: DockerError) -> Failure {
    let hint = error.hint();
    Failure::not_verified(error).hint(hint)
}

/// A file of the user's that cannot be used is a matter of usage; everything else, of what is installed.
fn unusable_stack(error: ComposeError) -> Failure {
    let hint = error.hint();
    match error {
        ComposeError::File(_) | ComposeError::NoPoller { .. } => Failure::usage(error).hint(hint),
        _ => Failure::not_verified(error).hint(hint),
    }
}
