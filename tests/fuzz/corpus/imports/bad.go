package a
import "unterminated
import 5
