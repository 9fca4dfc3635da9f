#!/bin/sh
# pkgs_data.sh - go's output for the cases below tests/data/pkgs: compares the expected outputs with go, or with -write writes them.
# Each line of tidy.args and why.args is one run; its answer in tidy.want or why.want follows a line "## ARGS (status N)".
# usage: tests/oracle/pkgs_data.sh [-write]; skipped with status 77 without go.
set -eu
command -v go >/dev/null 2>&1 || { echo "pkgs_data.sh: SKIPPED: go is not installed" >&2; exit 77; }
here=$(cd "$(dirname "$0")/../data/pkgs" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
GOPROXY=off GOFLAGS="" GOWORK=off GOENV=off GOTOOLCHAIN=local GOPATH=$tmp/gopath GOSUMDB=off
export GOPROXY GOFLAGS GOWORK GOENV GOTOOLCHAIN GOPATH GOSUMDB
status=0
for dir in "$here"/*/; do
	name=$(basename "$dir")
	cp -r "$dir" "$tmp/$name"
	find "$tmp/$name" -type f -exec touch -d 2020-01-01 {} +
	GOMODCACHE=
	[ ! -d "$tmp/$name/_modcache" ] || GOMODCACHE=$tmp/$name/_modcache
	GOPROXY=off
	[ ! -d "$tmp/$name/_proxy" ] || GOPROXY=file://$tmp/$name/_proxy
	export GOMODCACHE GOPROXY
	project=$tmp/$name
	unset GOROOT
	if [ -d "$tmp/$name/_goroot" ]; then
		export GOROOT="$tmp/$name/_goroot"
		project=$GOROOT/src
	fi
	for what in tidy why; do
		: >"$tmp/want"
		while IFS= read -r args; do
			rc=0
			# shellcheck disable=SC2086
			# shellcheck disable=SC2046,SC2086
			(cd "$project" && go mod $what $([ $what = tidy ] && echo -diff) $args) >"$tmp/out" 2>/dev/null || rc=$?
			printf '## %s (status %s)\n' "$args" "$rc" >>"$tmp/want"
			cat "$tmp/out" >>"$tmp/want"
		done <"$dir/$what.args"
		if [ "${1:-}" = -write ]; then
			cp "$tmp/want" "$dir/$what.want"
		elif ! diff -u "$dir/$what.want" "$tmp/want"; then
			status=1
		fi
	done
done
[ $status = 0 ] && echo "pkgs_data.sh: go agrees"
exit $status
