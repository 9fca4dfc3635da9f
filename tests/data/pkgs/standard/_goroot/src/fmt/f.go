package fmt

import "net"
