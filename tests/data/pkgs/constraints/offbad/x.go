//go:build plan9

package "off"
