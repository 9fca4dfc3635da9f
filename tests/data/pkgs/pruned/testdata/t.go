package t

import _ "example.com/not/looked/for"
