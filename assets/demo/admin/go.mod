module example.com/shop/admin

go 1.22

require (
	example.com/log/slim v1.3.0
	example.com/pay/gateway v1.4.0
	example.com/tls/kit v0.5.0
)

require (
	example.com/core/rand v1.9.0 // indirect
	example.com/core/text v0.16.0 // indirect
)
