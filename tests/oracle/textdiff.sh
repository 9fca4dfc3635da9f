#!/bin/sh
# textdiff.sh - compares core/base/textdiff.c with go's internal/diff on random texts. usage: textdiff.sh DIFF_PAIRS [COUNT]
# The reference is compiled from the installed GOROOT; skipped with status 77 without go.
set -eu
pairs=${1:?usage: textdiff.sh DIFF_PAIRS [COUNT]}
count=${2:-20000}
command -v go >/dev/null 2>&1 || { echo "textdiff.sh: SKIPPED: go is not installed" >&2; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/diff"
cp "$(go env GOROOT)/src/internal/diff/diff.go" "$tmp/diff/"
cat >"$tmp/go.mod" <<'MOD'
module oracle

go 1.21
MOD
cat >"$tmp/main.go" <<'GO'
package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"

	"oracle/diff"
)

// text has few distinct lines, so that some are unique and others are not; half of the pairs differ in a few places only.
func text(r *rand.Rand, lines, kinds int) []string {
	var s []string
	for i := 0; i < lines; i++ {
		s = append(s, string(rune('a'+r.Intn(kinds))))
	}
	return s
}

func edit(r *rand.Rand, s []string) []string {
	t := append([]string(nil), s...)
	for i := r.Intn(4); i >= 0 && len(t) > 0; i-- {
		switch k := r.Intn(len(t)); r.Intn(3) {
		case 0:
			t = append(t[:k], t[k+1:]...)
		case 1:
			t[k] = string(rune('A' + r.Intn(26)))
		case 2:
			t = append(t[:k], append([]string{string(rune('A' + r.Intn(26)))}, t[k:]...)...)
		}
	}
	return t
}

func join(r *rand.Rand, s []string) string {
	t := strings.Join(s, "\n")
	if r.Intn(4) != 0 {
		t += "\n"
	}
	return t
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	r := rand.New(rand.NewSource(1))
	in, _ := os.Create(os.Args[2])
	want, _ := os.Create(os.Args[3])
	for i := 0; i < n; i++ {
		x := text(r, r.Intn(40), 1+r.Intn(60))
		y := edit(r, x)
		if r.Intn(2) == 0 {
			y = text(r, r.Intn(40), 1+r.Intn(60))
		}
		a, b := join(r, x), join(r, y)
		fmt.Fprintf(in, "%x\n%x\n", a, b)
		fmt.Fprintf(want, "%x\n", diff.Diff("a", []byte(a), "b", []byte(b)))
	}
}
GO
(cd "$tmp" && GOFLAGS="" GOWORK=off go run . "$count" "$tmp/in" "$tmp/want")
"$pairs" <"$tmp/in" >"$tmp/got"
cmp "$tmp/want" "$tmp/got" && echo "textdiff.sh: $count diffs agree"
