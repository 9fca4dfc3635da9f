module a.b/m/v1
retract v1.0.0
