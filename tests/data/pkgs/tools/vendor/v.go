package v

import _ "example.com/v"
