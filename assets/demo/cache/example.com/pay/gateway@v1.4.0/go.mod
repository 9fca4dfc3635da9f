module example.com/pay/gateway

go 1.20

require (
	example.com/net/http2 v1.6.0
	example.com/tls/kit v0.5.0
)

require example.com/core/text v0.14.0 // indirect
