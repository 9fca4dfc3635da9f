module m
exclude a.b/c/v2 v1.0.0
