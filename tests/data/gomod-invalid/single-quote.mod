module 'm'
