module m

go 1.23

godebug (
	default=go1.21
	panicnil=1
)

godebug panicnil=0
