//! The kit file as a whole: is it there, is it private, is it filled, do its readers agree.

use contract::kit::{
    CREDENTIALS, HUB_SHARED, Kit, LintFinding, Reader, Section, holds_placeholder, spec,
};

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};
use super::site::KitState;

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "kit.exists",
        requirement: "HOST-KIT-01",
        owner: Owner::TrustOperator,
        sentence: "The kit file is there and can be read.",
        judge: exists,
    },
    SiteCheck {
        id: "kit.mode",
        requirement: "HOST-KIT-01",
        owner: Owner::TrustOperator,
        sentence: "Nobody but its owner may read or write the kit file (mode 0600).",
        judge: mode,
    },
    SiteCheck {
        id: "kit.placeholders",
        requirement: "HOST-KIT-01",
        owner: Owner::HubAdmin,
        sentence: "No value still waits for the admin's verbs.",
        judge: placeholders,
    },
    SiteCheck {
        id: "kit.hub-shared",
        requirement: "HOST-KIT-01",
        owner: Owner::HubAdmin,
        sentence: "Every Hub-shared key of the edition is filled.",
        judge: hub_shared,
    },
    SiteCheck {
        id: "kit.credentials",
        requirement: "HOST-KIT-01",
        owner: Owner::HubAdmin,
        sentence: "The five kit credentials are filled.",
        judge: credentials,
    },
    SiteCheck {
        id: "kit.readers",
        requirement: "KIT-FORM-02",
        owner: Owner::TrustOperator,
        sentence: "make, compose, checklist and shell scripts read the same values.",
        judge: readers,
    },
    SiteCheck {
        id: "kit.forms",
        requirement: "KIT-FORM-01",
        owner: Owner::TrustOperator,
        sentence: "Every filled value has its form.",
        judge: forms,
    },
];

fn exists(site: &Site) -> Judgement {
    let path = &site.kit.path;
    match &site.kit.state {
        KitState::Present { .. } => Ok(format!("{path} is there")),
        KitState::Missing => Err(Ruling::fail(
            format!("there is no kit file at {path}"),
            "put the kit the hub admin sent you there; a kit is called `.env.<CODE>.<env>`",
        )),
        KitState::Unreadable(why) => Err(Ruling::fail(
            format!("{path} cannot be read as a kit: {why}"),
            format!("see `ls -l {path}`, and extract the package again"),
        )),
    }
}

fn mode(site: &Site) -> Judgement {
    site.kit()?;
    let path = &site.kit.path;
    match &site.kit.state {
        KitState::Present { mode, .. } if *mode != 0o600 => Err(Ruling::fail(
            format!("{path} has mode {mode:04o}: a file of secrets must have 0600"),
            format!("chmod 600 {path}"),
        )),
        _ => Ok("mode 0600".to_owned()),
    }
}

fn placeholders(site: &Site) -> Judgement {
    let waiting = keys_where(site.kit()?, holds_placeholder);
    if waiting.is_empty() {
        return Ok("no placeholder left".to_owned());
    }
    let code = site.code();
    Err(Ruling::fail(
        format!("{} value(s) still wait to be filled: {}", waiting.len(), listed(&waiting)),
        format!(
            "make register-trust KIT={code} PROD=true && make sync-trust-kit KIT={code} PROD=true, \
             then send the site a fresh kit"
        ),
    ))
}

fn hub_shared(site: &Site) -> Judgement {
    let missing: Vec<&str> = unfilled(site, site.edition.hub_shared_keys())?;
    let count = site.edition.hub_shared_keys().count();
    filled(&missing, count, || format!("make sync-trust-kit KIT={} PROD=true", site.code()))
}

fn credentials(site: &Site) -> Judgement {
    let wanted = || {
        let required = |key: &&str| spec(key).is_some_and(|row| row.required_in(site.edition));
        CREDENTIALS.iter().copied().filter(required)
    };
    let missing = unfilled(site, wanted())?;
    filled(&missing, wanted().count(), || {
        format!("make register-trust KIT={} PROD=true", site.code())
    })
}

fn unfilled(
    site: &Site,
    keys: impl Iterator<Item = &'static str>,
) -> Result<Vec<&'static str>, Ruling> {
    site.kit()?;
    Ok(keys.filter(|key| site.value(key).is_none()).collect())
}

fn filled(missing: &[&str], count: usize, verb: impl Fn() -> String) -> Judgement {
    if missing.is_empty() {
        return Ok(format!("all {count} filled"));
    }
    let message = format!("{} of {count} not filled: {}", missing.len(), listed(missing));
    Err(Ruling::fail(message, format!("{}, then send the site a fresh kit", verb())))
}

/// Keys with a value, as any of the four readers sees it, of which `wrong` is true.
fn keys_where(kit: &Kit, wrong: fn(&str) -> bool) -> Vec<&str> {
    let mut keys = Vec::new();
    for line in kit.lines() {
        if let contract::kit::LineKind::Assignment { name, .. } = line.kind {
            let name = name.trim();
            let any = |reader| kit.value(reader, name).is_some_and(|value| wrong(&value));
            // Anything but a row's name before a `=` could be part of a secret that lost its key.
            let known = spec(name).is_some() && !keys.contains(&name);
            if known && Reader::ALL.into_iter().any(any) {
                keys.push(name);
            }
        }
    }
    keys
}

fn readers(site: &Site) -> Judgement {
    lint(site, "KIT-FORM-02", |_| true, "all four readers see the same values")
}

/// Values that are missing or placeholders are the business of other rows, ports of `kit.ports`.
fn forms(site: &Site) -> Judgement {
    let of_form = |finding: &LintFinding| {
        let ends = ["is missing", "is empty", "is still a placeholder"];
        let port = finding.key.ends_with("_PORT") && finding.key != "FL_SERVER_PORT";
        let managed = [HUB_SHARED, CREDENTIALS].iter().any(|keys| keys.contains(&&*finding.key));
        let empty = ends.iter().any(|end| finding.what.ends_with(end));
        let own_row = managed || finding.key == "FL_KIT_DIR" || finding.what.ends_with(ends[2]);
        let elsewhere = port || (empty && own_row);
        !elsewhere
    };
    lint(site, "KIT-FORM-01", of_form, "every value has its form")
}

fn lint(
    site: &Site,
    requirement: &str,
    concerns: impl Fn(&LintFinding) -> bool,
    well: &str,
) -> Judgement {
    let kit = site.kit()?;
    let findings = kit.lint(site.edition);
    let findings: Vec<&LintFinding> = findings
        .iter()
        .filter(|finding| finding.requirement == requirement && concerns(finding))
        .collect();
    let Some(first) = findings.first() else { return Ok(well.to_owned()) };
    let words: Vec<String> = findings.iter().map(|finding| in_words(finding)).collect();
    let managed = findings.iter().any(|finding| {
        let section = spec(&finding.key).map(|row| row.section);
        matches!(section, Some(Section::HubShared | Section::KitCredentials))
    });
    let owner = if managed { Owner::HubAdmin } else { Owner::TrustOperator };
    let place = first.line.map_or_else(String::new, |line| format!(" (line {line})"));
    let fix = format!("{}{place} in {}", first.fix, shown(site.kit.path.as_str()));
    Err(Ruling::fail(listed(&words), fix).by(owner))
}

fn in_words(finding: &LintFinding) -> String {
    let place = finding.line.map_or_else(String::new, |line| format!("line {line}: "));
    format!("{place}{}", finding.what)
}
