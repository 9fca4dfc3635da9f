module example.com/net/http2

go 1.18

require example.com/core/text v0.13.0
