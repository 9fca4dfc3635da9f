package a
import "\x41\u00e9/b"
import "‮/x"
