package main

import (
	_ "example.com/dep"
	_ "example.com/mid"
)
