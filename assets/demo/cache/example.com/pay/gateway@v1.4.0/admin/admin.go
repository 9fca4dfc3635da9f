package admin

import _ "example.com/tls/kit"
