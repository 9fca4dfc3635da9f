/*
 * hex.h - bytes as lower-case hexadecimal digits. Pure; any thread.
 */
#ifndef MODSCOPE_HEX_H
#define MODSCOPE_HEX_H

#include "base/base.h"

/* 2 * n digits and a NUL. */
void hex_encode(const unsigned char *bytes, size_t n, char *out);

#endif
