module a.b/dep
go foo
