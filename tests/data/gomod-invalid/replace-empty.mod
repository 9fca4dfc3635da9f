module m

replace a.b/c =>
