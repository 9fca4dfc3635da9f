module m

replace a.b/c => "./\u12"
