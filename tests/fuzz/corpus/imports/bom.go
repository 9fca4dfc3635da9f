package a
import "b"
