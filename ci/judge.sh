#!/usr/bin/env bash
# Gates a release of a trust, anywhere: the whole run, or parts of it on several runners and their merging.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: judge.sh whole TARGET [FLAG]...      judge all of it
       judge.sh part I/N TARGET [FLAG]...   judge part I of N, on a runner of its own
       judge.sh merge                       the verdict on all parts in the folder of reports

TARGET is what --trust takes, such as image:registry.example/site/trust-api:v1; FLAG is any of `flipcheck run`.
Reports go to the folder REPORTS (default: reports). The exit code is the verdict:
0 conformant, 1 not, 2 usage, 3 could not verify, 4 a known deviation is stale.
TEXT
}

wrong() { printf 'error: %s\n\n' "$1" >&2; usage >&2; exit 2; }

reports=${REPORTS:-reports}
verb=${1:-}
case "$verb" in
  whole)
    (($# >= 2)) || wrong "whole needs a target"
    target=$2; shift 2
    mkdir -p "$reports"
    flipcheck run --trust "$target" "$@" --report "ndjson=$reports/run.ndjson" \
      --report "junit=$reports/results.xml" --report "markdown=$reports/summary.md"
    ;;
  part)
    (($# >= 3)) || wrong "part needs I/N and a target"
    part=$2 target=$3; shift 3
    mkdir -p "$reports"
    flipcheck run --trust "$target" --shard "$part" "$@" --report "ndjson=$reports/part-${part%/*}.ndjson"
    ;;
  merge)
    flipcheck report merge "$reports"/part-*.ndjson --to human=- \
      --to "junit=$reports/results.xml" --to "markdown=$reports/summary.md"
    ;;
  -h | --help) usage ;;
  *) wrong "unknown word ${verb:-(none)}" ;;
esac
