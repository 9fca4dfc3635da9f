module m
replace a.b/c => ./d v1.0.0
