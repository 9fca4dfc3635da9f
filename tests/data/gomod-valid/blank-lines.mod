


module m



go 1.21



require (


	a.b/c v1.0.0



	a.b/d v1.0.0


)



