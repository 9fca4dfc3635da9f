module example.com/m

go 1.25

tool example.com/t/cmd/gen

ignore ./skip

replace (
	example.com/t => ./t
	example.com/v => ./v
)
