// Package slim logs lines.
package slim

import _ "example.com/core/text"

func Line(s string) {}
