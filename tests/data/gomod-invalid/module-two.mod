module m n
