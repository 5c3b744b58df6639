//! Text that came from a target, made safe to print; and paragraphs of a given width.

use std::borrow::Cow;

use super::guard::holds_key_like_run;

/// The text with everything that could move a cursor, turn the reading direction or hide a line
/// written out: `\n`, `\u{1b}`. What it returns is one line, and valid inside XML.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().flat_map(|c| {
        let escaped = is_unseen(c).then(|| c.escape_default());
        let plain = escaped.is_none().then_some(c);
        escaped.into_iter().flatten().chain(plain)
    });
    Cow::Owned(shown.collect())
}

/// The text in lines of at most `width` characters, broken at blanks; longer words are cut.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut room = width;
    for (place, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if place > 0 && length < room {
            line.push(' ');
            room -= 1;
        } else if place > 0 {
            lines.push(std::mem::take(&mut line));
            room = width;
        }
        let mut rest = word;
        while let Some((at, _)) = rest.char_indices().nth(room) {
            let at = cut_before(rest, at);
            line.push_str(&rest[..at]);
            lines.push(std::mem::take(&mut line));
            rest = &rest[at..];
            room = width;
        }
        line.push_str(rest);
        room -= rest.chars().count();
    }
    lines.push(line);
    lines
}

/// A duration as people say it: `850 ms`, `12.3 s`, `2 min 5 s`.
pub(super) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// `1 scenario`, `2 scenarios`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Where to cut a long word, `at` or a little before: no piece may look like a key.
fn cut_before(word: &str, at: usize) -> usize {
    let innocent =
        |cut: &usize| !holds_key_like_run(&word[..*cut]) && !holds_key_like_run(&word[*cut..]);
    let cuts = word[..at].char_indices().map(|(cut, _)| cut).rev().filter(|cut| *cut > 0);
    std::iter::once(at).chain(cuts).take(CUTS_TRIED).find(innocent).unwrap_or(at)
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

const CUTS_TRIED: usize = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_fool_a_reader_is_written_out() {
        assert_eq!(visible("a\nb\t\u{1b}[31m\u{202e}é"), r"a\nb\t\u{1b}[31m\u{202e}é");
        assert!(matches!(visible("plain é ✓"), Cow::Borrowed(_)));
    }

    #[test]
    fn durations_read_well() {
        let said: Vec<String> = [0, 999, 1_000, 12_345, 125_000].map(duration).into();
        assert_eq!(said, ["0 ms", "999 ms", "1.0 s", "12.3 s", "2 min 5 s"]);
    }

    #[test]
    fn no_piece_of_a_long_word_looks_like_a_key() {
        let word = "aB3-".repeat(100);
        for length in 44..200 {
            for width in 1..80 {
                let lines = wrapped(&word[..length], width);
                assert!(!lines.iter().any(|line| holds_key_like_run(line)), "{length} {width}");
            }
        }
        assert!(holds_key_like_run(&word[..43]));
    }

    proptest! {
        #[test]
        fn wrapping_keeps_every_character_and_the_width(text in "[a-z é]{0,200}", width in 1..40_usize) {
            let lines = wrapped(&text, width);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= width), "{lines:?}");
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
