// c
/* d */ package /*x*/ a // e
import /* f */ "C"
/* unterminated