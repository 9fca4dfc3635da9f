module a"b
