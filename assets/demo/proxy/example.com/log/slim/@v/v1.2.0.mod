module example.com/log/slim

go 1.18
