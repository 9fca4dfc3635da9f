module a.b/dep
retract (
	zz
) x
