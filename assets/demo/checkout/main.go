// Command checkout is the demo's shop: it takes a cart and the money for it.
package main

import (
	_ "example.com/color"
	_ "example.com/legacy"
	"example.com/log/slim"
	"example.com/pay/gateway"
	"example.com/shop/auth"
	"example.com/shop/checkout/internal/cart"
)

func main() {
	slim.Line(auth.Who())
	if err := gateway.Charge(cart.Total()); err != nil {
		slim.Line(err.Error())
	}
}
