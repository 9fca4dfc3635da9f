module m
require (
) x
