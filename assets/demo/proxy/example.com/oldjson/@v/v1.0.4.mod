// Deprecated: use encoding/json, which is faster by now.
module example.com/oldjson
