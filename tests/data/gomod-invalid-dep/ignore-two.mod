module a.b/dep
ignore a b
