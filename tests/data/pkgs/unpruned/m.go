// Package m is the root.
package m

import (
	"fmt"

	"example.com/a"
)

var _ = fmt.Sprint(a.A)
