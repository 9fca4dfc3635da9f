module m/*x*/
