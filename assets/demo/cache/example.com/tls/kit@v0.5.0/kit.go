package kit

import (
	_ "example.com/core/rand"
	_ "example.com/core/text"
)
