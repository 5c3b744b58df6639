//! `${NAME:-default}` in a compose file, and values to fill it with.

use std::collections::BTreeMap;

use contract::kit::{Form, KEYS, Template};

/// Replaces `$NAME` and `${NAME…}` as compose does: `:-` and `-` give a default, `:+` and `+` an
/// alternative, `:?` and `?` a complaint (nothing here), `$$` is a dollar sign. What is not set is
/// empty. Values are taken as they are.
pub fn expand(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = after;
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some(end) = after.strip_prefix('{').and_then(closing) {
            expanded.push_str(&braced(&after[1..=end], values));
            rest = &after[end + 2..];
        } else {
            let length = after.find(|c: char| !is_name_char(c)).unwrap_or(after.len());
            if length == 0 || after.starts_with(|c: char| c.is_ascii_digit()) {
                expanded.push('$');
            } else {
                expanded.push_str(values.get(&after[..length]).map_or("", String::as_str));
                rest = &after[length..];
            }
        }
    }
    expanded + rest
}

/// Position of the brace that closes what stands before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn braced(inside: &str, values: &BTreeMap<String, String>) -> String {
    let (name, operator, word) = parts(inside);
    let held = values.get(name);
    let filled = held.filter(|value| !value.is_empty());
    match operator {
        ":-" => filled.cloned().unwrap_or_else(|| expand(word, values)),
        "-" => held.cloned().unwrap_or_else(|| expand(word, values)),
        ":+" => filled.map(|_| expand(word, values)).unwrap_or_default(),
        "+" => held.map(|_| expand(word, values)).unwrap_or_default(),
        _ => held.cloned().unwrap_or_default(),
    }
}

/// Name, operator and word of what stands between the braces.
fn parts(inside: &str) -> (&str, &str, &str) {
    let end = inside.find(|c: char| !is_name_char(c)).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(end);
    let length = match rest.as_bytes() {
        [b':', b'-' | b'+' | b'?', ..] => 2,
        [b'-' | b'+' | b'?', ..] => 1,
        _ => 0,
    };
    let (operator, word) = rest.split_at(length);
    (name, operator, word)
}

/// The defaults (`:-` and `-`) written into a text, outermost only.
pub(super) fn defaults(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some(end) = closing(after) else { break };
        let (_, operator, word) = parts(&after[..end]);
        if operator.ends_with('-') {
            found.push(word);
        }
        rest = &after[end + 1..];
    }
    found
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A filled kit that belongs to nobody: every value differs from every other and from every template
/// value that can be told apart, so that what comes out of a file shows where it came from.
pub fn sample_values() -> BTreeMap<String, String> {
    let filled = KEYS.iter().map(|spec| {
        let value = match (SAMPLES.iter().find(|(name, _)| *name == spec.name), spec.template) {
            (Some((_, value)), _) => (*value).to_owned(),
            (None, _) if spec.secret => format!("sample-{}", spec.name.to_lowercase()),
            (None, Template::Value(value) | Template::Commented(value)) if !value.is_empty() => {
                value.to_owned()
            }
            (None, _) if spec.form == Form::Date => "20260101".to_owned(),
            (None, _) if spec.form == Form::Port => "8105".to_owned(),
            (None, _) => String::new(),
        };
        (spec.name.to_owned(), value)
    });
    filled.collect()
}

const SAMPLES: &[(&str, &str)] = &[
    ("TRUST_NAME", "Sample Hospital"),
    ("TRUST_CODE", "SAMPLE"),
    ("CENTRAL_HUB_API_URL", "https://hub.sample.example/api"),
    ("TRUST_API_KEY_HEADER", "X-Sample-Key"),
    ("TRUST_INTERNAL_SERVICE_KEY_HEADER", "X-Sample-Site-Key"),
    ("FL_BACKEND", "nvflare"),
    ("DOCKER_TAG", "v7.7.7"),
    ("DOCKER_FL_TAG", "v7.7.8"),
    ("DOCKER_REGISTRY", "registry.sample.example/site/"),
    ("DOCKER_FL_REGISTRY", "registry.sample.example/fl/"),
    ("NLB_SUBDOMAIN", "fl.hub.sample.example"),
    ("FL_SERVER_PORT", "8002"),
    ("FL_KIT_SLOT", "Trust_7"),
    ("FL_KIT_SLOT_NUMBER", "7"),
    ("EXPECTED_TRUST_ID", "5a3b1e00-0000-4000-8000-000000000007"),
    ("OMOP_DB_TAG", "v7.7.9"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_as_compose_fills_them() {
        let values = BTreeMap::from([("A", "a"), ("E", "")].map(|(k, v)| (k.into(), v.into())));
        for (text, expected) in [
            ("$A-${A}-$B-${B}", "a-a--"),
            ("${B:-x}${E:-y}${E-z}${B-w}", "xyw"),
            ("${A:+set}${B:+no}${E+set}${A:?must}", "setseta"),
            ("${B:-${A}}/${B:-{x}}", "a/{x}"),
            ("$$A $ $1 ${never", "$A $ $1 ${never"),
        ] {
            assert_eq!(expand(text, &values), expected, "{text}");
        }
    }

    #[test]
    fn defaults_are_found() {
        assert_eq!(defaults("${A:-x}:${B}${C-${D:-y}}"), ["x", "${D:-y}"]);
    }

    #[test]
    fn the_sample_kit_is_whole_and_its_values_are_in_form() {
        let values = sample_values();
        for spec in KEYS.iter().filter(|spec| !spec.secret) {
            let value = &values[spec.name];
            if !value.is_empty() {
                assert_eq!(spec.form.check(value), Ok(()), "{}", spec.name);
            }
        }
        assert!(values["TRUST_API_KEY"] != values["AES_KEY_BASE64"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_filled_without_a_panic(text in "([A$ {}:?+-]|.){0,60}") {
            let _ = (expand(&text, &BTreeMap::new()), defaults(&text));
        }
    }
}
