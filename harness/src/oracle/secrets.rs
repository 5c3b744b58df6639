//! Where secrets showed: in the trust's output, and at neighbours they are none of the business of.

use std::collections::BTreeMap;

use contract::capture::Exchange;
use contract::key::{Secret, token};

use crate::finding::{Finding, Judged};
use crate::stage::is_setup;
use crate::target::Leak;
use crate::world::World;

/// Name under which a trust's key for its hub is planted; later keys of a rotation begin with it.
pub const TRUST_KEY: &str = "TRUST_API_KEY";
/// Name under which the key between a site's services is planted.
pub const SITE_KEY: &str = "TRUST_INTERNAL_SERVICE_KEY";
/// Name under which payload keys are planted.
pub const PAYLOAD_KEY: &str = "AES_KEY_BASE64";
/// Name under which an e-mail address is watched for: masked at every level, not only at INFO.
pub const EMAIL: &str = "planted e-mail address";

/// Name under which a row of a cohort is watched for.
pub const ROW: &str = "planted cohort row";

/// Stands before the name of a text whose first characters are watched for.
pub const BEGINNING_OF: &str = "beginning of ";
/// Stands before the name of a text whose last characters are watched for.
pub const END_OF: &str = "end of ";

/// Notes every planted secret that showed where it must not in this scenario.
pub async fn standing_secrets(world: &mut World) -> Judged {
    if !world.has_stage() {
        return Ok(());
    }
    let stage = world.staged()?;
    let level = stage.env.get("LOG_LEVEL").map_or("INFO", String::as_str);
    let mut findings = in_output(&stage.log.leaks(), level);
    let keys = Keys::of(&stage.secrets, stage.env.get("TRUST_API_KEY_HEADER"));
    let hub = world.hub_seen(None).await?;
    let site: Vec<Exchange> =
        world.site_seen(None).await?.into_iter().filter(|call| !is_setup(call)).collect();
    findings.extend(misplaced(&keys, &hub, &site));
    findings.into_iter().for_each(|finding| world.note(finding));
    Ok(())
}

/// Leaks in the output, one finding a clause.
pub fn in_output(leaks: &[Leak], level: &str) -> Vec<Finding> {
    let mut by_clause: BTreeMap<&'static str, Vec<&Leak>> = BTreeMap::new();
    for leak in leaks.iter().filter(|leak| !is_told_by_the_whole(leak, leaks)) {
        by_clause.entry(clause(leak, level)).or_default().push(leak);
    }
    by_clause
        .into_iter()
        .map(|(clause, leaks)| {
            let mut names: Vec<String> =
                leaks.iter().map(|leak| format!("{} ({})", leak.name, leak.form)).collect();
            names.sort_unstable();
            names.dedup();
            let expected = format!("none of the planted texts in the output at {level}");
            Finding::new(clause, expected, format!("it shows {}", names.join(", ")))
                .shown_by(leaks.into_iter().map(|leak| leak.line.clone()))
        })
        .collect()
}

/// Rows belong to the FL client's clause. INFO and above is strict; more talkative levels, and e-mail
/// addresses at any level, are a clause of their own.
fn clause(leak: &Leak, level: &str) -> &'static str {
    if leak.name == ROW {
        "FL-CLIENT-03"
    } else if leak.name == EMAIL || level.eq_ignore_ascii_case("DEBUG") {
        "TRUST-LOG-02"
    } else {
        "TRUST-LOG-01"
    }
}

/// Whether the same line shows the whole text of which this is a part.
fn is_told_by_the_whole(leak: &Leak, leaks: &[Leak]) -> bool {
    let whole = [BEGINNING_OF, END_OF].into_iter().find_map(|part| leak.name.strip_prefix(part));
    whole.is_some_and(|whole| {
        leaks.iter().any(|other| other.name == whole && other.line == leak.line)
    })
}

/// The keys of a site and where the trust's own one travels.
#[derive(Debug, Default)]
pub struct Keys {
    trust: Vec<Secret>,
    site: Vec<Secret>,
    trust_header: String,
}

impl Keys {
    /// The two kinds of key among what was planted, by their names.
    pub fn of(secrets: &[(String, Secret)], trust_header: Option<&String>) -> Self {
        let named = |kind: &str| {
            let of_kind = secrets.iter().filter(|(name, _)| name.starts_with(kind));
            of_kind.map(|(_, secret)| secret.clone()).collect()
        };
        // A scene may take its name away: then the usual one is as good as any.
        let told = trust_header.map(String::as_str).filter(|name| !name.is_empty());
        let header = told.unwrap_or(contract::wire::TRUST_KEY_HEADER);
        Self { trust: named(TRUST_KEY), site: named(SITE_KEY), trust_header: header.to_owned() }
    }
}

/// Keys shown to the wrong side, or to the right one outside their header.
pub fn misplaced(keys: &Keys, hub: &[Exchange], site: &[Exchange]) -> Vec<Finding> {
    let at_hub = hub.iter().filter(|call| keys.site.iter().any(|key| shows(call, key, None)));
    let at_site = site.iter().filter(|call| keys.trust.iter().any(|key| shows(call, key, None)));
    let astray = hub.iter().filter(|call| {
        keys.trust.iter().any(|key| shows(call, key, Some(keys.trust_header.as_str())))
    });
    [
        ("the site key only at site services", "the hub was shown it", lines(at_hub)),
        ("the trust key only at the hub", "a site service was shown it", lines(at_site)),
        ("the trust key in its own header only", "it is elsewhere too", lines(astray)),
    ]
    .into_iter()
    .filter(|(_, _, lines)| !lines.is_empty())
    .map(|(expected, observed, lines)| {
        Finding::new("TRUST-SVC-02", expected, observed).shown_by(lines)
    })
    .collect()
}

