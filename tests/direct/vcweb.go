// A proxy that plays vcs-test.golang.org for its clients: go's own vcweb server over http and https. Built inside cmd/go with an overlay.
// Prints its port once it serves; the first argument is GOROOT/src/cmd/go/testdata/vcstest, the second a directory for repositories, the third a file for the
// certificate.
package main

import (
	"cmd/go/internal/vcweb"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"
)

const host = "vcs-test.golang.org"

func certificate(file string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	check(err)
	check(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// tunnels holds the connections that CONNECT made, for the https server.
type tunnels struct {
	conns chan net.Conn
	net.Listener
}

func (t tunnels) Accept() (net.Conn, error) { return <-t.conns, nil }

func main() {
	vcs, err := vcweb.NewServer(os.Args[1], os.Args[2], log.New(io.Discard, "", 0))
	check(err)
	cert := certificate(os.Args[3])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	t := tunnels{make(chan net.Conn), l}
	secure := &http.Server{Handler: vcs, ErrorLog: log.New(io.Discard, "", 0)}
	go secure.Serve(tls.NewListener(t, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}}))
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	check(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Hostname() != host {
			http.Error(w, "not here", http.StatusBadGateway)
		} else if r.Method != http.MethodConnect {
			vcs.ServeHTTP(w, r)
		} else if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
			t.conns <- conn
		}
	})))
}
