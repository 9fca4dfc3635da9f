package http2

import _ "example.com/core/text"

func Dial(host string) {}
