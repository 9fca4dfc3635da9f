package m

import (
	_ "example.com/nobody/has/this"
	_ "not/in/std"
)
