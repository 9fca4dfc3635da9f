package dep

import "example.org/dep/leaf"
