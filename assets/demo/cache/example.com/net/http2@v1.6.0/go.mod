module example.com/net/http2

go 1.19

require example.com/core/text v0.15.0
