module m
frob (
	x
)
