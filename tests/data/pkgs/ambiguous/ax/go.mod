module example.com/a/x
