module    "example.com/m"


// a comment of the block
require (
	example.com/b v1.0.0 // because
	example.com/a   v1.0.0
	example.com/a v1.0.0
)
exclude (
	example.com/z v1.10.0
	example.com/z v1.9.0
	example.com/z v1.9.0
)
replace example.com/a => ./a
replace example.com/b => ./b
replace example.com/c => ./c
