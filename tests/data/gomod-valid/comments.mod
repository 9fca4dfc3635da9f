// top

// Deprecated: use n.
module m // why

// alone

go 1.21 // go
// last