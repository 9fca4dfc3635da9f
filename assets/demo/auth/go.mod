module example.com/shop/auth

go 1.21

require example.com/log/slim v1.2.0
