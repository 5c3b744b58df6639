//! Every recorded exchange is replayed against a fresh hub as built; none may be left out.

mod exchanges_support;
mod support;

use exchanges_support::compare::compare;
use exchanges_support::line::{Line, lines};
use exchanges_support::{after, prepare};
use reqwest::Method;
use support::TestHub;

/// Lines in the recordings. A recording that loses lines fails here.
const LINES: usize = 80;

#[tokio::test]
async fn every_recorded_exchange_comes_out_of_the_hub_as_built() {
    let lines = lines();
    assert_eq!(lines.len(), LINES, "recorded lines");
    let mut failures = Vec::new();
    let mut replayed = 0;
    for line in &lines {
        replayed += 1;
        if let Err(reason) = replay(line).await {
            failures.push(format!("{} {} ({}): {reason}", line.id, line.edition, line.case));
        }
    }
    assert_eq!(replayed, LINES, "replayed lines");
    assert!(failures.is_empty(), "{} of {LINES} differ:\n{}", failures.len(), failures.join("\n"));
}

type Tamper = fn(&mut Line);

/// The comparison has teeth: each of these recordings is false in one place.
#[tokio::test]
async fn a_recording_that_is_false_in_one_place_is_noticed() {
    let find = |id: &str| lines().into_iter().find(|line| line.id == id).expect("recorded");
    let tampers: [(&str, Tamper); 9] = [
        ("t01", |line| line.status = 201),
        ("t01", |line| line.reply.as_mut().expect("a reply")["message"] = "Recorded".into()),
        ("t01", |line| line.reply.as_mut().expect("a reply")["more"] = 1.into()),
        ("t03", |line| drop(line.reply_headers.insert("www-authenticate".into(), "Bearer".into()))),
        ("t10", |line| line.reply.as_mut().expect("a reply")["detail"][0]["type"] = "enum".into()),
        ("t27", |line| line.reply_raw = Some("Internal server error".into())),
        ("f01", |line| drop(line.after.insert("stored".into(), 2.into()))),
        ("f01", |line| drop(line.after.insert("unheard-of".into(), 2.into()))),
        ("t35", |line| drop(line.after.insert("kid".into(), "shared".into()))),
    ];
    for (id, tamper) in tampers {
        let mut line = find(id);
        assert_eq!(replay(&line).await, Ok(()), "control: {id} as recorded");
        tamper(&mut line);
        assert!(replay(&line).await.is_err(), "{id} false in one place");
    }
}

async fn replay(line: &Line) -> Result<(), String> {
    let hub = TestHub::start(prepare::options(line)).await;
    let known = prepare::state(&hub, line).await;
    let method = Method::from_bytes(line.method.as_bytes()).map_err(|error| error.to_string())?;
    let mut request = hub.http.request(method, hub.url(&line.path));
    for (name, value) in &line.headers {
        if name != "Content-Length" {
            request = request.header(name, value);
        }
    }
    if let Some(body) = line.request_body() {
        request = request.body(body);
    }
    let response = request.send().await.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.text().await.map_err(|error| error.to_string())?;
    if status != line.status {
        return Err(format!("status {status} instead of {}: {body}", line.status));
    }
    for (name, value) in &line.reply_headers {
        let got = headers.get(name).and_then(|value| value.to_str().ok());
        if got != Some(value) {
            return Err(format!("header {name} is {got:?} instead of {value:?}"));
        }
    }
    let reply = compare(line, &body, &known)?;
    let result = after::check(&hub, line, &reply, &known).await;
    hub.hub.stop().await;
    result
}
