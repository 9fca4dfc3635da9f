module example.com/a

go 1.22.0

require example.com/b v1.2.0
