module example.com/a

go 1.16

require example.com/deep v1.0.0
