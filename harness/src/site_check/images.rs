//! The images a kit's tags stand for.

use std::collections::BTreeMap;
use std::fmt;

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};
use super::host_facts::Fact;

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "images.pinned",
        requirement: "HOST-IMAGE-01",
        owner: Owner::HubAdmin,
        sentence: "The tags are fixed ones: `vX.Y.Z` or `sha-<7 hex>`.",
        judge: pinned,
    },
    SiteCheck {
        id: "images.manifests",
        requirement: "HOST-IMAGE-01",
        owner: Owner::HubAdmin,
        sentence: "Every image of the release exists at its tag.",
        judge: manifests,
    },
];

/// An image by registry, repository and tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageRef {
    /// Host, and port if any.
    pub registry: String,
    /// Path below it.
    pub repository: String,
    /// Tag.
    pub tag: String,
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.registry, self.repository, self.tag)
    }
}

/// Whether an image can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is on this machine already.
    Here,
    /// The registry has a manifest for the tag.
    Pullable,
    /// It has none.
    Missing,
}

/// What the registry says, by image.
pub type ImageFacts = BTreeMap<ImageRef, Fact<Presence>>;

/// The images a start with this kit would pull, in the order of the compose file; those with tags of
/// their own are not the release's.
pub fn images_of(site: &Site) -> Vec<ImageRef> {
    let backend = site.value("FL_BACKEND").unwrap_or_default();
    let of = |row: &ReleaseImage| {
        let (prefix, tag) = (site.value(row.registry_key)?, site.value(row.tag_key)?);
        let (registry, folder) = prefix.split_once('/')?;
        let repository = format!("{folder}{}", row.name);
        Some(ImageRef { registry: registry.to_owned(), repository, tag })
    };
    let used = RELEASE.iter().filter(|row| row.backend.is_none_or(|word| word == backend));
    used.filter_map(of).collect()
}

struct ReleaseImage {
    name: &'static str,
    registry_key: &'static str,
    tag_key: &'static str,
    backend: Option<&'static str>,
}

const fn site_image(name: &'static str) -> ReleaseImage {
    ReleaseImage { name, registry_key: "DOCKER_REGISTRY", tag_key: "DOCKER_TAG", backend: None }
}

const fn fl_image(name: &'static str, backend: &'static str) -> ReleaseImage {
    let (registry_key, tag_key) = ("DOCKER_FL_REGISTRY", "DOCKER_FL_TAG");
    ReleaseImage { name, registry_key, tag_key, backend: Some(backend) }
}

/// What one release is made of at a site.
const RELEASE: &[ReleaseImage] = &[
    site_image("trust-api"),
    site_image("imaging-api"),
    site_image("data-access-api"),
    site_image("orthanc"),
    fl_image("flare-fl-client", "nvflare"),
    fl_image("flower-supernode", "flower"),
];

fn pinned(site: &Site) -> Judgement {
    let mut floating = Vec::new();
    for key in ["DOCKER_TAG", "DOCKER_FL_TAG"] {
        let tag = site.needed(key)?;
        if is_floating(&tag) {
            floating.push(format!("{key} is {}", shown(&tag)));
        }
    }
    if floating.is_empty() {
        return Ok("both tags are fixed".to_owned());
    }
    Err(Ruling::warn(
        format!("{}: what runs changes with the next pull", listed(&floating)),
        "ask the hub admin for a release tag (`vX.Y.Z`) in the Hub-shared block",
    ))
}

/// Only `vX.Y.Z` and `sha-<7 hex>` name one build for ever.
pub(super) fn is_floating(tag: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let release = tag
        .strip_prefix('v')
        .is_some_and(|version| version.split('.').count() == 3 && version.split('.').all(digits));
    let commit = tag.strip_prefix("sha-").is_some_and(|digest| {
        digest.len() == 7 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    !release && !commit
}

fn manifests(site: &Site) -> Judgement {
    for key in ["DOCKER_REGISTRY", "DOCKER_TAG", "DOCKER_FL_REGISTRY", "DOCKER_FL_TAG"] {
        site.needed(key)?;
    }
    let wanted = images_of(site);
    let (mut missing, mut unseen) = (Vec::new(), Vec::new());
    for image in &wanted {
        match site.images.get(image) {
            Some(Ok(Presence::Here | Presence::Pullable)) => {}
            Some(Ok(Presence::Missing)) => missing.push(image.to_string()),
            Some(Err(why)) => unseen.push(format!("{image}: {why}")),
            None => unseen.push(format!("{image} was not looked for")),
        }
    }
    if !missing.is_empty() {
        return Err(Ruling::fail(
            format!(
                "{} of {} images do not exist at their tag: {}; pulling would fail halfway",
                missing.len(),
                wanted.len(),
                listed(&missing)
            ),
            format!(
                "ask for these images at that tag, or pin the release before; see docker manifest \
                 inspect {}",
                missing[0]
            ),
        ));
    }
    if !unseen.is_empty() || wanted.is_empty() {
        let message =
            if wanted.is_empty() { "no image is known".to_owned() } else { listed(&unseen) };
        return Err(Ruling::not_verified(message));
    }
    Ok(format!("{} images exist at their tag", wanted.len()))
}

#[cfg(test)]
mod tests {
    use super::is_floating;

    #[test]
    fn only_releases_and_commits_are_fixed() {
        for fixed in ["v0.9.2", "v10.0.11", "sha-0a1b2c3"] {
            assert!(!is_floating(fixed), "{fixed}");
        }
        for floating in ["stag", "prod", "latest", "v1.2", "v1.2.x", "sha-0a1b2c", "sha-0a1b2cg"] {
            assert!(is_floating(floating), "{floating}");
        }
    }
}
