module m

replace a.b/c v1 v2 => ./c
