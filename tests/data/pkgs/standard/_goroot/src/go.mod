module std

go 1.21

require example.org/dep v1.0.0

replace example.org/dep => ../../dep
