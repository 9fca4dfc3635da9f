module m

go 0.1
