//go:build ignore

package main

import _ "example.com/not/looked/for"
