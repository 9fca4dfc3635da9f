module m

replace a.b/c => "./\x41\101\u00e9\U0001F600"

replace a.b/d => "./q\t\a"
