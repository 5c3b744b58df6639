//! Whether what runs is what the kit says.

use super::{FileCheck, SiteFile, is_fl_client, is_site_service};
use crate::compose::file::Service;
use crate::site_check::{Judgement, Owner, Ruling, listed, shown};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.registry",
        requirement: "HOST-IMAGE-01",
        owner: Owner::TrustOperator,
        sentence: "Images of the release come from the kit's registry, at the kit's tag.",
        judge: registry,
    },
    FileCheck {
        id: "compose.pinned",
        requirement: "HOST-IMAGE-01",
        owner: Owner::TrustOperator,
        sentence: "No image has a tag that moves.",
        judge: pinned,
    },
];

/// Without it a mirror cannot be used, and a tag from the kit changes nothing.
fn registry(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    let (mut seen, mut wrong) = (0, Vec::new());
    for service in &file.resolved.services {
        let (prefix, tag) = if is_fl_client(service) {
            ("DOCKER_FL_REGISTRY", "DOCKER_FL_TAG")
        } else if service.name == poller.name || is_site_service(service) {
            ("DOCKER_REGISTRY", "DOCKER_TAG")
        } else {
            continue;
        };
        seen += 1;
        let image = service.image.as_ref().map_or("", |text| text.text.as_str());
        let (from, at) =
            (image.starts_with(file.value(prefix)), ends_with_tag(image, file.value(tag)));
        let ignored: Vec<&str> = [(from, prefix), (at, tag)]
            .into_iter()
            .filter(|(kept, _)| !kept)
            .map(|(_, k)| k)
            .collect();
        if !ignored.is_empty() {
            wrong.push(format!("{} at {}", ignored.join(" and "), file.place(service)));
        }
    }
    if wrong.is_empty() {
        return Ok(format!("{seen} images follow the kit"));
    }
    Err(Ruling::warn(
        format!("ignored: {}", listed(&wrong)),
        "write `image: ${DOCKER_REGISTRY}<name>:${DOCKER_TAG}`, for the FL client with DOCKER_FL_…",
    ))
}

fn ends_with_tag(image: &str, tag: &str) -> bool {
    image.strip_suffix(tag).is_some_and(|name| name.ends_with(':'))
}

fn pinned(file: &SiteFile) -> Judgement {
    let floating =
        |service: &&Service| service.image.as_ref().is_some_and(|image| is_floating(&image.text));
    let found: Vec<String> = file
        .resolved
        .services
        .iter()
        .filter(floating)
        .filter_map(|service| {
            let image = service.image.as_ref()?;
            Some(format!("{} at {}", shown(&image.text), file.place(service)))
        })
        .collect();
    if found.is_empty() {
        return Ok("every image has a tag of its own, or a digest".to_owned());
    }
    Err(Ruling::warn(
        format!("what runs changes with the next pull: {}", listed(&found)),
        "pin a release tag or a digest",
    ))
}

/// A name for whatever is newest. Other publishers number as they like, so any number will do.
fn is_floating(image: &str) -> bool {
    if image.contains('@') {
        return false;
    }
    let name = image.rsplit('/').next().unwrap_or_default();
    let tag = name.split_once(':').map_or("", |(_, tag)| tag);
    !tag.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_floating;

    #[test]
    fn a_number_or_a_digest_pins_an_image() {
        for fixed in ["a:v1.2.3", "r.example:5000/a/b:3.1", "a@sha256:ab", "a:sha-0a1b2c3"] {
            assert!(!is_floating(fixed), "{fixed}");
        }
        for floating in ["a", "a:latest", "r.example:5000/a", "a:stag", "a:prod"] {
            assert!(is_floating(floating), "{floating}");
        }
    }
}
