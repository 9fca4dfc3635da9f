module a.b/dep
require a.b/c v2.0.0
