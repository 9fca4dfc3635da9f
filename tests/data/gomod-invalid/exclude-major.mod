module m

exclude a.b/c v2.0.0
