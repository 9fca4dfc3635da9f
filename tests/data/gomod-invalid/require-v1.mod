module m

require a.b/c/v1 v1.0.0
