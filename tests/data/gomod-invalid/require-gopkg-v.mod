module m

require gopkg.in/c v1.0.0
