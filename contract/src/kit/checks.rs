//! KIT-FORM-01: each value has its form, and the values fit each other.

use std::collections::BTreeMap;

use super::form::slot_digits;
use super::lint::{FORM, LintFinding};
use super::{Form, KEYS, KeySpec, Kit, LineKind, Reader, Section, holds_placeholder, spec};
use crate::edition::Edition;

/// The form of every known key, and the presence of those the edition demands.
pub(super) fn forms(kit: &Kit, edition: &Edition) -> Vec<LintFinding> {
    let debug_ports = kit.lines().filter_map(|line| match line.kind {
        LineKind::Assignment { name, .. } if is_debug_port(name) => Some(name),
        _ => None,
    });
    let named = KEYS.iter().map(|spec| (spec.name, spec));
    let patterned = debug_ports.filter_map(|name| spec(name).map(|spec| (name, spec)));
    named
        .chain(patterned)
        .filter_map(|(name, spec)| {
            let required = spec.required_in(edition);
            misfit(kit, name, spec.form, required).map(|what| finding(kit, name, &what))
        })
        .collect()
}

fn misfit(kit: &Kit, name: &str, form: Form, required: bool) -> Option<String> {
    // What the containers get. A carriage return or a quote is a matter of KIT-FORM-02.
    match kit.value(Reader::Compose, name).as_deref() {
        None => required.then(|| "is missing".to_owned()),
        Some("") => required.then(|| "is empty".to_owned()),
        Some(value) if holds_placeholder(value) => Some("is still a placeholder".to_owned()),
        Some(value) => form.check(value).err().map(|misfit| misfit.to_string()),
    }
}

/// The slot number is the slot's, and no two services publish one port.
pub(super) fn across_keys(kit: &Kit) -> Vec<LintFinding> {
    let mut findings = Vec::new();
    let value = |key: &str| kit.value(Reader::Compose, key);
    if let (Some(slot), Some(number)) = (value("FL_KIT_SLOT"), value("FL_KIT_SLOT_NUMBER"))
        && Form::SlotNumber.check(&number).is_ok()
        && slot_digits(&slot).is_some_and(|digits| digits != number)
    {
        let what = "differs from the digits at the end of FL_KIT_SLOT";
        findings.push(finding(kit, "FL_KIT_SLOT_NUMBER", what));
    }
    // Absent it has a default; empty it is an application without a name.
    if value("XNAT_AETITLE").as_deref() == Some("") {
        findings.push(finding(kit, "XNAT_AETITLE", "is empty: fill it or leave it out"));
    }
    let mut publishers: BTreeMap<u32, &str> = BTreeMap::new();
    for key in published_ports(kit) {
        let Some(port) = value(key).and_then(|port| port.parse().ok()) else {
            continue;
        };
        match publishers.get(&port) {
            Some(first) if *first != key => {
                findings.push(finding(kit, key, &format!("is the same port as {first}")));
            }
            _ => {
                publishers.insert(port, key);
            }
        }
    }
    findings
}

/// The kit's keys for ports on this host, in the order of the lines.
fn published_ports(kit: &Kit) -> impl Iterator<Item = &str> {
    kit.lines().filter_map(|line| match line.kind {
        LineKind::Assignment { name, .. } => {
            let published = spec(name)
                .is_some_and(|spec| spec.form == Form::Port && spec.section == Section::HostLocal);
            published.then_some(name)
        }
        _ => None,
    })
}

fn is_debug_port(name: &str) -> bool {
    spec(name).is_some_and(|spec: &KeySpec| spec.name != name)
}

fn finding(kit: &Kit, key: &str, what: &str) -> LintFinding {
    LintFinding {
        key: key.to_owned(),
        // Where a duplicated key is read by compose.
        line: kit.line_numbers(key).last().copied(),
        what: format!("{key} {what}"),
        requirement: FORM,
        fix: fix(key),
    }
}

/// Who can put the value right depends on the block it stands in.
fn fix(key: &str) -> String {
    match spec(key).map(|spec| spec.section) {
        Some(Section::HubShared) => {
            "ask the hub admin: `make sync-trust-kit KIT=<CODE> PROD=true`, then a fresh block 3"
                .to_owned()
        }
        Some(Section::KitCredentials) => {
            "ask the hub admin: `make register-trust KIT=<CODE> PROD=true`, then a fresh kit"
                .to_owned()
        }
        _ => format!("set {key} in the kit file"),
    }
}
