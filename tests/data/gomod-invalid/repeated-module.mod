module m
module n
