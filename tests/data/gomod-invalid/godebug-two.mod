module m
godebug x=y z=w
