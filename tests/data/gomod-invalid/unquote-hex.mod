module m

replace a.b/c => "./\xg0"
