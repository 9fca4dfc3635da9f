#!/bin/sh
# modfile.sh - compares core's readers of Go's files and words (semver, gover, modpath, pseudo, gomod, gowork, gosum, modulestxt) with Go's own code on
# generated questions. usage: tests/oracle/modfile.sh ANSWER [SEED [N [DIR]]]; ANSWER is the program built from modfile_words.c.
# With DIR, mutates go.mod files below it too; if summary_check is beside ANSWER, it reads all of them.
# Skipped with status 77 without go.
set -eu
words=${1:?usage: modfile.sh ANSWER [SEED [N [DIR]]]}
seed=${2:-1} n=${3:-2000} dir=${4:-}
command -v go >/dev/null 2>&1 || { echo "modfile.sh: SKIPPED: go is not installed" >&2; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$here/modfile_build.sh" "$tmp"
"$tmp/oracle" gen "$seed" "$n" ${dir:+"$dir"} >"$tmp/questions"
"$tmp/oracle" <"$tmp/questions" >"$tmp/want"
"$words" <"$tmp/questions" >"$tmp/got"
# if Go's library panics, there is nothing to compare
paste -d '\n' "$tmp/want" "$tmp/got" | awk 'NR % 2 { want = $0; next } want !~ /^[a-z]* "panic"$/ && want != $0 {
	bad++; if (bad <= 10) print "question " NR / 2 "\n  go: " want "\n  we: " $0 } END { exit bad > 0 }' || {
	echo "modfile.sh: differences (seed $seed)"
	exit 1
}
[ "$(wc -l <"$tmp/want")" = "$(wc -l <"$tmp/got")" ] || { echo "modfile.sh: answers are missing"; exit 1; }
echo "modfile.sh: $(wc -l <"$tmp/want") answers agree (seed $seed)"
check=$(dirname "$words")/summary_check
if [ -n "$dir" ] && [ -x "$check" ]; then
	find "$dir" -name '*.mod' -type f | "$check"
fi
