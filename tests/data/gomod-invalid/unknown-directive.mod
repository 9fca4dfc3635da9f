module m
frob x
