package a

import _ "example.com/deep/sub"

const A = 1
