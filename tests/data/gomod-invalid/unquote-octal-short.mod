module m

replace a.b/c => "./\12"
