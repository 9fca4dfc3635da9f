module m
require (


	a.b/c v1.0.0
// before d

	a.b/d v1.2.0 // indirect


// end

)
require (  )
exclude ( // note
	a.b/c v1.1.0
) // end
