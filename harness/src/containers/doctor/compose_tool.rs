//! Whichever of `docker compose` and `docker-compose` is installed.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// Its words and its version, such as `docker-compose 1.29.2`.
///
/// # Errors
/// In one line, what each of them answered.
pub(super) async fn find() -> Result<String, String> {
    let mut answers = Vec::new();
    for words in [&["docker", "compose"][..], &["docker-compose"]] {
        let name = words.join(" ");
        match version(words).await {
            Ok(version) => return Ok(format!("{name} {version}")),
            Err(reason) => answers.push(format!("`{name}` {reason}")),
        }
    }
    Err(answers.join(", "))
}

async fn version(words: &[&str]) -> Result<String, &'static str> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["version", "--short"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(ended) = timeout(PATIENCE, command.output()).await else { return Err("is silent") };
    let output = ended.map_err(|_| "is not there")?;
    let text = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
    // A `docker` without the plugin prints its own help instead.
    let is_version = text.starts_with(|c: char| c.is_ascii_digit()) && text.len() < 40;
    if output.status.success() && is_version { Ok(text) } else { Err("is no compose") }
}

const PATIENCE: Duration = Duration::from_secs(20);
