module m
replace a.b/c v2.0.0 => ../d
replace a.b/c => a.b/d/v2 v1.0.0
