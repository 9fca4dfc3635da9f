package net

import "example.org/dep"
