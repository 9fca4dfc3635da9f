module m

require (
	a.b/c v1.0.0 //indirect
	a.b/d v1.0.0 // indirect; x
	a.b/e v1.0.0 //	indirect
	a.b/f v1.0.0 //  indirect;y
)
