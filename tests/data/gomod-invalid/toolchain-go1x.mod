module m

toolchain go1x
