module example.com/oldjson
