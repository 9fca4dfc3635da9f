module example.com/shop/checkout

go 1.22

require (
	example.com/color v2.0.0+incompatible
	example.com/errors v0.9.1
	example.com/legacy v1.0.0
	example.com/log/slim v1.2.0
	example.com/oldjson v1.0.3
	example.com/pay/gateway v1.4.0
	example.com/queue v1.1.0
	example.com/shop/auth v0.3.0
	example.com/store/sql v0.9.1
	example.com/x/exp v0.0.0-20240115093000-0a1b2c3d4e5f // indirect
)

require (
	example.com/core/text v0.14.0 // indirect
	example.com/net/http2 v1.6.0 // indirect
)

// v0.15.0 measures wide characters wrongly
exclude example.com/core/text v0.15.0

replace (
	example.com/legacy v1.0.0 => example.com/fork/legacy v1.0.1
	example.com/shop/auth => ../auth
)
