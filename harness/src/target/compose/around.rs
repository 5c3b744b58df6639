//! What speaks into a compose file beside its kit: the shell it is started from, `.env` in its folder.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use contract::kit::{KEYS, Kit, Reader, holds_placeholder};

use super::{plain_kit, unreadable};
use crate::compose::{Around, ComposeError};

/// Looks at this process's environment, which is the shell's, and at the file's folder. Only names of
/// secrets leave it.
pub(super) fn look(file: &Utf8Path, kit: Option<&Utf8Path>) -> Result<Around, ComposeError> {
    let shell = |key: &str| std::env::var(key).ok();
    look_with(file, kit, &shell)
}

fn look_with(
    file: &Utf8Path,
    path: Option<&Utf8Path>,
    shell: &dyn Fn(&str) -> Option<String>,
) -> Result<Around, ComposeError> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let used: Vec<_> = KEYS.iter().filter(|spec| is_used(&text, spec.name)).collect();
    let kit = match path {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
            Some((path, plain_kit(path, &bytes)?))
        }
        None => None,
    };
    let of_kit = |key: &str| {
        let value = kit.as_ref().and_then(|(_, kit)| kit.value(Reader::Compose, key));
        value.filter(|value| !value.is_empty() && !holds_placeholder(value))
    };
    let overruled = |read: &dyn Fn(&str) -> Option<String>| -> BTreeSet<String> {
        let other = |key: &str| read(key).is_some_and(|value| Some(&value) != of_kit(key).as_ref());
        used.iter().map(|spec| spec.name).filter(|key| other(key)).map(str::to_owned).collect()
    };
    let dot_env = file.with_file_name(".env");
    let is_the_kit = |path: &Utf8Path| path.canonicalize_utf8().is_ok_and(|path| path == dot_env);
    let beside = match std::fs::read(&dot_env) {
        Ok(bytes) if !path.is_some_and(is_the_kit) => Kit::parse(&bytes).ok(),
        _ => None,
    };
    let beside = beside.map(|beside| overruled(&|key| beside.value(Reader::Compose, key)));
    let shown = kit.as_ref().map(|(path, kit)| {
        let plain = KEYS.iter().filter(|spec| !spec.secret);
        let values: BTreeMap<String, String> = plain
            .filter_map(|spec| Some((spec.name.to_owned(), kit.value(Reader::Compose, spec.name)?)))
            .collect();
        (path.file_name().unwrap_or_default().to_owned(), values)
    });
    Ok(Around { exported: overruled(shell), beside: beside.unwrap_or_default(), kit: shown })
}

/// Whether the file takes that key from outside.
fn is_used(text: &str, key: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "services:\n  trust-api:\n    environment:\n      AES_KEY_BASE64: ${AES_KEY_BASE64}\n\
                        \x20     LOG: ${TRUST_LOG_LEVEL:-INFO}\n";

    fn around(dot_env: Option<&str>, shell: &[(&str, &str)]) -> Around {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().canonicalize().expect("a path");
        let folder = Utf8Path::from_path(&folder).expect("UTF-8");
        let file = folder.join("compose.yml");
        std::fs::write(&file, FILE).expect("written");
        let kit = folder.join(".env.KCH.production");
        std::fs::write(&kit, "AES_KEY_BASE64=right\nAICENTRE_BUCKET_NAME=flip\n").expect("written");
        if let Some(text) = dot_env {
            std::fs::write(folder.join(".env"), text).expect("written");
        }
        let shell: BTreeMap<&str, &str> = shell.iter().copied().collect();
        let read = |key: &str| shell.get(key).map(|value| (*value).to_owned());
        look_with(&file, Some(&kit), &read).expect("a look")
    }

    #[test]
    fn what_differs_from_the_kit_is_named() {
        let seen = around(None, &[("AES_KEY_BASE64", "stale"), ("TRUST_API_KEY", "unused here")]);
        assert_eq!(seen.exported, BTreeSet::from(["AES_KEY_BASE64".to_owned()]));
        let seen = around(Some("AES_KEY_BASE64=stale\n"), &[]);
        assert_eq!(seen.beside, BTreeSet::from(["AES_KEY_BASE64".to_owned()]));
        let (name, values) = seen.kit.expect("a kit");
        assert_eq!(
            (name.as_str(), values["AICENTRE_BUCKET_NAME"].as_str()),
            (".env.KCH.production", "flip")
        );
        assert!(!values.contains_key("AES_KEY_BASE64"));
    }

    #[test]
    fn what_agrees_with_the_kit_is_nothing() {
        let seen = around(Some("AES_KEY_BASE64=right\nOTHER=1\n"), &[("AES_KEY_BASE64", "right")]);
        assert!(seen.exported.is_empty() && seen.beside.is_empty());
    }
}
