#!/bin/sh
# imports.sh - compares core/packages/imports.h with go/parser and go/build/constraint over GOROOT/src and the module cache.
# usage: tests/oracle/imports.sh SCAN_DIRS [DIR...]; skipped with status 77 without go.
set -eu
scan=${1:?usage: imports.sh SCAN_DIRS [DIR...]}
shift
command -v go >/dev/null 2>&1 || { echo "imports.sh: SKIPPED: go is not installed" >&2; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
[ $# -gt 0 ] || set -- "$(go env GOROOT)/src" "$(go env GOMODCACHE)"
go build -o "$tmp/oracle" "$here/scan_oracle.go"
find "$@" -path '*/cache/download' -prune -o -type d -print >"$tmp/dirs"
status=0
for mode in -index -plain; do
	# shellcheck disable=SC2046
	"$tmp/oracle" $([ $mode = -index ] && echo -index) <"$tmp/dirs" >"$tmp/want"
	"$scan" $mode <"$tmp/dirs" >"$tmp/got"
	# go/parser gives up where the lenient reader goes on: such directories are "odd" in plain mode, and are left out
	awk -F'\t' '$2 != "odd"' "$tmp/want" >"$tmp/want.ok"
	awk -F'\t' 'NR == FNR { if ($2 == "odd") odd[$1] = 1; next } !($1 in odd)' "$tmp/want" "$tmp/got" >"$tmp/got.ok"
	if diff "$tmp/want.ok" "$tmp/got.ok" >"$tmp/diff"; then
		echo "imports.sh: $mode: $(wc -l <"$tmp/want.ok") directories agree"
	else
		echo "imports.sh: $mode: differences ($(grep -c '^[<>]' "$tmp/diff") lines):"
		head -20 "$tmp/diff" | cut -c1-300
		status=1
	fi
done
exit $status
