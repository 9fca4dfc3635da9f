module m
  require (
	// é last