module m
require a.b/c v1
require a.b/d v1.5
require a.b/e v1.2.3+meta
replace a.b/f v1 => a.b/g v2.0.0+incompatible
