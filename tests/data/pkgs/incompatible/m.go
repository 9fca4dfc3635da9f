package main

import _ "example.com/b/late"
