//! An image on this machine: found, or fetched where that is allowed, and described for reports.

use std::collections::BTreeMap;
use std::str::FromStr;

use futures::TryStreamExt as _;
use testcontainers::bollard::errors::Error;
use testcontainers::bollard::query_parameters::CreateImageOptionsBuilder;

use super::docker::{Docker, DockerError, told};
use crate::event::ImageInfo;

/// When an image is fetched from its registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pull {
    /// Never: what is not here is an error.
    Never,
    /// When it is not here.
    #[default]
    Missing,
}

impl FromStr for Pull {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "never" => Ok(Self::Never),
            "missing" => Ok(Self::Missing),
            _ => Err(format!("unknown value {text:?}; known: never, missing")),
        }
    }
}

/// Finds the image, fetching it first where `pull` lets us.
///
/// # Errors
/// [`DockerError::NoImage`] when it is not here and must not be fetched, [`DockerError::NotPulled`] when
/// fetching failed.
pub async fn find(docker: &Docker, reference: &str, pull: Pull) -> Result<ImageInfo, DockerError> {
    if let Some(found) = inspect(docker, reference).await? {
        return Ok(found);
    }
    if pull == Pull::Never {
        return Err(DockerError::NoImage(reference.to_owned()));
    }
    fetch(docker, reference).await?;
    inspect(docker, reference).await?.ok_or_else(|| DockerError::NoImage(reference.to_owned()))
}

async fn inspect(docker: &Docker, reference: &str) -> Result<Option<ImageInfo>, DockerError> {
    let found = match docker.client().inspect_image(reference).await {
        Ok(found) => found,
        Err(Error::DockerResponseServerError { status_code: 404, .. }) => return Ok(None),
        Err(error) => return Err(DockerError::refused("show the image")(error)),
    };
    let config = found.config.unwrap_or_default();
    let labels: BTreeMap<String, String> = config.labels.unwrap_or_default().into_iter().collect();
    let id = found.id.unwrap_or_default();
    // An image that was never pushed has no digest of a registry; its id is the digest of its content.
    let digest = found.repo_digests.unwrap_or_default().into_iter().next();
    Ok(Some(ImageInfo {
        service: None,
        reference: reference.to_owned(),
        digest: digest.unwrap_or_else(|| id.clone()),
        id,
        labels,
    }))
}

async fn fetch(docker: &Docker, reference: &str) -> Result<(), DockerError> {
    let (name, tag) = split(reference);
    let wish = CreateImageOptionsBuilder::new().from_image(name).tag(tag).build();
    let fetched = docker.client().create_image(Some(wish), None, None);
    let fetched: Result<Vec<_>, Error> = fetched.try_collect().await;
    fetched.map(drop).map_err(|error| DockerError::NotPulled {
        reference: reference.to_owned(),
        reason: told(&error),
    })
}

/// Name and tag, or name and digest; the tag of a bare name is `latest`.
pub(crate) fn split(reference: &str) -> (&str, &str) {
    if let Some((name, digest)) = reference.split_once('@') {
        return (name, digest);
    }
    match reference.rsplit_once(':') {
        // What follows the last colon may be the port of a registry.
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_where_docker_splits_them() {
        for (text, name, tag) in [
            ("site/trust", "site/trust", "latest"),
            ("site/trust:v1", "site/trust", "v1"),
            ("registry.example:5000/trust", "registry.example:5000/trust", "latest"),
            ("registry.example:5000/trust:v1", "registry.example:5000/trust", "v1"),
            ("site/trust@sha256:ab", "site/trust", "sha256:ab"),
        ] {
            assert_eq!(split(text), (name, tag), "{text}");
        }
    }
}
