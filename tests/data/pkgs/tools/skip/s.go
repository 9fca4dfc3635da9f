package skip

import _ "example.com/not/looked/for"
