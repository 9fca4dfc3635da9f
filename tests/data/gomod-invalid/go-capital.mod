go 1.21R
