// b
require ( // p
	// l
	a.b/c v1.0.0 // s
) // q


// end

// of it



exclude () // none
// last