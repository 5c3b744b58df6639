//! A kit as GNU make includes it.
//!
//! The last line wins; `#` cuts; `$X`, `$(NAME)` and `${NAME}` expand when the value is used; blanks
//! before a value go, blanks behind it stay; a backslash at the end of a line joins the next one.

use std::collections::BTreeMap;

/// The value of `key`, with unknown variables and functions expanded to nothing.
pub(super) fn value(text: &str, key: &str) -> Option<String> {
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for line in logical_lines(text) {
        if let Some((name, operator, value)) = assignment(&line) {
            define(&mut variables, name, operator, value);
        }
    }
    let raw = variables.get(key)?;
    let mut expansion = Expansion { variables: &variables, steps_left: STEPS_MAX };
    Some(expansion.expand(raw, DEPTH_MAX))
}

/// Lines with continuations joined by one blank and a CR before the line feed dropped.
fn logical_lines(text: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let open = backslashes % 2 == 1;
        let body = if open { line[..line.len() - 1].trim_end() } else { line };
        match joined.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(' ');
                last.push_str(body.trim_start());
            }
            // A backslash with nothing after it joins nothing.
            None => joined.push(body.to_owned()),
        }
        continues = open;
    }
    if continues && let Some(last) = joined.last_mut() {
        last.push('\\');
    }
    joined
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Set,
    SetIfUnset,
    Append,
}

fn assignment(line: &str) -> Option<(&str, Operator, String)> {
    if line.starts_with('\t') || line.trim_start().starts_with('#') {
        return None;
    }
    let (name, value) = line.split_once('=')?;
    let (name, operator) = match name.as_bytes().last() {
        Some(b'?') => (&name[..name.len() - 1], Operator::SetIfUnset),
        Some(b'+') => (&name[..name.len() - 1], Operator::Append),
        _ => (name.trim_end_matches(':'), Operator::Set),
    };
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    Some((name, operator, without_comment(value.trim_start())))
}

fn without_comment(value: &str) -> String {
    let mut kept = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' => break,
            '\\' if chars.peek() == Some(&'#') => {
                kept.push('#');
                chars.next();
            }
            c => kept.push(c),
        }
    }
    kept
}

fn define(variables: &mut BTreeMap<String, String>, name: &str, operator: Operator, value: String) {
    match (operator, variables.get_mut(name)) {
        (Operator::SetIfUnset, Some(_)) => {}
        (Operator::Append, Some(held)) => {
            held.push(' ');
            held.push_str(&value);
        }
        _ => {
            variables.insert(name.to_owned(), value);
        }
    }
}

/// Expansion with a bound on its steps, so that no kit can make it run away.
struct Expansion<'v> {
    variables: &'v BTreeMap<String, String>,
    steps_left: usize,
}

impl Expansion<'_> {
    fn expand(&mut self, raw: &str, depth: usize) -> String {
        let mut expanded = String::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('$') {
            expanded.push_str(before);
            let Some(first) = after.chars().next() else {
                return expanded + "$";
            };
            let close = match first {
                '(' => after.find(')'),
                '{' => after.find('}'),
                _ => None,
            };
            let (name, length) = match close {
                Some(end) => (&after[1..end], end + 1),
                None => (&after[..first.len_utf8()], first.len_utf8()),
            };
            rest = &after[length..];
            if name == "$" && close.is_none() {
                expanded.push('$');
            } else if let Some(value) = self.variables.get(name).filter(|_| depth > 0)
                && self.steps_left > 0
            {
                self.steps_left -= 1;
                expanded.push_str(&self.expand(value, depth - 1));
            }
        }
        expanded + rest
    }
}

const DEPTH_MAX: usize = 16;
const STEPS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_escapes_work_as_in_make() {
        let read = |text: &str| value(text, "K");
        assert_eq!(read("K:=a\nK?=b\n").as_deref(), Some("a"));
        assert_eq!(read("K ?= b\nK += c\n").as_deref(), Some("b c"));
        assert_eq!(read("K=a\\#b\n").as_deref(), Some("a#b"));
        assert_eq!(read("\tK=recipe\n"), None);
        assert_eq!(read("K=a$\n").as_deref(), Some("a$"));
        assert_eq!(read("K=$(later)\nlater=v\n").as_deref(), Some("v"));
    }

    #[test]
    fn a_variable_that_names_itself_ends() {
        assert_eq!(value("K=x$(K)$(K)$(K)\n", "K").map(|v| v.len() < 10_000), Some(true));
    }
}
