module m

replace a.b/c => "./\ud800"
