module m // a
// b

require (
	// c

	// d
	a.b/c v1.0.0 //

)
//
