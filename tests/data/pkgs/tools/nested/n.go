package nested

import _ "example.com/not/looked/for"
