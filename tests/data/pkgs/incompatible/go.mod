module example.com/main

go 1.21

require example.com/b v2.0.0+incompatible
