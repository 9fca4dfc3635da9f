module m
(
