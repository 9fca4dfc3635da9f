module example.com/metrics
