module a.b/m/v2
retract v1.0.0
retract [v2.0.0, v3.0.0]
