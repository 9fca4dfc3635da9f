module a.b/dep
frob (
