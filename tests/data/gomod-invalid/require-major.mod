module m

require (
	a.b/c v2.0.0
	a.b/d/v3 v2.0.0
	gopkg.in/y.v2 v1.0.0
)
