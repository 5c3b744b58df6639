#!/usr/bin/env bash
# Builds the mocks and flipcheck as static programs and packs each into an image of its own, from
# files of this checkout only: nothing is pulled, nothing is downloaded. See README.md beside this.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: build.sh [--profile dev|release] [--prefix NAME] [--only IMAGE]... [--mutant NAME]... [--mutants-only]

  --profile dev|release  how the programs are compiled (default: dev)
  --prefix NAME          first part of the tags, NAME/mock-trust:dev and so on (default: flipcheck)
  --only IMAGE           mock-hub, mock-trust or flipcheck; repeatable (default: all three)
  --mutant NAME          NAME/mock-trust:MUTANT as well, a mock trust that misbehaves so; repeatable
  --mutants-only         only those, from the mock-trust image there is

Tags go to stdout, one a line; progress to stderr. Exit 2: usage. Exit 3: Docker or cargo is missing.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
wrong() { say "error: $1"; say; usage >&2; exit 2; }
cannot() { say "error: $1"; say; say "hint: $2"; exit 3; }

profile=dev prefix=flipcheck mutants_only=no
images=() mutants=()
while (($#)); do
  case "$1" in
    --profile | --prefix | --only | --mutant) (($# > 1)) || wrong "$1 needs a value" ;;
  esac
  case "$1" in
    --profile) profile=$2; shift 2 ;;
    --prefix) prefix=$2; shift 2 ;;
    --only) images+=("$2"); shift 2 ;;
    --mutant) mutants+=("$2"); shift 2 ;;
    --mutants-only) mutants_only=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) wrong "unknown argument $1" ;;
  esac
done
((${#images[@]})) || images=(mock-hub mock-trust flipcheck)
case "$profile" in
  dev) folder=debug ;;
  release) folder=release ;;
  *) wrong "--profile is dev or release, not $profile" ;;
esac
[[ $prefix =~ ^[a-z0-9]+([._/-][a-z0-9]+)*$ ]] || wrong "--prefix $prefix is no name for images"
for image in "${images[@]}"; do
  case "$image" in
    mock-hub | mock-trust | flipcheck) ;;
    *) wrong "--only knows mock-hub, mock-trust and flipcheck, not $image" ;;
  esac
