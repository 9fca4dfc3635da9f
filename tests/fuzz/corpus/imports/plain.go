package a

import "fmt"
import (
	. "os"
	_ `x/y`
	z "z"; "w"
)

func f() {}
