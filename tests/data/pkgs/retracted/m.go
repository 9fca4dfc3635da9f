package main

import (
	_ "example.com/b/v3"
	_ "example.com/b/v3/a-package-of-a-longer-name"
)
