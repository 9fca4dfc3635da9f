module m
replace a.b/c zz => a.b/d v1.0.0
