//go:build linux && !windows || (a && b)
// +build linux

package a

import "C"
