module example.com/b/v3

go 1.21

retract v3.2.0 // wrong
