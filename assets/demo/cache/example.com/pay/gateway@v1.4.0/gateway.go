// Package gateway takes money.
package gateway

import _ "example.com/net/http2"

func Charge(cents int) error { return nil }
