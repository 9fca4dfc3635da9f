#!/bin/sh
# modfile_data.sh - writes the real go's output for the files in tests/data/go{mod,work}-*: beside each NAME.mod or NAME.work
# its message (NAME.err, from the first position on) or its standard format (NAME.fmt). Run it again after adding a file, or after go
# changed; the unit tests compare with these. Skipped with status 77 without go.
set -eu
command -v go >/dev/null 2>&1 || { echo "modfile_data.sh: SKIPPED: go is not installed" >&2; exit 77; }
data=$(cd "$(dirname "$0")/../data" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
GOFLAGS='' GOPROXY=off GOSUMDB=off GOTOOLCHAIN=local GOWORK=off
export GOFLAGS GOPROXY GOSUMDB GOTOOLCHAIN GOWORK
cd "$tmp"
mkdir dep

# said OUT COMMAND...: the message of a command that must fail
said() {
	out=$1
	shift
	if "$@" >/dev/null 2>message; then
		echo "modfile_data.sh: go accepts what should be $out" >&2
		exit 1
	fi
	sed -e '1s/^go: //' -e '/^errors parsing go\.[a-z]*:$/d' -e '1s,^a\.b/dep@.*parsing dep/go\.mod: ,,' \
		-e "s,$tmp/\(dep/\)*,,g" message >"$out"
}

for f in "$data"/gomod-invalid/*.mod; do
	cp "$f" go.mod
	said "${f%.mod}.err" go mod edit -json
done
for f in "$data"/gomod-invalid-main/*.mod; do
	cp "$f" go.mod
	said "${f%.mod}.err" go list -m
done
for f in "$data"/gomod-invalid-dep/*.mod; do
	printf 'module m\n\nrequire a.b/dep v1.0.0\n\nreplace a.b/dep => ./dep\n' >go.mod
	cp "$f" dep/go.mod
	said "${f%.mod}.err" go mod graph
done
for f in "$data"/gomod-valid/*.mod; do
	cp "$f" go.mod
	go mod edit -fmt
	cp go.mod "${f%.mod}.fmt"
done
for f in "$data"/gowork-invalid/*.work; do
	cp "$f" go.work
	said "${f%.work}.err" go work edit -json go.work
done
for f in "$data"/gowork-valid/*.work; do
	cp "$f" go.work
	go work edit -fmt go.work
	cp go.work "${f%.work}.fmt"
done
echo "modfile_data.sh: $(find "$data"/gomod-* "$data"/gowork-* -name '*.err' -o -name '*.fmt' | wc -l) expectations written"
