module m

require a.b/c/v0 v0.0.0
