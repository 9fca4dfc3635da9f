module m

require gopkg.in/c.v1-unstable v2.0.0
