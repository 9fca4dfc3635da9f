module m

replace a.b/c v2.0.0 => ./c
