package oldjson

func Decode(b []byte) {}
