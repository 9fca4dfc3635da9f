/*
 * base64.h - encoding/base64.StdEncoding. Pure; any thread.
 */
#ifndef MODSCOPE_BASE64_H
#define MODSCOPE_BASE64_H

#include "base/base.h"

/* Decodes at most max bytes into out; false if s is malformed or longer. */
bool base64_decode(const char *s, size_t len, unsigned char *out, size_t max, size_t *n);
/* 32 bytes as 44 characters and a NUL. */
void base64_encode_32(const unsigned char in[32], char out[45]);

#endif
