module example.com/core/rand

go 1.20
