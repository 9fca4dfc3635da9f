module m
tool 'x'
