package b

import "fmt" import
