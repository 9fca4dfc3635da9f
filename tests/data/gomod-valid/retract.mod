module m
retract v1.0.0 // oops
retract [ v1.1.0,v1.2.0 ]
// rationale
// of two lines
retract (
	v1.3.0
	// own
	[v1.4.0 , v1.5.0]
)
