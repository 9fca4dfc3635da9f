module m
require aÿb
