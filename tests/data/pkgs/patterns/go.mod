module example.com/main

go 1.24

ignore ./gen

ignore out

require example.com/dep v1.0.0

replace example.com/dep v1.0.0 => ./dep

exclude example.com/other v1.0.0
