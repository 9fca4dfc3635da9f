module m // a

require ( // b
	a.b/c v1.0.0 // c
) // d

require a.b/d v1.0.0 // e

// f
