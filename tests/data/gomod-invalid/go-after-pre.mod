go 1.21rc1x
