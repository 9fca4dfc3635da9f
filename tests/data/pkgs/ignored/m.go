package main

import _ "example.com/dep/gen"
