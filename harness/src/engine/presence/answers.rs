//! One hub answers at the address: not two in turn, and not a cache.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use contract::edition::TrustPaths;
use contract::wire::TRUST_KEY_HEADER;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::cause::cause;
use crate::control::fresh_client;
use crate::hub_access::HubAccess;
use crate::wait::{Probe, eventually};

/// One answer, and when it was asked for and came.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Value,
    is_page: bool,
    asked: SystemTime,
    came: SystemTime,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// What a cache says of itself: `Age: 3, X-Cache: Hit`.
    pub(super) fn cache_words(&self) -> Option<String> {
        let age = self.header("age").filter(|age| age.trim().parse::<u64>().is_ok());
        let hit = HIT_HEADERS.iter().find_map(|name| {
            let value = self.header(name)?;
            value.to_ascii_lowercase().contains("hit").then(|| format!("{name}: {value}"))
        });
        let told: Vec<String> =
            age.map(|age| format!("Age: {age}")).into_iter().chain(hit).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// `detail` of a refusal.
    pub(super) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }

    /// Clock of whoever answered against ours: at least, at most, seconds. A `Date` has whole seconds.
    fn clock(&self) -> Option<(f64, f64)> {
        let date = self.header("date")?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_second();
        let date = Duration::from_secs(u64::try_from(date).ok()?).as_secs_f64();
        let since = |at: SystemTime| {
            at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
        };
        Some((date - since(self.came), date + 1.0 - since(self.asked)))
    }

    /// What tells one hub's health from another's.
    fn sign(&self) -> String {
        let version = self.body["version"].as_str().map(|version| format!("version {version}"));
        match (self.status, version) {
            (200, Some(version)) => version,
            (200, None) if self.is_page => "an HTML page".to_owned(),
            (200, None) => format!("200 with the members {}", members(&self.body)),
            (status, _) => format!("status {status}"),
        }
    }
}

fn members(body: &Value) -> String {
    let names: Vec<&str> =
        body.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    names.join(", ")
}

/// What was asked of an address, again and again, each round over a connection of its own.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    health: Vec<Answer>,
    keys: Vec<Answer>,
    heartbeats: Vec<Answer>,
}

/// Asks three times a round: with two in turn behind the address, neither kind of question always meets
/// the same one.
pub(super) async fn rounds(
    api_url: &str,
    paths: TrustPaths,
    access: Option<&HubAccess>,
) -> Result<Rounds, String> {
    let mut rounds = Rounds::default();
    for round in 0..ROUNDS {
        let client = fresh_client();
        let health = format!("{api_url}/health");
        rounds.health.push(ask(&client, Method::GET, &health, &[]).await?);
        let trust = access.and_then(|access| access.trust(0).map(|trust| (access, trust)));
        if let Some((access, trust)) = trust {
            let key = (access.key_header(), trust.trust_api_key.expose());
            let counts = format!("{api_url}/cohort/results");
            rounds.keys.push(ask(&client, Method::POST, &counts, &[key]).await?);
            let plain = paths == TrustPaths::Plain;
            if access.allows_changes() && plain && round < HEARTBEATS && rounds.knows_key() {
                let beat = format!("{api_url}/trust/heartbeat");
                rounds.heartbeats.push(ask(&client, Method::POST, &beat, &[key]).await?);
            }
        }
        rounds.health.push(ask(&client, Method::GET, &health, &[]).await?);
    }
    Ok(rounds)
}

impl Rounds {
    fn knows_key(&self) -> bool {
        self.keys.last().is_some_and(|answer| answer.status == 422)
    }

    /// The words for two hubs behind one address, if there are two.
    pub(super) fn two_hubs(&self) -> Option<String> {
        let health = kinds(self.health.iter().map(Answer::sign));
        let asked = self.keys.iter().filter(|answer| answer.status != 429);
        let keys = kinds(asked.map(|answer| match answer.status {
            422 => "knows the key".to_owned(),
            401 | 403 => "does not".to_owned(),
            other => format!("answers a key with {other}"),
        }));
        let beats = self.heartbeats.iter().filter(|answer| answer.status == 200);
        let identity = |member: &str| {
            let beats = beats.clone();
            kinds(beats.map(|answer| format!("{member} {}", short(&answer.body[member]))))
        };
        let ids = ["trust_id", "aes_key_fingerprint"].map(identity);
        if health.len() > 1 || keys.len() > 1 {
            let says = |at: usize| {
                let health = health.get(at).or(health.first()).cloned().unwrap_or_default();
                match keys.get(at).or(keys.first()) {
                    Some(key) if keys.len() > 1 => format!("says {health} and {key}"),
                    _ => format!("says {health}"),
                }
            };
            return Some(format!("one {}, another {}", says(0), says(1)));
        }
        if let Some([one, other, ..]) = ids.iter().map(Vec::as_slice).find(|kinds| kinds.len() > 1)
        {
            return Some(format!("one answers a heartbeat with {one}, another with {other}"));
        }
        self.two_clocks()
    }

