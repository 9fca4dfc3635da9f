module example.com/m

go 1.21

require (
	example.com/unused v1.0.0
	example.com/a v1.0.0 // indirect
	example.com/t v1.0.0
)

require example.com/deep v1.0.0

replace (
	example.com/a => ./dep/a
	example.com/deep => ./dep/deep
	example.com/t => ./dep/t
	example.com/tag => ./dep/tag
	example.com/unused => ./dep/unused
)
