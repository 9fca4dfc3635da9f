// Package auth knows who is shopping. The checkout uses this copy instead of the released v0.3.0.
package auth

import "example.com/log/slim"

func Who() string {
	slim.Line("who")
	return "a guest"
}
