module m
/* no */
