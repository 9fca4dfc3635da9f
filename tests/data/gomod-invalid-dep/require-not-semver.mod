module a.b/dep
require (
	a.b/c master
)
