module a.b/dep
require x
frob
go 1
require a.b/c/v1 v1.0.0
