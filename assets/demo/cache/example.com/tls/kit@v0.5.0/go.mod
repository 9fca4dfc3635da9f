module example.com/tls/kit

go 1.20

require (
	example.com/core/rand v1.9.0
	example.com/core/text v0.16.0
)
