module m

exclude a.b/c
