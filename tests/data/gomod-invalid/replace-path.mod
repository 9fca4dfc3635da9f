module m
replace a.b/c/v0 => ../d
