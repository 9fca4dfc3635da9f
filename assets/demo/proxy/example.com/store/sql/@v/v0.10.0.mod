module example.com/store/sql

go 1.20

require (
	example.com/core/text v0.14.0
	example.com/log/slim v1.2.0
)
