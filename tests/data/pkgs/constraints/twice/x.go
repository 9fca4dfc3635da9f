//go:build plan9
//go:build aix

package twice
