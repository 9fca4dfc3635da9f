module a.b/m/v3
require a.b/c v3.0.0
retract v1.0.0
frob
