// Package sql keeps rows.
package sql

import (
	_ "example.com/core/text"
	_ "example.com/log/slim"
)

func Open(name string) {}
