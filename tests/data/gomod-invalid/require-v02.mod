module m

require a.b/c/v02 v2.0.0