done
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
for mutant in ${mutants[@]+"${mutants[@]}"}; do
  [[ $mutant =~ ^[a-z0-9]+(-[a-z0-9]+)*$ && -f mock-trust/src/mutants/${mutant//-/_}.rs ]] ||
    wrong "no mutant is called $mutant; \`flipcheck list mutants\` shows them"
done

command -v docker >/dev/null 2>&1 ||
  cannot "docker is not installed" "install Docker Engine; on Debian: apt-get install docker.io"
engine=$(docker version --format '{{.Server.Version}}' 2>&1) ||
  cannot "Docker does not answer: ${engine##*$'\n'}" \
    "start it (systemctl start docker), and see that you may use it (group docker)"

context=$(mktemp -d "${TMPDIR:-/tmp}/flipcheck-images.XXXXXX")
trap 'rm -rf "$context"' EXIT

# The classic builder: it is in every engine, needs no plugin and takes local images as they are.
replaced=()
pack() { # tag, folder of the context
  local before
  say "packing $1"
  before=$(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null) || before=
  DOCKER_BUILDKIT=0 docker build --quiet --network none --pull=false --tag "$1" "$2" \
    >"$context/id" 2>"$context/log" || { cat "$context/log" >&2; exit 1; }
  [[ -z $before || $before == "$(cat "$context/id")" ]] || replaced=("$before" ${replaced[@]+"${replaced[@]}"})
  printf '%s\n' "$1"
}

# An image that lost its tag to a newer one is of no use; what is still in use stays.
sweep() {
  for id in ${replaced[@]+"${replaced[@]}"}; do docker image rm "$id" >/dev/null 2>&1 || true; done
}

static() { # program
  local linked
  # No loader asked for, no shared library named: the program stands alone in an empty image.
  linked=$(readelf --wide --program-headers --dynamic "$1") || {
    say "error: $1 cannot be read"
    exit 1
  }
  if grep -Eq 'INTERP|\(NEEDED\)' <<<"$linked"; then
    say "error: $1 is not static:"
    grep -E 'INTERP|\(NEEDED\)' <<<"$linked" >&2
    exit 1
  fi
}

compile() {
  command -v cargo >/dev/null 2>&1 ||
    cannot "cargo is not on the PATH" "install Rust by rustup; rust-toolchain.toml names the release"
  for tool in cc readelf strip; do
    command -v "$tool" >/dev/null 2>&1 ||
      cannot "$tool is missing" "install a C compiler and binutils; on Debian: apt-get install gcc libc6-dev"
  done
  local programs=() target version
  for image in "${images[@]}"; do programs+=(--bin "$image"); done
  target=$(rustc -vV | sed -n 's/^host: //p')
  version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
  say "compiling ${images[*]} ($profile, static, $target)"
  # With --target the flag concerns the programs alone, not what cargo runs while it builds them. The
  # packages are named all three each time: what they share is then compiled once.
  RUSTFLAGS="-C target-feature=+crt-static" cargo build --locked --profile "$profile" \
    --target "$target" --package mock-hub --package mock-trust --package cli "${programs[@]}" >&2 ||
    exit 1
  local built
  built=$(cargo metadata --locked --no-deps --format-version 1 |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/$target/$folder
  for image in "${images[@]}"; do
    # What an image holds: its program, and a folder for what programs write where they may.
    mkdir -p "$context/$image/files"
    mkdir -m 1777 "$context/$image/files/tmp"
    strip --strip-debug -o "$context/$image/files/$image" "$built/$image"
    static "$context/$image/files/$image"
    chmod 0755 "$context/$image/files/$image"
    # A fixed date: the same program makes the same layer.
    touch -d @0 "$context/$image/files/$image" "$context/$image/files/tmp"
    "recipe_$image" "$version" >"$context/$image/Dockerfile"
    pack "$prefix/$image:dev" "$context/$image"
  done
}

recipe_mock-hub() {
  cat <<TEXT
FROM scratch
LABEL org.opencontainers.image.title="mock-hub" \\
      org.opencontainers.image.version="$1" \\
      org.opencontainers.image.description="The hub side of the FLIP contract, as a mock"
COPY files /
ENV FLIPCHECK_HUB_LISTEN=0.0.0.0:8080 \\
    FLIPCHECK_HUB_FL_LISTEN=0.0.0.0:8002 \\
    FLIPCHECK_HUB_CONTROL=0.0.0.0:9090 \\
    FLIPCHECK_HUB_ALLOW_NON_LOOPBACK=true \\
    FLIPCHECK_HUB_TLS_NAMES=mock-hub \\
    FLIPCHECK_HUB_SHARED=CENTRAL_HUB_API_URL=http://mock-hub:8080/api,NLB_SUBDOMAIN=mock-hub
EXPOSE 8080 8002 9090
USER 1000:1000
ENTRYPOINT ["/mock-hub"]
TEXT
}

recipe_mock-trust() {
  cat <<TEXT
FROM scratch
LABEL org.opencontainers.image.title="mock-trust" \\
      org.opencontainers.image.version="$1" \\
      org.opencontainers.image.description="The trust side of the FLIP contract, as a mock" \\
      org.flipcheck.offers="fl-client,time-scale"
COPY files /
ENV FLIPCHECK_LISTEN=0.0.0.0:8000 \\
    FLIPCHECK_ALLOW_NON_LOOPBACK=true \\
    FLIPCHECK_NO_SITE=true
EXPOSE 8000
USER 1000:1000
ENTRYPOINT ["/mock-trust"]
TEXT
}

recipe_flipcheck() {
  cat <<TEXT
FROM scratch
LABEL org.opencontainers.image.title="flipcheck" \\
      org.opencontainers.image.version="$1" \\
      org.opencontainers.image.description="Judges whether the two halves of a FLIP federation keep their contract"
COPY files /
USER 1000:1000
WORKDIR /tmp
ENTRYPOINT ["/flipcheck"]
TEXT
}

# A mutant is the same image with one variable more.
mutate() {
  docker image inspect "$prefix/mock-trust:dev" >/dev/null 2>&1 ||
    wrong "there is no $prefix/mock-trust:dev to break: leave --mutants-only out"
  for mutant in "${mutants[@]}"; do
    mkdir -p "$context/mutant"
    printf 'FROM %s\nENV FLIPCHECK_MUTANT=%s\n' "$prefix/mock-trust:dev" "$mutant" \
      >"$context/mutant/Dockerfile"
    pack "$prefix/mock-trust:$mutant" "$context/mutant"
  done
}

say "Docker Engine $engine"
[[ $mutants_only == yes ]] || compile
((${#mutants[@]} == 0)) || mutate
sweep
