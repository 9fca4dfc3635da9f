module example.com/tag

go 1.17
