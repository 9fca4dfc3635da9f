#include "base/base64.h"

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, `digits` of them not padding. */
static bool put_quantum(const int v[4], unsigned digits, unsigned char *out, size_t max, size_t *n)
{
	unsigned char bytes[3] = {
		(unsigned char)(v[0] << 2 | v[1] >> 4),
		(unsigned char)((v[1] & 15) << 4 | v[2] >> 2),
		(unsigned char)((v[2] & 3) << 6 | v[3]),
	};
	unsigned count = digits - 1;

	if (*n + count > max)
		return false;
	memcpy(out + *n, bytes, count);
	*n += count;
	return true;
}

bool base64_decode(const char *s, size_t len, unsigned char *out, size_t max, size_t *n)
{
	int v[4] = { 0 };
	unsigned have = 0, padding = 0;

	*n = 0;
	for (size_t i = 0; i < len; i++) {
		int digit = base64_digit(s[i]);

		if (s[i] == '\r' || s[i] == '\n')
			continue;
		if (s[i] == '=') {
			if (have < 2 || have + ++padding > 4)
				return false;
			continue;
		}
		if (digit < 0 || padding)
			return false;
		v[have++] = digit;
		if (have < 4)
			continue;
		if (!put_quantum(v, 4, out, max, n))
			return false;
		memset(v, 0, sizeof(v));
		have = 0;
	}
	if (have == 0)
		return padding == 0;
	return have + padding == 4 && put_quantum(v, have, out, max, n);
}

/* 32 bytes are ten groups of three, and two left over. */
void base64_encode_32(const unsigned char in[32], char out[45])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (unsigned i = 0; i < 33; i += 3) {
		unsigned v = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 |
			     (i < 30 ? in[i + 2] : 0);

		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = digits[v >> 6 & 63];
		*out++ = digits[v & 63];
	}
	out[-1] = '=';
	*out = '\0';
}
