module m

replace a.b/c => a.b/d x
