//go:build foo && !foo

package x

import _ "example.com/tag"
