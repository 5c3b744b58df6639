//! `--trust` and `--hub`: which thing to judge.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;

/// A target as written on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetSpec {
    /// The built-in mock.
    Embedded,
    /// A command, already split into words.
    Process(Vec<String>),
    /// Something already running elsewhere.
    Attach,
    /// A deployed hub.
    Url(String),
    /// A container image, by its reference.
    Image(String),
    /// A site's own compose file.
    Compose(Utf8PathBuf),
}

/// The text names no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not one of the forms.
    #[error(
        "unknown target {0:?}; known: embedded, process:CMD, image:REF (trust), compose:FILE (trust), attach (trust), url:URL (hub)"
    )]
    Unknown(String),
    /// A form without its argument.
    #[error("{0} needs {1}")]
    Incomplete(&'static str, &'static str),
    /// A quote that is not closed.
    #[error("the command {0:?} has an open quote")]
    OpenQuote(String),
    /// A password that every report would show.
    #[error("url: must not hold a user or password: reports and case files show it")]
    Credentials,
}

impl TargetSpec {
    /// The word in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Process(_) => "process",
            Self::Attach => "attach",
            Self::Url(_) => "url",
            Self::Image(_) => "image",
            Self::Compose(_) => "compose",
        }
    }
}

/// As it can be written again on a command line.
impl fmt::Display for TargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded | Self::Attach => f.write_str(self.kind()),
            Self::Url(url) => write!(f, "url:{url}"),
            Self::Image(reference) => write!(f, "image:{reference}"),
            Self::Compose(file) => write!(f, "compose:{file}"),
            Self::Process(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                write!(f, "process:{}", words.join(" "))
            }
        }
    }
}

impl FromStr for TargetSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Self::Embedded),
            None if text == "attach" => Ok(Self::Attach),
            None if text == "process" => Err(SpecError::Incomplete("process:", "a command")),
            None if text == "image" => Err(NO_IMAGE),
            None if text == "compose" => Err(NO_FILE),
            Some(("image", reference)) if is_reference(reference) => {
                Ok(Self::Image(reference.to_owned()))
            }
            Some(("image", _)) => Err(NO_IMAGE),
            Some(("compose", file)) if !file.is_empty() => Ok(Self::Compose(file.into())),
            Some(("compose", _)) => Err(NO_FILE),
            None if text == "url" => Err(SpecError::Incomplete("url:", "an http or https URL")),
            Some(("process", command)) => {
                let words = words(command)?;
                if words.is_empty() {
                    return Err(SpecError::Incomplete("process:", "a command"));
                }
                Ok(Self::Process(words))
            }
            Some(("url", url)) if url.starts_with("http://") || url.starts_with("https://") => {
                if url::Url::parse(url).is_ok_and(|url| has_credentials(&url)) {
                    return Err(SpecError::Credentials);
                }
                Ok(Self::Url(url.trim_end_matches('/').to_owned()))
            }
            Some(("url", _)) => Err(SpecError::Incomplete("url:", "an http or https URL")),
            _ => Err(SpecError::Unknown(text.to_owned())),
        }
    }
}

const NO_IMAGE: SpecError =
    SpecError::Incomplete("image:", "an image reference, such as site/trust-api:v1");
const NO_FILE: SpecError = SpecError::Incomplete("compose:", "the path of a compose file");

/// Whether it can be an image reference at all; the engine judges it in full.
fn is_reference(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(allowed)
}

fn has_credentials(url: &url::Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// A word as [`words`] reads it again.
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"') {
        return word.to_owned();
    }
    let parts: Vec<String> = word.split('\'').map(|part| format!("'{part}'")).collect();
    parts.join("\"'\"")
}

/// Splits a command as a shell would, quotes only: no expansion of any kind.
fn words(command: &str) -> Result<Vec<String>, SpecError> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(SpecError::OpenQuote(command.to_owned()));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_into_words() {
        let spec: TargetSpec =
            "process:python3 'my node.py' --port {port} \"\"".parse().expect("a command");
        let TargetSpec::Process(words) = spec else { panic!("a process") };
        assert_eq!(words, ["python3", "my node.py", "--port", "{port}", ""]);
    }

    proptest::proptest! {
        #[test]
        fn a_command_reads_as_it_was_written(
            words in proptest::collection::vec("[a-z '\"{}=\\\\-]{0,8}", 1..5)
        ) {
            let spec = TargetSpec::Process(words);
            proptest::prop_assert_eq!(spec.to_string().parse(), Ok(spec));
        }
    }

    #[test]
    fn images_and_compose_files_read_as_they_were_written() {
        for text in
            ["image:registry.example:5000/site/trust@sha256:ab", "compose:./site/compose.yml"]
        {
            assert_eq!(
                text.parse::<TargetSpec>().map(|spec| spec.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused() {
        let refused = "url:https://me:secret@hub.example/api".parse::<TargetSpec>();
        assert_eq!(refused, Err(SpecError::Credentials));
    }

    #[test]
    fn what_is_no_target_says_which_forms_there_are() {
        for text in [
            "",
            "docker",
            "process:",
            "url:ftp://x",
            "image",
            "image:",
            "image:a b",
            "compose:",
            "process:'a",
        ] {
            assert!(text.parse::<TargetSpec>().is_err(), "{text}");
        }
    }
}