/// Calls that show a key in one header, for positive controls.
pub fn shown_in(calls: &[Exchange], header: &str, key: &Secret) -> usize {
    let token = token(key.expose());
    let holds = |value: &str| value.contains(&token) || value.contains(key.expose());
    calls.iter().filter(|call| call.request_header(header).is_some_and(holds)).count()
}

/// Whether the key stands anywhere in a request, as itself or as its token, but in that header.
fn shows(call: &Exchange, key: &Secret, but_in: Option<&str>) -> bool {
    let token = token(key.expose());
    let holds = |text: &str| text.contains(&token) || text.contains(key.expose());
    let aside = |name: &str| but_in.is_some_and(|own| own.eq_ignore_ascii_case(name));
    !key.is_empty()
        && (holds(&call.path)
            || call.query.as_deref().is_some_and(holds)
            || holds(&call.request_body)
            || call.request_headers.iter().any(|(name, value)| !aside(name) && holds(value)))
}

/// A call and the names of its headers; their values stay out.
fn lines<'c>(calls: impl Iterator<Item = &'c Exchange>) -> Vec<String> {
    calls
        .map(|call| {
            let names: Vec<&str> =
                call.request_headers.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} {} {} with {}", call.listener, call.method, call.path, names.join(", "))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::fabricated::exchange;

    const TRUST: &str = "9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliPLc";
    const SITE: &str = "Qm9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliP";

    fn keys() -> Keys {
        let secrets = [(TRUST_KEY, TRUST), (SITE_KEY, SITE)]
            .map(|(name, key)| (name.to_owned(), Secret::from(key.to_owned())));
        Keys::of(&secrets, Some(&"Authorization".to_owned()))
    }

    fn call(headers: &[(&str, String)], body: &str) -> Exchange {
        let headers: Vec<_> = headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        let mut call = exchange("heartbeat", 200);
        call.request_headers = headers;
        body.clone_into(&mut call.request_body);
        call
    }

    fn leak(name: &str, form: &str) -> Leak {
        Leak { name: name.to_owned(), form: form.to_owned(), line: "line".to_owned() }
    }

    #[test]
    fn each_key_in_its_own_place_breaks_nothing() {
        let hub = [call(&[("authorization", token(TRUST))], "{}")];
        let site = [call(&[("X-Trust-Internal-Service-Key", token(SITE))], "{}")];
        assert!(misplaced(&keys(), &hub, &site).is_empty());
        let held = Secret::from(SITE.to_owned());
        assert_eq!(shown_in(&site, "x-trust-internal-service-key", &held), 1);
        assert_eq!(shown_in(&hub, "authorization", &held), 0);
    }

    #[test]
    fn a_key_at_the_wrong_side_or_in_the_wrong_place_is_found() {
        let own = ("Authorization", token(TRUST));
        let hub = [
            call(&[own.clone(), ("X-Trust-Internal-Service-Key", token(SITE))], ""),
            call(&[own], &format!("{{\"key\":\"{}\"}}", token(TRUST))),
        ];
        let site = [call(&[("X-Other", TRUST.to_owned())], "")];
        let found = misplaced(&keys(), &hub, &site);
        assert_eq!(found.len(), 3, "{found:?}");
        let text = format!("{found:?}");
        assert!(!text.contains(TRUST) && !text.contains(SITE), "{text}");
    }

    #[test]
    fn the_level_decides_the_clause_and_addresses_have_their_own() {
        let leaks = [leak(TRUST_KEY, "base64"), leak(EMAIL, "plain")];
        let clauses = |level| -> Vec<String> {
            in_output(&leaks, level).into_iter().map(|finding| finding.requirement).collect()
        };
        assert_eq!(clauses("INFO"), ["TRUST-LOG-01", "TRUST-LOG-02"]);
        assert_eq!(clauses("debug"), ["TRUST-LOG-02"]);
        assert_eq!(in_output(&[leak(ROW, "plain")], "INFO")[0].requirement, "FL-CLIENT-03");
    }

    #[test]
    fn an_encoded_query_in_an_address_is_a_leak_however_it_is_written() {
        for form in ["base64", "urlencoded", "json", "plain"] {
            let found = in_output(&[leak("planted SQL", form)], "INFO");
            assert_eq!(found.len(), 1, "{form}");
            assert_eq!(found[0].requirement, "TRUST-LOG-01");
        }
    }

    #[test]
    fn a_part_counts_unless_its_line_shows_the_whole() {
        let part = leak("beginning of planted SQL", "plain");
        let alone = in_output(std::slice::from_ref(&part), "INFO");
        assert!(alone[0].observed.contains("beginning of"), "{alone:?}");
        let both = in_output(&[leak("planted SQL", "plain"), part], "INFO");
        assert!(!both[0].observed.contains("beginning of"), "{both:?}");
    }
}
