// Command admin pays money back. Together with the checkout it makes the demo's workspace.
package main

import (
	"example.com/log/slim"
	_ "example.com/pay/gateway/admin"
	_ "example.com/tls/kit"
)

func main() {
	slim.Line("refunded")
}
