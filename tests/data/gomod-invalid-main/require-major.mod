module m
require a.b/c v2.0.0
