module m
godebug x
