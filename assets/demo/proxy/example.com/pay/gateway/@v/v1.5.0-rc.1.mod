module example.com/pay/gateway

go 1.21

require example.com/net/http2 v1.6.0

require example.com/core/text v0.16.0 // indirect
