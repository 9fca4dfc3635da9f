/*
 * hex.h - hexadecimal digits. Pure; any thread.
 */
#ifndef MODSCOPE_HEX_H
#define MODSCOPE_HEX_H

#include "base/base.h"

/* Bytes as 2 * n lower-case digits and a NUL. */
void hex_encode(const unsigned char *bytes, size_t n, char *out);
/* The value of a digit of either case, 0 to 15; -1 if c is not one. */
int hex_digit(char c);

#endif
