package main

import _ "example.com/t/internal/lib"

func main() {}
