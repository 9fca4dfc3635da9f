module example.com/errors
