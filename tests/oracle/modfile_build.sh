#!/bin/sh
# modfile_build.sh DIR: builds DIR/oracle from modfile_oracle.go and copies of Go's own packages in GOROOT.
set -eu
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
src=$(go env GOROOT)/src
mkdir -p "$dir/src/gover" "$dir/src/igover" "$dir/src/base"
cp -r "$src/cmd/vendor/golang.org/x/mod" "$dir/src/xmod"
chmod -R u+w "$dir/src/xmod"
printf 'module golang.org/x/mod\n\ngo 1.24\n' >"$dir/src/xmod/go.mod"
cp "$src/internal/gover/gover.go" "$dir/src/igover/"
for f in gover mod toolchain; do
	sed -e 's,"internal/gover","oracle/igover",' -e 's,"cmd/go/internal/base","oracle/base",' \
		"$src/cmd/go/internal/gover/$f.go" >"$dir/src/gover/$f.go"
done
printf 'package gover\n\nfunc Local() string { return "1.26.8" }\n' >"$dir/src/gover/local.go"
printf 'package base\n\nfunc ShortPath(p string) string { return p }\n' >"$dir/src/base/base.go"
cp "$here/modfile_oracle.go" "$dir/src/main.go"
printf 'module oracle\n\ngo 1.24\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./xmod\n' >"$dir/src/go.mod"
cd "$dir/src"
GOFLAGS=-mod=mod GOPROXY=off GOWORK=off GOTOOLCHAIN=local go build -o "$dir/oracle" .
