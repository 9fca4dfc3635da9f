module m

go 1.21rc1

toolchain default

godebug x=y

retract v1.0.0 // a

tool a.b/c

ignore ./x
