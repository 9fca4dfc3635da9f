module m
require () // c
exclude ( )
