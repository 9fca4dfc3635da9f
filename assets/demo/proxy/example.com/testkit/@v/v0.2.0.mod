module example.com/testkit

go 1.14
