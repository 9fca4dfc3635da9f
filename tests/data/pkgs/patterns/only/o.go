//go:build plan9

package only
