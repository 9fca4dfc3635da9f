module m

godebug a,b=c