    /// Two machines whose clocks are apart: their `Date`s fit no single one.
    fn two_clocks(&self) -> Option<String> {
        let clocks = self.health.iter().chain(&self.keys).filter_map(Answer::clock);
        let (latest, earliest) = clocks.fold((f64::MIN, f64::MAX), |(low, high), (least, most)| {
            (low.max(least), high.min(most))
        });
        let apart = latest - earliest;
        (apart > CLOCKS_APART_SECS)
            .then(|| format!("the Date of one is {apart:.0} s before that of another"))
    }

    /// The first answer of a kind that came out of a cache.
    pub(super) fn cached_health(&self) -> Option<String> {
        self.health.iter().find_map(Answer::cache_words)
    }
}

/// Each once, in the order seen.
fn kinds(signs: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for sign in signs {
        if !seen.contains(&sign) {
            seen.push(sign);
        }
    }
    seen
}

fn short(value: &Value) -> String {
    value.as_str().unwrap_or("none").chars().take(SHOWN_CHARS).collect()
}

/// A cache below `/api/`, and what it was seen to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cached {
    pub(super) what: String,
    /// Whether an answer meant for one key was given to another.
    pub(super) leaks: bool,
}

/// Asks for the same with other keys, and looks whether the answers are new.
pub(super) async fn cached(
    api_url: &str,
    paths: TrustPaths,
    access: Option<&HubAccess>,
) -> Result<Option<Cached>, String> {
    let header = access.map_or(TRUST_KEY_HEADER, HubAccess::key_header);
    let path = match paths {
        TrustPaths::Named => "/tasks/flipcheck/pending",
        TrustPaths::Plain => "/tasks/pending",
    };
    let url = format!("{api_url}{path}");
    let mut keys: Vec<&str> = vec![MADE_UP[0], MADE_UP[0], MADE_UP[1]];
    let trust = access.filter(|access| access.allows_changes()).and_then(|access| access.trust(0));
    if let Some(trust) = trust.filter(|_| paths == TrustPaths::Plain) {
        let key = trust.trust_api_key.expose();
        keys.extend([key, key, MADE_UP[0]]);
    }
    let mut before: Option<(&str, Answer)> = None;
    for key in keys {
        let answer = ask(&fresh_client(), Method::GET, &url, &[(header, key)]).await?;
        let of_other = before.as_ref().filter(|(known, _)| *known != key);
        if MADE_UP.contains(&key)
            && answer.status == 200
            && of_other.is_some_and(|(_, old)| old.status == 200)
        {
            let told = answer.cache_words().map(|told| format!(" ({told})")).unwrap_or_default();
            let what = format!(
                "GET {path} with a key nobody has was answered with another key's tasks{told}"
            );
            return Ok(Some(Cached { what, leaks: true }));
        }
        if let Some(told) = answer.cache_words() {
            let other = if of_other.is_some() { "another" } else { "the same" };
            let what = format!("the same GET with {other} key was answered from a cache ({told})");
            return Ok(Some(Cached { what, leaks: false }));
        }
        before = Some((key, answer));
    }
    frozen_date(api_url).await
}

/// A cache that does not say so still repeats the `Date` of the answer it kept.
async fn frozen_date(api_url: &str) -> Result<Option<Cached>, String> {
    let url = format!("{api_url}/health");
    let first = ask(&fresh_client(), Method::GET, &url, &[]).await?;
    let Some(date) = first.header("date").map(str::to_owned) else { return Ok(None) };
    let moves = eventually(DATE_MOVES, "a later Date of /api/health", || async {
        match ask(&fresh_client(), Method::GET, &url, &[]).await {
            Ok(answer) if answer.header("date") == Some(date.as_str()) => {
                Probe::Pending(date.clone())
            }
            Ok(_) => Probe::Done(Ok(())),
            Err(error) => Probe::Done(Err(error)),
        }
    });
    match moves.await {
        Ok(asked) => asked.map(|()| None),
        Err(_) => Ok(Some(Cached {
            what: format!(
                "GET /api/health was answered from a cache (the same Date for {} s: {date})",
                DATE_MOVES.as_secs()
            ),
            leaks: false,
        })),
    }
}

