module m
go 1.x
require (
	a.b/c
	a.b/d v5.0.0
)
frob
replace x
retract zz [
