//! Every key that was given opens what it is for.

use contract::edition::Edition;
use contract::wire::INTERNAL_KEY_HEADER;
use reqwest::Method;

use super::answers::{Answer, ask};
use crate::control::fresh_client;
use crate::hub_access::HubAccess;

/// Tries each key once, by calls without effect: `{}` to a route of its group is 422 with a right key
/// and 401 with a wrong one (hub 2). The words of the first that opens nothing.
pub(super) async fn unknown(
    api_url: &str,
    edition: &Edition,
    access: &HubAccess,
) -> Result<Option<String>, String> {
    let client = fresh_client();
    for (kit, trust) in access.kits() {
        let key = (access.key_header(), trust.trust_api_key.expose());
        let url = format!("{api_url}/cohort/results");
        let answer = ask(&client, Method::POST, &url, &[key]).await?;
        if let Some(refusal) = refusal(&answer) {
            return Ok(Some(format!(
                "{kit}: this hub does not know its key ({refusal}): nothing that needs it was judged"
            )));
        }
    }
    for meaning in ["admin", "user"] {
        let Some(token) = access.token(meaning) else { continue };
        let bearer = format!("Bearer {}", token.expose());
        let url = format!("{api_url}/trust");
        let answer = ask(&client, Method::GET, &url, &[("Authorization", &bearer)]).await?;
        if let Some(refusal) = refusal(&answer) {
            return Ok(Some(format!(
                "{meaning}_token: this hub does not take it ({refusal}), or it has run out: nothing that \
                 needs it was judged"
            )));
        }
    }
    if let Some(internal) = access.internal_key() {
        let header = edition.ingest_key_headers.last().copied().unwrap_or(INTERNAL_KEY_HEADER);
        let url = format!("{api_url}/model/{NOBODYS_MODEL}/metrics");
        let answer = ask(&client, Method::POST, &url, &[(header, internal.expose())]).await?;
        if let Some(refusal) = refusal(&answer) {
            return Ok(Some(format!(
                "internal_key: this hub does not know it ({refusal}): nothing that needs it was judged"
            )));
        }
    }
    Ok(None)
}

fn refusal(answer: &Answer) -> Option<String> {
    (answer.status == 401).then(|| format!("401 {}", answer.detail()).trim_end().to_owned())
}

/// The id of no model: with `{}`, nothing is looked up.
const NOBODYS_MODEL: &str = "00000000-0000-4000-8000-000000000000";
