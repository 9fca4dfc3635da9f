module m

go 1.0

toolchain go1
