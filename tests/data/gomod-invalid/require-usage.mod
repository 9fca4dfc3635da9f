module m
require a.b/c
