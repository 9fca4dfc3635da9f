module example.com/log/slim

go 1.15

require example.com/metrics v0.8.0
