module m

replace a.b/c => "./\U00110000"
