toolchain go2
