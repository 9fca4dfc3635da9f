package documentation

import 5
