module example.com/store/sql

go 1.16

require (
	example.com/core/text v0.13.0
	example.com/log/slim v1.1.0
)
