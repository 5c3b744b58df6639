//! A kit as compose reads an env file.
//!
//! The last line wins; quotes go and may span lines; ` #` cuts an unquoted value; `$NAME` and
//! `${NAME}` take what stands further up, or nothing; CR and blanks around a value go.

use std::collections::BTreeMap;

/// The value of `key`.
pub(super) fn value(text: &str, key: &str) -> Option<String> {
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let after_line = rest.get(line_end + 1..).unwrap_or_default();
        let Some((name, behind)) = name_on_line(rest, line_end) else {
            rest = after_line;
            continue;
        };
        let (value, after_value) = match quoted(behind) {
            Some((Quoted::Literally(value), after)) => (value.to_owned(), after),
            Some((Quoted::WithEscapes(value), after)) => (expand(&unescape(value), &values), after),
            None => {
                let line = &behind[..behind.find('\n').unwrap_or(behind.len())];
                (expand(unquoted(line), &values), after_line)
            }
        };
        values.insert(name, value);
        rest = after_value;
    }
    values.remove(key)
}

/// The name on the first line of `text` and everything behind its sign, leading blanks dropped.
fn name_on_line(text: &str, line_end: usize) -> Option<(&str, &str)> {
    let line = &text[..line_end];
    if line.trim_start().starts_with('#') {
        return None;
    }
    let sign = line.find(['=', ':'])?;
    let name = line[..sign].trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    Some((name, text[sign + 1..].trim_start_matches([' ', '\t'])))
}

enum Quoted<'t> {
    Literally(&'t str),
    WithEscapes(&'t str),
}

/// A quoted value and what follows the line on which it ends; `None` when it does not start with a
/// quote or the quote never closes.
fn quoted(text: &str) -> Option<(Quoted<'_>, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = &text[1..];
    let mut escaped = false;
    let close = inside.find(|c| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    let value = &inside[..close];
    let after = &inside[close + 1..];
    let after = after.split_once('\n').map_or("", |(_, after)| after);
    let value = if quote == '"' { Quoted::WithEscapes(value) } else { Quoted::Literally(value) };
    Some((value, after))
}

fn unquoted(line: &str) -> &str {
    let line = &line[..line.find('\r').unwrap_or(line.len())];
    let comment = line
        .char_indices()
        .find(|&(at, c)| c == '#' && line[..at].ends_with([' ', '\t']))
        .map_or(line.len(), |(at, _)| at);
    line[..comment].trim_end()
}

fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('r')) => plain.push('\r'),
            ('\\', Some('t')) => plain.push('\t'),
            // A dollar sign that was escaped is kept from expanding.
            ('\\', Some('$')) => plain.push_str("$$"),
            ('\\', Some(other @ ('"' | '\'' | '\\'))) => plain.push(other),
            ('\\', Some(other)) => plain.extend(['\\', other]),
            (c, _) => plain.push(c),
        }
    }
    plain
}

/// Expands `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}` and `$$`; anything else behind
/// a dollar sign stays. Values are cut at 64 KiB, so that no kit can make them grow without end.
fn expand(value: &str, values: &BTreeMap<&str, String>) -> String {
    let mut expanded = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = after;
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some((inside, after)) =
            after.strip_prefix('{').and_then(|braced| braced.split_once('}'))
        {
            expanded.push_str(&braced(inside, values));
            rest = after;
        } else {
            let length = after.find(|c: char| !is_name_char(c)).unwrap_or(after.len());
            if length == 0 || after.starts_with(|c: char| c.is_ascii_digit()) {
                expanded.push('$');
            } else {
                expanded.push_str(values.get(&after[..length]).map_or("", String::as_str));
                rest = &after[length..];
            }
        }
        if expanded.len() > VALUE_BYTES_MAX {
            expanded.truncate(expanded.floor_char_boundary(VALUE_BYTES_MAX));
            return expanded;
        }
    }
    expanded + rest
}

fn braced(inside: &str, values: &BTreeMap<&str, String>) -> String {
    let name_end = inside.find(|c: char| !is_name_char(c)).unwrap_or(inside.len());
    let (name, operator) = inside.split_at(name_end);
    let held = values.get(name).cloned();
    match (operator.strip_prefix(":-"), operator.strip_prefix('-')) {
        (Some(default), _) => held.filter(|v| !v.is_empty()).unwrap_or_else(|| default.to_owned()),
        (_, Some(default)) => held.unwrap_or_else(|| default.to_owned()),
        _ => held.unwrap_or_default(),
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

const VALUE_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_escapes_and_expansions_work_as_in_compose() {
        let cases = [
            ("K=\"a\\n$J\" # x\n", "a\nv"),
            ("K='a\\n$J'\n", "a\\n$J"),
            ("K=\"two\nlines\"\nL=x\n", "two\nlines"),
            ("K=\"never closed\n", "\"never closed"),
            ("K=${J}-${X:-d}-${X-e}-${J:-d}\n", "v-d-e-v"),
            ("K=\"a\\$J\"\n", "a$J"),
            ("K=$1 $\n", "$1 $"),
            ("K: yaml\n", "yaml"),
        ];
        for (text, expected) in cases {
            assert_eq!(value(&format!("J=v\n{text}"), "K").as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn lines_after_a_value_over_several_lines_are_read() {
        assert_eq!(value("J='a\nb' rest\nK=v", "K").as_deref(), Some("v"));
    }

    #[test]
    fn doubling_values_stay_in_bounds() {
        let mut text = "K=xxxxxxxx\n".to_owned();
        for _ in 0..64 {
            text.push_str("K=$K$K\n");
        }
        assert!(value(&text, "K").is_some_and(|value| value.len() <= 3 * VALUE_BYTES_MAX));
    }
}
