package a
import "b"