/// One call; the error is the whole cause.
pub(super) async fn ask(
    client: &reqwest::Client,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
) -> Result<Answer, String> {
    let path = url.find("/api").map_or(url, |at| &url[at..]);
    let what = format!("{method} {path}");
    let mut request = client.request(method.clone(), url).timeout(ANSWER);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method == Method::POST {
        let no_body = url.ends_with("/heartbeat");
        request = if no_body {
            request.header("Content-Length", "0")
        } else {
            request.header("Content-Type", "application/json").body("{}")
        };
    }
    let failed = |error: reqwest::Error| format!("{what}: {}", cause(&error));
    let asked = SystemTime::now();
    let reply: Response = request.send().await.map_err(failed)?;
    let came = SystemTime::now();
    let status = reply.status().as_u16();
    let headers: BTreeMap<String, String> = reply
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let is_page = headers.get("content-type").is_some_and(|kind| kind.contains("text/html"));
    let text = reply.text().await.map_err(failed)?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, headers: headers.into_iter().collect(), body, is_page, asked, came })
}

/// Headers in which caches tell a hit.
const HIT_HEADERS: [&str; 4] = ["X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Proxy-Cache"];
/// Rounds of three questions.
const ROUNDS: usize = 6;
/// Heartbeats among them, where they may be made: far below every limit of a minute.
const HEARTBEATS: usize = 3;
/// One machine's clock may be set meanwhile; two that disagree by less cannot be told apart.
const CLOCKS_APART_SECS: f64 = 2.0;
/// A `Date` has whole seconds.
const DATE_MOVES: Duration = Duration::from_secs(4);
const ANSWER: Duration = Duration::from_secs(30);
/// In the form of keys, and of nobody.
const MADE_UP: [&str; 2] =
    ["flipcheck-made-up-key-that-nobody-was-give1", "flipcheck-made-up-key-that-nobody-was-give2"];
const SHOWN_CHARS: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str, headers: &[(&str, &str)]) -> Answer {
        Answer {
            status,
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: serde_json::from_str(body).unwrap_or_default(),
            is_page: false,
            asked: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
            came: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_001),
        }
    }

    fn health(version: &str) -> Answer {
        answer(200, &format!("{{\"version\":\"{version}\"}}"), &[])
    }

    #[test]
    fn two_kinds_of_answer_are_two_hubs() {
        let keys = || vec![answer(422, "{}", &[]), answer(401, "{}", &[]), answer(429, "{}", &[])];
        let same =
            Rounds { health: vec![health("v1"), health("v1")], keys: keys(), ..Rounds::default() };
        let told = same.two_hubs().expect("two");
        assert_eq!(
            told,
            "one says version v1 and knows the key, another says version v1 and does not"
        );
        let other = Rounds { health: vec![health("v1"), health("v2")], ..Rounds::default() };
        let told = other.two_hubs().expect("two");
        assert_eq!(told, "one says version v1, another says version v2");
        let beat = |id: &str| answer(200, &format!("{{\"trust_id\":\"{id}\"}}"), &[]);
        let beats = Rounds { heartbeats: vec![beat("a"), beat("b")], ..Rounds::default() };
        assert!(beats.two_hubs().is_some_and(|told| told.contains("trust_id a")));
    }

    #[test]
    fn one_hub_is_one_however_it_hurries() {
        let dated = |date: &str| answer(200, "{}", &[("date", date)]);
        let near = ["Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:21 GMT"];
        let one = Rounds { health: near.map(dated).to_vec(), ..Rounds::default() };
        assert_eq!(one.two_hubs(), None);
        let far = [near[0], "Tue, 14 Nov 2023 22:14:20 GMT"];
        let two = Rounds { health: far.map(dated).to_vec(), ..Rounds::default() };
        assert!(two.two_hubs().is_some_and(|told| told.contains("before that of another")));
    }

    #[test]
    fn a_cache_tells_itself() {
        let hit = answer(200, "{}", &[("age", "3"), ("x-cache", "Hit from cloudfront")]);
        assert_eq!(hit.cache_words().as_deref(), Some("Age: 3, X-Cache: Hit from cloudfront"));
        let miss = answer(200, "{}", &[("x-cache", "Miss from cloudfront")]);
        assert_eq!(miss.cache_words(), None);
    }
}
