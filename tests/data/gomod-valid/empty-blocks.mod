module m

require ()

exclude (
)

replace (
	// nothing
)
