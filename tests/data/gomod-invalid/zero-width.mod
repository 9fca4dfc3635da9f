module m​
