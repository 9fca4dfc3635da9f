/*
 * diff_pairs - prints core/base/textdiff.c's diff of pairs of texts read from stdin, for tests/oracle/textdiff.sh: each pair is
 * two lines of hexadecimal digits, each answer is one.
 */
#include "base/textdiff.h"

static size_t unhex(char *line)
{
	size_t n = 0;

	for (size_t i = 0; line[i] && line[i + 1] && line[i] != '\n'; i += 2) {
		char digits[3] = { line[i], line[i + 1], 0 };

		line[n++] = (char)strtoul(digits, NULL, 16);
	}
	return n;
}

int main(void)
{
	static char old[1 << 20], new[1 << 20];

	while (fgets(old, sizeof(old), stdin) && fgets(new, sizeof(new), stdin)) {
		struct buf out = BUF_INIT;
		size_t n_old = unhex(old), n_new = unhex(new);

		textdiff(&out, "a", old, n_old, "b", new, n_new);
		for (size_t i = 0; i < out.len; i++)
			printf("%02x", (unsigned char)out.data[i]);
		putchar('\n');
		buf_release(&out);
	}
	return 0;
}
