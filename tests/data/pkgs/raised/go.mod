module example.com/m

go 1.20

require (
	example.com/a v1.0.0
	example.com/b v1.0.0
)

replace (
	example.com/a => ./a
	example.com/b => ./b
)
