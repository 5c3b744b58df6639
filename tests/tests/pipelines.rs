//! The pipelines below `ci/` do what they promise: their own words are run here, with stand-ins only
//! for what a CI server does around them (checkout, and carrying files from job to job).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::likeness::lines;
use e2e::{Finished, flipcheck, flipcheck_path, root, run};
use regex::Regex;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// Enough scenarios for three parts, few enough to be quick.
const TAGS: &str = "@onboarding";

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(root().join("ci").join(path)).expect("a pipeline");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A runner: a folder, `flipcheck` on the PATH, and the trust that is judged.
struct Runner(TempDir);

impl Runner {
    fn new() -> Self {
        Self(tempdir().expect("a folder"))
    }

    /// Runs words as the servers do: in a shell that ends at the first error.
    fn shell(&self, script: &str, variables: &[(&str, &str)]) -> Finished {
        let folder = flipcheck_path().parent().map(Path::to_owned).expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("bash");
        shell.args(["-eo", "pipefail", "-c", script]).current_dir(self.0.path());
        shell.env("NO_COLOR", "1");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("FLIPCHECK_") {
                shell.env_remove(name);
            }
        }
        shell.env("PATH", format!("{}:{path}", folder.display()));
        shell.envs([("FLIPCHECK_TRUST", "embedded"), ("FLIPCHECK_TAGS", TAGS)]);
        shell.envs(variables.iter().copied());
        Finished::from(shell.output().expect("bash starts"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// As a server carries what a job left to a later one.
    fn carry(&self, to: &Self, name: &str) {
        let carried = fs::copy(self.path(name), to.path(name));
        assert!(carried.is_ok(), "{name} is not there: {carried:?}");
    }
}

/// The same run undivided, as JUnit, to compare with.
fn undivided() -> Vec<String> {
    let dir = tempdir().expect("a folder");
    run(dir.path(), &["run", "--tags", TAGS, "--report", "junit=results.xml"]).expect_code(0);
    lines(dir.path(), "results.xml")
}

#[track_caller]
fn says_what_the_undivided_run_says(runner: &Runner) {
    let (told, whole) = (lines(runner.0.path(), "results.xml"), undivided());
    assert!(whole.iter().filter(|line| line.starts_with("<testcase")).count() > 3, "{whole:#?}");
    assert_eq!(told, whole);
}

#[test]
fn the_shell_judges_the_whole_and_in_parts_alike() {
    let runner = Runner::new();
    let script = root().join("ci/judge.sh").display().to_string();
    let words = |words: &str| runner.shell(&format!("{script} {words}"), &[("REPORTS", ".")]);
    words("whole embedded --seed 1").expect_code(0);
    says_what_the_undivided_run_says(&runner);
    for part in ["1/3", "2/3"] {
        words(&format!("part {part} embedded")).expect_code(0);
    }
    words("merge").expect_complaint(2, &["shard 3/3 is missing"]);
    words("part 3/3 embedded").expect_code(0);
    let done = words("merge").expect_code(0);
    assert!(done.stdout.contains("CONFORMANT"), "{}", done.stdout);
    says_what_the_undivided_run_says(&runner);
    words("whole embedded --mutant runs-task-under-wrong-identity").expect_code(1);
    words("judge").expect_complaint(2, &["unknown word judge", "usage:"]);
}

/// Shell steps of a job, their `${{ … }}` filled in; what is used besides must be pinned and known.
fn steps(job: &Value, part: &str) -> Vec<String> {
    let known = Regex::new(r"^actions/(checkout|upload-artifact|download-artifact)@v[0-9]+$");
    let known = known.expect("a pattern");
    let rows = job["steps"].as_array().expect("steps").iter();
    let words = rows.filter_map(|step| {
        if let Some(uses) = step["uses"].as_str() {
            assert!(known.is_match(uses), "{uses}");
            return None;
        }
        let words = step["run"].as_str().expect("a step runs or uses something");
        let words = words.replace("${{ matrix.part }}", part);
        let words = words.replace("${{ strategy.job-total }}", "3");
        assert!(!words.contains("${{"), "{words}");
        Some(words)
    });
    words.collect()
}

/// Files that the job hands over, as its upload steps name them.
fn uploads(job: &Value, part: &str) -> Vec<String> {
    let rows = job["steps"].as_array().expect("steps").iter();
    let uploads = rows.filter(|step| {
        step["uses"].as_str().is_some_and(|uses| uses.starts_with("actions/upload-artifact"))
    });
    let paths = uploads.filter_map(|step| {
        assert_eq!(step["if"], "always()", "what a red job left is wanted most");
        step["with"]["path"].as_str()
    });
    let paths = paths.flat_map(str::lines);
    paths.map(|path| path.trim().replace("${{ matrix.part }}", part)).collect()
}

#[test]
fn github_actions_gates_and_merges() {
    let jobs = yaml("github-actions.yml")["jobs"].clone();
    let runs = |runner: &Runner, job: &Value, part: &str| {
        for words in steps(job, part) {
            runner.shell(&words, &[("GITHUB_STEP_SUMMARY", "step-summary.md")]).expect_code(0);
        }
    };
    let gate = Runner::new();
    runs(&gate, &jobs["gate"], "");
    says_what_the_undivided_run_says(&gate);
    assert!(fs::read_to_string(gate.path("step-summary.md")).is_ok_and(|text| !text.is_empty()));
    assert!(uploads(&jobs["gate"], "").iter().any(|path| gate.path(path).is_file()));

    let merging = Runner::new();
    let parts = jobs["part"]["strategy"]["matrix"]["part"].as_array().expect("parts").clone();
    assert_eq!((parts.len(), &jobs["part"]["strategy"]["fail-fast"]), (3, &Value::Bool(false)));
    for part in parts.iter().map(Value::to_string) {
        let runner = Runner::new();
        runs(&runner, &jobs["part"], &part);
        uploads(&jobs["part"], &part).iter().for_each(|name| runner.carry(&merging, name));
    }
    runs(&merging, &jobs["verdict"], "");
    says_what_the_undivided_run_says(&merging);
    for job in jobs.as_object().expect("jobs").values() {
        assert!(job["timeout-minutes"].as_u64().is_some_and(|minutes| minutes <= 30));
    }
}

#[test]
fn gitlab_gates_and_merges() {
    let pipeline = yaml("gitlab-ci.yml");
    let runs = |runner: &Runner, job: &str, variables: &[(&str, &str)]| {
        for words in pipeline[job]["script"].as_array().expect("a script") {
            let words = words.as_str().expect("words");
            runner.shell(words, variables).expect_code(0);
        }
    };
    let gate = Runner::new();
    runs(&gate, "gate", &[]);
    says_what_the_undivided_run_says(&gate);
    let merging = Runner::new();
    assert_eq!(pipeline["part"]["parallel"], 3);
    for part in ["1", "2", "3"] {
        let runner = Runner::new();
        runs(&runner, "part", &[("CI_NODE_INDEX", part), ("CI_NODE_TOTAL", "3")]);
        runner.carry(&merging, &format!("part-{part}.ndjson"));
    }
    runs(&merging, "verdict", &[]);
    says_what_the_undivided_run_says(&merging);
    for job in ["gate", "part", "verdict"] {
        assert_eq!(pipeline[job]["artifacts"]["when"], "always", "{job}");
    }
}

/// The container's arguments as the cluster fills them in, its volumes being folders here.
fn arguments(job: &Value, index: Option<&str>, results: &Path) -> Vec<String> {
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let mounts = container["volumeMounts"].as_array().expect("mounts");
    assert!(mounts.iter().any(|mount| mount["mountPath"] == "/results"), "{mounts:?}");
    assert!(container["command"].is_null(), "the image has no shell; its entry point is flipcheck");
    let words = container["args"].as_array().expect("arguments").iter();
    let filled = words.map(|word| {
        let word =
            word.as_str().expect("a word").replacen("/results", &results.to_string_lossy(), 1);
        let word = match index {
            Some(index) => word.replace("$(JOB_COMPLETION_INDEX)", index),
            None => word,
        };
        assert!(!word.contains("$("), "{word}");
        word
    });
    filled.collect()
}

#[test]
fn an_indexed_job_judges_in_parts_and_another_gives_the_verdict() {
    let (judge, verdict) = (yaml("kubernetes/judge.yaml"), yaml("kubernetes/verdict.yaml"));
    let spec = &judge["spec"];
    assert_eq!((&judge["kind"], &spec["completionMode"]), (&"Job".into(), &"Indexed".into()));
    let parts = spec["completions"].as_u64().expect("a number of parts");
    assert_eq!(spec["parallelism"], parts);
    let results = tempdir().expect("a folder");
    let settings = yaml("kubernetes/settings.yaml")["data"].clone();
    let start = |job: &Value, index: Option<&str>| {
        let words = arguments(job, index, results.path());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let dir = tempdir().expect("a folder");
        let mut command = flipcheck(dir.path(), &words);
        for (name, value) in settings.as_object().expect("settings") {
            command.env(name, value.as_str().expect("text: the cluster takes nothing else"));
        }
        command
            .env("FLIPCHECK_TAGS", TAGS)
            .envs(index.map(|index| ("JOB_COMPLETION_INDEX", index)));
        Finished::from(command.output().expect("flipcheck starts"))
    };
    for index in 0..parts {
        start(&judge, Some(&index.to_string())).expect_code(0);
    }
    start(&verdict, None).expect_code(0);
    assert_eq!(lines(results.path(), "results.xml"), undivided());
    // A part that never ran is missed.
    fs::remove_file(results.path().join("part-1.ndjson")).expect("a stream");
    start(&verdict, None).expect_complaint(2, &["part-1.ndjson"]);
}

#[test]
fn pods_are_given_no_more_than_they_need() {
    let claim = yaml("kubernetes/results.yaml");
    assert_eq!(claim["spec"]["accessModes"], serde_json::json!(["ReadWriteMany"]));
    let settings = yaml("kubernetes/settings.yaml");
    for name in ["judge", "verdict"] {
        let job = yaml(&format!("kubernetes/{name}.yaml"));
        assert_eq!(job["apiVersion"], "batch/v1");
        assert!(job["spec"]["activeDeadlineSeconds"].is_u64(), "{name}");
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(
            (&pod["restartPolicy"], &pod["securityContext"]["runAsNonRoot"]),
            (&"Never".into(), &true.into())
        );
        let container = &pod["containers"][0];
        assert_eq!(container["image"], "flipcheck/flipcheck:dev");
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
        assert_eq!(container["securityContext"]["capabilities"]["drop"][0], "ALL");
        let names = |list: &Value| -> Vec<String> {
            let rows = list.as_array().expect("a list").iter();
            rows.map(|row| row["name"].to_string()).collect()
        };
        assert_eq!(names(&container["volumeMounts"]), names(&pod["volumes"]), "{name}");
        assert_eq!(
            pod["volumes"][0]["persistentVolumeClaim"]["claimName"],
            claim["metadata"]["name"]
        );
        if name == "judge" {
            let settings = &settings["metadata"]["name"];
            assert_eq!(&container["envFrom"][0]["configMapRef"]["name"], settings);
        }
    }
}
