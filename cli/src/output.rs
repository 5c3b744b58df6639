//! stdout is data, stderr is progress; a reader who went away is no error.

use std::io::{self, IsTerminal as _, Write};

use crate::failure::Failure;

/// Standard output as a writer to which a reader who went away is no error.
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_closed(anstream::stdout().lock().write_all(bytes)).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_closed(anstream::stdout().lock().flush())
    }
}

fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes text to stdout.
pub fn print(text: &str) -> Result<(), Failure> {
    let written = Stdout.write_all(text.as_bytes()).and_then(|()| Stdout.flush());
    written.map_err(|error| Failure::engine(format!("write to stdout: {error}")))
}

/// Writes one line of progress to stderr.
pub fn say(text: &str) {
    // Progress that cannot be shown must not end the work.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Whether colour may be used on stdout, or on stderr.
pub fn colour(on_stderr: bool) -> bool {
    let terminal = if on_stderr { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// JSON, indented, with a last line break.
pub fn print_json<T: serde::Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::engine(format!("write JSON: {error}")))?;
    print(&(text + "\n"))
}
