package m

import _ "example.com/a/x"
