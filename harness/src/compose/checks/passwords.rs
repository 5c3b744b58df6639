//! Secrets written into the file itself. No message shows one.

use contract::kit::{KeySpec, Section, Template, spec};

use super::{FileCheck, SiteFile};
use crate::compose::file::{Service, Text};
use crate::compose::values::defaults;
use crate::site_check::{Judgement, Owner, Ruling, listed};

pub(super) const ROWS: &[FileCheck] = &[FileCheck {
    id: "compose.passwords",
    requirement: "HOST-PASS-01",
    owner: Owner::TrustOperator,
    sentence: "No password is written into the file, nor a template's offered as a default.",
    judge: passwords,
}];

/// A password in the file outlives every change of the kit, and is the template's at every site that
/// copied the file.
fn passwords(file: &SiteFile) -> Judgement {
    let (mut fixed, mut offered, mut stood_in) = (Vec::new(), Vec::new(), Vec::new());
    for service in &file.written.services {
        for (name, value) in &service.environment {
            let Some(value) = value else { continue };
            if !names_secret(name) {
                continue;
            }
            let told = format!("{name} at {}, line {}", file.place(service), value.line);
            if is_literal(value) {
                fixed.push(told);
            } else if has_fallback(name, value) {
                stood_in.push(told);
            } else if offers_template(name, value) {
                offered.push(told);
            }
        }
    }
    if !fixed.is_empty() {
        return Err(Ruling::fail(
            format!("written into the file: {}", listed(&fixed)),
            "write `NAME: ${NAME}`, put the value into the kit, and choose a new one: this one is known",
        ));
    }
    if !stood_in.is_empty() {
        return Err(Ruling::fail(
            format!(
                "a fallback stands behind {}: an unfilled kit would start, with a key everybody knows",
                listed(&stood_in)
            ),
            "write `${NAME:?missing}`: only the hub gives this value",
        ));
    }
    if !offered.is_empty() {
        return Err(Ruling::warn(
            format!("a template's password stands in for a missing one: {}", listed(&offered)),
            "write `${NAME:?missing}`: a kit without the password should not start",
        ));
    }
    let count: usize = file.written.services.iter().map(secrets_of).sum();
    Ok(format!("{count} secrets, all from outside the file"))
}

fn secrets_of(service: &Service) -> usize {
    service.environment.keys().filter(|name| names_secret(name)).count()
}

/// A secret of the kit, or what calls itself a password; names of files and of headers are none.
fn names_secret(name: &str) -> bool {
    if let Some(known) = spec(name) {
        return known.secret;
    }
    let named = ["PASSWORD", "SECRET", "_KEY"].iter().any(|word| name.contains(word));
    named && !["_FILE", "_HEADER", "_PATH", "_URL"].iter().any(|end| name.ends_with(end))
}

fn is_literal(value: &Text) -> bool {
    !value.text.is_empty() && !value.text.replace("$$", "").contains('$')
}

/// A secret that only the hub can give has no value of its own in a file.
fn has_fallback(name: &str, value: &Text) -> bool {
    let of_hub = spec(name).is_some_and(|known| {
        known.secret && matches!(known.section, Section::HubShared | Section::KitCredentials)
    });
    of_hub && defaults(&value.text).iter().any(|word| !word.is_empty())
}

fn offers_template(name: &str, value: &Text) -> bool {
    let template = |spec: &KeySpec| match spec.template {
        Template::Value(value) => Some(value),
        _ => None,
    };
    let own = spec(name).and_then(template);
    let known = |word: &&str| own == Some(*word) || COMMON.contains(word);
    defaults(&value.text).iter().any(known)
}

/// What templates of databases and dashboards ship with.
const COMMON: &[&str] = &["admin", "postgres", "password", "omop", "flip", "change-me", "changeme"];
