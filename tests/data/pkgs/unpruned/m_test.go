package m_test

import _ "example.com/t"
