module m
require (
  	a.b/c x
)
   frob
