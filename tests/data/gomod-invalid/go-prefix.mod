module m
go go1.21
