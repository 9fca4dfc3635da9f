module m

replace a.b/c => a.b/d v2.0.0
