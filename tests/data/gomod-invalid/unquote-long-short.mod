module m

replace a.b/c => "./\U0001F60"
