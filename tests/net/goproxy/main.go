// A module proxy of others on loopback: github.com/goproxy/goproxy in front of UPSTREAM. Prints its address; ends with its standard input.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/goproxy/goproxy"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(http.Serve(l, &goproxy.Goproxy{
		Fetcher: &goproxy.GoFetcher{Env: append(os.Environ(), "GOPROXY="+os.Args[1], "GOSUMDB=off")},
		Cacher:  goproxy.DirCacher(os.Args[2]),
		// the database is at an address where nothing is
		ProxiedSumDBs: []string{"sum.golang.org http://127.0.0.1:1"},
		ErrorLogger:   log.New(io.Discard, "", 0),
	}))
}
