module m
replace a.b/c => a.b/d@v1.0.0
