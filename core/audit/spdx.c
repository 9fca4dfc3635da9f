#include "audit/spdx.h"

#include <ctype.h>

enum { MAX_DEPTH = 32, MAX_ID = 128 };

struct parser {
	const char *s;
	bool ok;
	int depth;
	bool (*allows)(void *ctx, const char *id);
	void *ctx;
};

static bool parse_or(struct parser *p);

static void skip_blanks(struct parser *p)
{
	while (isspace((unsigned char)*p->s))
		p->s++;
}

static size_t word_len(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || (s[n] && strchr("-.+:", s[n])))
		n++;
	return n;
}

static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(p);
	if (word_len(p->s) != n || strncasecmp(p->s, word, n) != 0)
		return false;
	p->s += n;
	return true;
}

static size_t add_word(struct parser *p, char *to, size_t at)
{
	size_t n;

	skip_blanks(p);
	n = word_len(p->s);
	if (!n || at + n >= MAX_ID) {
		p->ok = false;
		return at;
	}
	memcpy(to + at, p->s, n);
	to[at + n] = '\0';
	p->s += n;
	return at + n;
}

static bool parse_id(struct parser *p)
{
	static const char with[] = " WITH ";
	char id[MAX_ID + sizeof(with)];
	size_t n = add_word(p, id, 0);

	if (p->ok && take_word(p, "WITH") && n + sizeof(with) < MAX_ID) {
		memcpy(id + n, with, sizeof(with));
		add_word(p, id, n + sizeof(with) - 1);
	}
	return p->ok && p->allows(p->ctx, id);
}

static bool parse_one(struct parser *p)
{
	bool is;

	skip_blanks(p);
	if (*p->s != '(')
		return parse_id(p);
	if (++p->depth > MAX_DEPTH) {
		p->ok = false;
		return false;
	}
	p->s++;
	is = parse_or(p);
	p->depth--;
	skip_blanks(p);
	if (*p->s == ')')
		p->s++;
	else
		p->ok = false;
	return is;
}

static bool parse_and(struct parser *p)
{
	bool is = parse_one(p);

	while (p->ok && take_word(p, "AND"))
		is &= parse_one(p);
	return is;
}

static bool parse_or(struct parser *p)
{
	bool is = parse_and(p);

	while (p->ok && take_word(p, "OR"))
		is |= parse_and(p);
	return is;
}

static bool allows_all(void *ctx, const char *id)
{
	(void)ctx;
	(void)id;
	return true;
}

bool spdx_satisfied(const char *expression, bool (*allows)(void *ctx, const char *id), void *ctx)
{
	struct parser p = { .s = expression, .ok = true, .allows = allows, .ctx = ctx };
	bool is = parse_or(&p);

	skip_blanks(&p);
	return p.ok && !*p.s && is;
}

bool spdx_is_valid(const char *expression)
{
	return spdx_satisfied(expression, allows_all, NULL);
}

bool spdx_same_id(const char *a, const char *b)
{
	static const char only[] = "-only";
	size_t n = strlen(a), m = strlen(b), k = sizeof(only) - 1;

	if (n > k && strcasecmp(a + n - k, only) == 0)
		n -= k;
	if (m > k && strcasecmp(b + m - k, only) == 0)
		m -= k;
	return n == m && strncasecmp(a, b, n) == 0;
}
