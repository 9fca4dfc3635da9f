package m

import (
	_ "example.com/a"
	_ "example.com/b"
)
