// sumdb_server MODULES SEED NAME [PATH@VERSION]...: a checksum database on loopback for the modules of a file:// proxy, built inside cmd for the
// sake of its vendored packages. It begins with these records, others are added when they are asked for. The key follows from SEED and NAME.
// Prints the key and the URL, and ends with its standard input.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	modules, seed, name := os.Args[1], sha256.Sum256([]byte(os.Args[2])), os.Args[3]
	signer, verifier, err := note.GenerateKey(bytes.NewReader(seed[:]), name)
	check(err)
	server := sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) { return records(modules, path, version) })
	for _, arg := range os.Args[4:] {
		path, version, _ := strings.Cut(arg, "@")
		_, err := server.Lookup(nil, module.Version{Path: path, Version: version})
		check(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("%s http://%s\n", verifier, l.Addr())
	// sumdb.TestServer panics when a client asks for records beyond its tree
	quiet := &http.Server{Handler: sumdb.NewServer(server), ErrorLog: log.New(io.Discard, "", 0)}
	go quiet.Serve(l)
	io.Copy(io.Discard, os.Stdin)
}

func records(modules, path, version string) ([]byte, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(modules, escaped, "@v", version)
	zip, err := dirhash.HashZip(file+".zip", dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return os.Open(file + ".mod") })
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, zip, path, version, mod), nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sumdb_server:", err)
		os.Exit(1)
	}
}
