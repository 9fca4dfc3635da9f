module m
toolchain go1.21 x
