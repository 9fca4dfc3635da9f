module m
require `a\