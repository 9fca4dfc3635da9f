module m
require a.b/c master
