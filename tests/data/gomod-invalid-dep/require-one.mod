module a.b/dep
require x
