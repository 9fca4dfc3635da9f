module m

retract [ ]
