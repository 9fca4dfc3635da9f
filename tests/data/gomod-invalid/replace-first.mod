module m

replace => ./c
