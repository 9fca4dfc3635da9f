module m

replace a.b/c => "./\x1"
