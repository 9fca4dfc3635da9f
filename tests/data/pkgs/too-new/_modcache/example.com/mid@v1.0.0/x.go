package mid
