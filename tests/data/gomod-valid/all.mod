module example.com/m/v2

go 1.24.1

toolchain go1.25.0

godebug (
	default=go1.23
	panicnil=1
)

tool example.com/a/cmd/t

tool (
	example.com/b
	example.com/c
)

ignore ./node_modules

exclude a.b/c v1.0.0

replace a.b/c => ../c

replace a.b/d v1.0.0 => a.b/e v1.1.0

require a.b/c v1.0.0
