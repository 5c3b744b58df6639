//! The command line itself. That this file exists also makes `cargo test` build the command, which
//! the end-to-end tests run as a process.

use std::process::{Command, Output};

fn flipcheck(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flipcheck")).args(args).output().expect("flipcheck starts")
}

#[test]
fn the_version_is_the_package_s() {
    let output = flipcheck(&["--version"]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.trim(), concat!("flipcheck ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_flag_has_a_help_line_and_a_variable() {
    for verb in ["run", "list", "hub", "trust", "mutants", "doctor", "report"] {
        let output = flipcheck(&[verb, "-h"]);
        assert!(output.status.success(), "{verb}");
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut flags: Vec<String> = Vec::new();
        for line in help.lines().skip_while(|line| !line.starts_with("Options:")) {
            match (line.trim_start().starts_with('-'), flags.last_mut()) {
                (true, _) => flags.push(line.trim().to_owned()),
                (false, Some(flag)) => *flag += &format!(" {}", line.trim()),
                (false, None) => {}
            }
        }
        assert!(flags.len() > 1, "{help}");
        for flag in flags.iter().filter(|flag| !flag.starts_with("-h")) {
            assert!(flag.contains("[env: FLIPCHECK_"), "{verb}: {flag}");
            let words = flag.split_once("  ").map_or("", |(_, help)| help.trim());
            assert!(words.chars().next().is_some_and(char::is_uppercase), "{verb}: {flag}");
        }
    }
}

#[test]
fn a_flag_that_does_not_exist_is_a_usage_error() {
    let output = flipcheck(&["run", "--no-such-flag"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_variable_that_is_set_to_nothing_or_to_no_is_as_if_it_were_unset() {
    let plan = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flipcheck"));
        let output = command.args(["run", "--plan"]).envs(variables.iter().copied()).output();
        let output = output.expect("flipcheck starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let unset = ["TAGS", "SCENARIO", "REPORT", "MUTANT", "STRICT", "KEEP"]
        .map(|name| (format!("FLIPCHECK_{name}"), ""));
    let unset: Vec<(&str, &str)> = unset.iter().map(|(name, no)| (name.as_str(), *no)).collect();
    assert_eq!(plan(&unset), plan(&[]));
    assert_eq!(plan(&[("FLIPCHECK_STRICT", "0"), ("FLIPCHECK_KEEP", "no")]), plan(&[]));
}

#[test]
fn a_pace_nobody_can_wait_for_is_a_usage_error() {
    for factor in ["0", "-1", "NaN", "inf", "1e30", "fast"] {
        let output = flipcheck(&["run", "--plan", &format!("--time-scale={factor}")]);
        assert_eq!(output.status.code(), Some(2), "{factor}");
    }
}
