retract v1.0.0
retract v1.1.0
