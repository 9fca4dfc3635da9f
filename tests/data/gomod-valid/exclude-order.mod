module m

go 1.21

exclude (
	a.b/d v1.0.0
	a.b/c v1.10.0
	a.b/c v1.9.0
	a.b/c v1.9.0-pre
)
