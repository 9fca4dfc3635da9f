package v

import _ "example.com/not/looked/for"
