//! The Docker engine behind every container: one connection, and what is said when there is none.

use std::time::Duration;

use testcontainers::bollard;
use testcontainers::core::client::docker_client_instance;

/// A connection to the engine that `DOCKER_HOST`, or the usual socket, names.
#[derive(Clone, Debug)]
pub struct Docker {
    client: bollard::Docker,
    facts: EngineFacts,
}

/// What the engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct EngineFacts {
    /// Version of the engine, such as `20.10.24`.
    pub version: String,
    /// Newest version of the API it speaks, such as `1.41`.
    pub api_version: String,
    /// Operating system and machine, such as `linux/amd64`.
    pub platform: String,
    /// Whether it runs without root: its bridges are then not addresses of this machine.
    pub rootless: bool,
}

/// Docker cannot be used, or refused something. Says nothing about what was to be judged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DockerError {
    /// Nobody answers.
    #[error("Docker does not answer: {0}")]
    Unreachable(String),
    /// Somebody answers, but not to us.
    #[error("Docker may not be used by this user: {0}")]
    Forbidden(String),
    /// The engine's containers cannot reach this process.
    #[error("containers cannot reach this program: {0}")]
    Elsewhere(String),
    /// No such image, and none may be fetched.
    #[error("the image {0} is not on this machine")]
    NoImage(String),
    /// Fetching it failed.
    #[error("the image {reference} could not be pulled: {reason}")]
    NotPulled {
        /// The image.
        reference: String,
        /// What the registry or the engine said.
        reason: String,
    },
    /// The engine refused.
    #[error("Docker did not {what}: {reason}")]
    Refused {
        /// What it was asked for.
        what: String,
        /// What it said.
        reason: String,
    },
}

impl DockerError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => {
                "start Docker, or point DOCKER_HOST at it; `flipcheck doctor` says what is missing; \
                 --trust process:CMD needs none"
            }
            Self::Forbidden(_) => "join the group docker, or run as root",
            Self::Elsewhere(_) => {
                "run flipcheck on the machine of the engine, on Linux, with an engine that is not \
                 rootless"
            }
            Self::NoImage(_) => "build or load it first, or allow --pull missing",
            Self::NotPulled { .. } => {
                "load it by hand and use --pull never, or log in to its registry"
            }
            Self::Refused { .. } => "`flipcheck doctor` looks at Docker as a whole",
        }
    }

    pub(crate) fn refused(what: &str) -> impl FnOnce(bollard::errors::Error) -> Self + '_ {
        move |error| Self::Refused { what: what.to_owned(), reason: told(&error) }
    }
}

impl Docker {
    /// Connects and asks the engine who it is.
    ///
    /// # Errors
    /// When nobody answers within five seconds, or answers in the negative.
    pub async fn connect() -> Result<Self, DockerError> {
        let client = docker_client_instance()
            .await
            .map_err(|error| DockerError::Unreachable(error.to_string()))?;
        let asked = tokio::time::timeout(PATIENCE, client.version()).await;
        let told = asked
            .map_err(|_| DockerError::Unreachable(format!("silent for {} s", PATIENCE.as_secs())))?
            .map_err(|error| unusable(&error))?;
        let info = client.info().await.map_err(|error| unusable(&error))?;
        let options = info.security_options.unwrap_or_default();
        let facts = EngineFacts {
            version: told.version.unwrap_or_default(),
            api_version: told.api_version.unwrap_or_default(),
            platform: format!("{}/{}", told.os.unwrap_or_default(), told.arch.unwrap_or_default()),
            rootless: options.iter().any(|option| option.contains("name=rootless")),
        };
        Ok(Self { client, facts })
    }

    /// The connection.
    pub fn client(&self) -> &bollard::Docker {
        &self.client
    }

    /// What the engine says of itself.
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }
}

fn unusable(error: &bollard::errors::Error) -> DockerError {
    let text = told(error);
    if text.to_lowercase().contains("permission denied") {
        DockerError::Forbidden(text)
    } else {
        DockerError::Unreachable(text)
    }
}

/// The engine's own words, with the causes behind them.
pub(crate) fn told(error: &bollard::errors::Error) -> String {
    if let bollard::errors::Error::DockerResponseServerError { message, .. } = error {
        return message.clone();
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

const PATIENCE: Duration = Duration::from_secs(5);
