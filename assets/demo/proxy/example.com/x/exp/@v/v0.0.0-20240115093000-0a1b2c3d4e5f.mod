module example.com/x/exp

go 1.21
