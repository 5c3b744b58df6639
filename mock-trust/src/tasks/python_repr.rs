//! A value as the real node's validation errors quote it: Python's notation, cut in the middle.

use serde_json::Value;

/// The first 25 and the last 24 characters of a value; a short one whole.
pub(super) fn excerpt(value: &Value) -> String {
    let text = notation(value);
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= CHARS_MAX {
        return text;
    }
    let first: String = chars[..FIRST_CHARS].iter().collect();
    let last: String = chars[chars.len() - LAST_CHARS..].iter().collect();
    format!("{first}...{last}")
}

fn notation(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(notation).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), notation(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Single quotes, unless the text holds some and no double ones.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut written = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\n' => written.push_str("\\n"),
            '\\' => written.push_str("\\\\"),
            letter if letter == quote => written.extend(['\\', letter]),
            letter => written.push(letter),
        }
    }
    written.push(quote);
    written
}

const CHARS_MAX: usize = 50;
const FIRST_CHARS: usize = 25;
const LAST_CHARS: usize = 24;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_are_whole_and_in_pythons_notation() {
        let value = json!({"a": [1, true, null], "b": "it's"});
        assert_eq!(excerpt(&value), r#"{'a': [1, True, None], 'b': "it's"}"#);
        assert_eq!(excerpt(&json!("a\nb")), r"'a\nb'");
    }

    #[test]
    fn long_values_lose_their_middle() {
        let value = json!({"query": "SELECT 7193056 AS planted FROM omop.person WHERE 1 = 1"});
        assert_eq!(excerpt(&value), "{'query': 'SELECT 7193056...mop.person WHERE 1 = 1'}");
    }
}
