module a.b/dep
module a.b/dep
