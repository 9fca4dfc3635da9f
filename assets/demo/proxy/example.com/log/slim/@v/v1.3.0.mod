module example.com/log/slim

go 1.21

require example.com/core/text v0.14.0
