module example.com/core/text

go 1.15
