package m

import (
	_ "example.com/a"
	_ "example.com/c/d"
)
