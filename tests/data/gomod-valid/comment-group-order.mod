// a
// b

// c
module m
// d

require a.b/c v1.0.0 // x
// e
require a.b/d v1.0.0


// f

// g
