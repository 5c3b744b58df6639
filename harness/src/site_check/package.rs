//! What a package must hold and must not, before the site extracts it.

use camino::Utf8Path;
use contract::kit::{Reader, holds_placeholder};

use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};
use super::fl_files::{LAYOUTS, Slot, incomplete, private_keys_besides};
use super::{PackageTree, Site};

pub(super) const ROWS: &[SiteCheck] = &[
    row("package.kit", "KIT-PACKAGE-03", "The package holds one kit, named by CODE.", kit),
    row("package.mode", "KIT-PACKAGE-03", "Archive and kit inside have mode 0600.", mode),
    row("package.filled", "KIT-PACKAGE-01", "The kit inside has no placeholder left.", filled),
    row("package.fl-kit", "KIT-PACKAGE-01", "The FL kit inside is whole and not empty.", fl_kit),
    row(
        "package.private-keys",
        "KIT-PACKAGE-02",
        "No private key inside but this slot's.",
        private_keys,
    ),
    row("package.members", "KIT-PACKAGE-02", "Nothing else is inside.", members),
];

const fn row(
    id: &'static str,
    requirement: &'static str,
    sentence: &'static str,
    judge: fn(&Site) -> Judgement,
) -> SiteCheck {
    SiteCheck { id, requirement, owner: Owner::HubAdmin, sentence, judge }
}

fn package(site: &Site) -> Result<&PackageTree, Ruling> {
    match &site.package {
        None => Err(Ruling::not_applicable("no package was given")),
        Some(found) => Ok(found.as_ref().map_err(Clone::clone)?),
    }
}

/// The slot the kit inside says the package is for.
fn slot(package: &PackageTree) -> Result<Slot, Ruling> {
    let [(_, _, kit)] = package.kits.as_slice() else {
        return Err(Ruling::not_verified("the package holds no single kit to tell the slot by"));
    };
    let value = |key: &str| {
        let value = kit.value(Reader::Compose, key).filter(|value| !value.is_empty());
        value
            .filter(|value| !holds_placeholder(value))
            .ok_or_else(|| Ruling::fail(format!("{key} of the kit inside is not filled"), AGAIN))
    };
    let backend = value("FL_BACKEND")?;
    let layout = LAYOUTS
        .iter()
        .find(|layout| layout.word == backend)
        .ok_or_else(|| Ruling::fail(format!("FL_BACKEND inside is {}", shown(&backend)), AGAIN))?;
    Ok(Slot { layout, name: value("FL_KIT_SLOT")?, number: value("FL_KIT_SLOT_NUMBER")? })
}

fn kit(site: &Site) -> Judgement {
    let package = package(site)?;
    let names: Vec<&str> = package.kits.iter().map(|(name, ..)| name.as_str()).collect();
    let [(name, _, kit)] = package.kits.as_slice() else {
        let found = if names.is_empty() { "no kit".to_owned() } else { listed(&names) };
        return Err(Ruling::fail(format!("one kit must be inside; there is {found}"), AGAIN));
    };
    let code = kit.value(Reader::Compose, "TRUST_CODE").unwrap_or_default();
    if name
        .strip_prefix(".env.")
        .and_then(|rest| rest.strip_prefix(&code))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        && !code.is_empty()
    {
        return Ok(format!("one kit, {}", shown(name)));
    }
    Err(Ruling::fail(
        format!("the kit inside is called {}, but its TRUST_CODE is {}", shown(name), shown(&code)),
        AGAIN,
    ))
}

fn mode(site: &Site) -> Judgement {
    let package = package(site)?;
    let mut open = Vec::new();
    if package.mode != 0o600 {
        open.push(format!("{} has mode {:04o}", package.file_name, package.mode));
    }
    let kits = package.kits.iter().filter(|(_, mode, _)| *mode != 0o600);
    open.extend(kits.map(|(name, mode, _)| format!("{name} inside has mode {mode:04o}")));
    if open.is_empty() {
        return Ok("archive and kit have mode 0600".to_owned());
    }
    let message = format!("{}: both hold secrets", listed(&open));
    Err(Ruling::fail(message, format!("chmod 600 {}; {AGAIN}", package.file_name)))
}

fn filled(site: &Site) -> Judgement {
    let package = package(site)?;
    let [(name, _, kit)] = package.kits.as_slice() else {
        return Err(Ruling::not_verified("the package holds no single kit to look into"));
    };
    let waiting: Vec<String> = kit.unfilled().into_iter().map(|entry| entry.key).collect();
    if waiting.is_empty() {
        return Ok(format!("no placeholder in {}", shown(name)));
    }
    let message =
        format!("the kit inside still has {} unfilled: {}", waiting.len(), listed(&waiting));
    Err(Ruling::fail(message, AGAIN))
}

fn fl_kit(site: &Site) -> Judgement {
    let package = package(site)?;
    if package.fl_kit.is_empty() {
        return Err(Ruling::fail(
            "the package holds no FL kit at all: its source was empty and nobody noticed",
            "check FLARE_KIT_DATE or FLOWER_KIT_DATE and the prefix (one slash only), then package \
             again",
        ));
    }
    let slot = slot(package)?;
    let wrong = incomplete(&package.fl_kit, &slot);
    if wrong.is_empty() {
        return Ok(format!("a whole {} kit for {}", slot.layout.word, shown(&slot.name)));
    }
    Err(Ruling::fail(format!("the FL kit inside {}", listed(&wrong)), AGAIN))
}

fn private_keys(site: &Site) -> Judgement {
    let package = package(site)?;
    let slot = slot(package)?;
    let mut foreign = private_keys_besides(&package.fl_kit, &slot.key());
    let is_key = |name: &&String| Utf8Path::new(name).extension() == Some("key");
    foreign.extend(package.others.iter().filter(is_key).cloned());
    if foreign.is_empty() {
        return Ok("no private key but this slot's".to_owned());
    }
    let server = foreign.iter().any(|path| path.ends_with("server.key"));
    let what = if server {
        ": whoever holds it can pose as the FL server"
    } else {
        ": whoever holds them can pose as other sites"
    };
    Err(Ruling::fail(
        format!("private keys of others inside: {}{what}", listed(&foreign)),
        "take them out of the source, package again, and rotate what was shipped",
    ))
}

fn members(site: &Site) -> Judgement {
    let package = package(site)?;
    let links = package
        .fl_kit
        .entries()
        .filter(|(_, entry)| entry.kind == super::EntryKind::Other)
        .map(|(path, _)| format!("fl-kit/{path}"));
    let mut strange: Vec<String> = package.others.iter().cloned().chain(links).collect();
    if let Ok(slot) = slot(package)
        && slot.layout.word == "nvflare"
    {
        let foreign = package.fl_kit.entries().filter_map(|(path, _)| {
            let site = path.strip_prefix("net-1/services").ok()?.components().next()?;
            (site.as_str() != slot.name).then(|| format!("fl-kit/{path}"))
        });
        strange.extend(foreign);
    }
    if strange.is_empty() {
        return Ok("kit and FL kit, nothing else".to_owned());
    }
    Err(Ruling::fail(format!("the package also holds {}", listed(&strange)), AGAIN))
}

const AGAIN: &str = "package again: make package-onprem-trust-kit KIT=<CODE> PROD=true";
