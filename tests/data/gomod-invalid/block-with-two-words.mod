module m
require x (
	a.b/c v1.0.0
)
