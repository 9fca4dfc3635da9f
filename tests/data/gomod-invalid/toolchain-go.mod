module m

toolchain go2x
