#include "fuzzy.h"

enum {
	SCORE_SUBSTRING = 1000,
	SCORE_RUNS = 400,
	SCORE_WHOLE = 500,
	SCORE_BEGIN = 200,
	SCORE_WORD = 100,
	SCORE_LAST = 80,
	SCORE_ENDS = 40,
};

static inline unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 'a' - 'A') : c;
}

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

static bool alnum(unsigned char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* A word starts after anything but a letter or digit, and at a capital after a small letter. */
static bool word_start(const char *t, size_t i)
{
	if (i == 0 || !alnum((unsigned char)t[i - 1]))
		return true;
	return t[i] >= 'A' && t[i] <= 'Z' && t[i - 1] >= 'a' && t[i - 1] <= 'z';
}

static void add_word(struct fuzzy *f, const char *s, size_t len, size_t at)
{
	struct fuzzy_word w = { 0 };

	if (len > 1 && (s[0] == '!' || s[0] == '^' || s[0] == '=')) {
		w.kind = s[0];
		at++;
		len--;
	} else if (len > 1 && s[len - 1] == '$') {
		w.kind = '$';
		len--;
	} else if (len == 1 && (s[0] == '!' || s[0] == '^' || s[0] == '=')) {
		return; /* no word yet */
	}
	if (f->n == FUZZY_WORDS)
		return;
	w.at = (unsigned char)at;
	w.len = (unsigned char)len;
	f->word[f->n++] = w;
}

void fuzzy_set(struct fuzzy *f, const char *pattern)
{
	size_t len = MIN(strlen(pattern), (size_t)FUZZY_PATTERN_MAX), i = 0;

	memset(f, 0, sizeof(*f));
	memcpy(f->pattern, pattern, len);
	f->fold = !has_upper(f->pattern);
	while (i < len) {
		size_t n = strcspn(f->pattern + i, " \t");

		if (n > 0)
			add_word(f, f->pattern + i, n, i);
		i += n + 1;
	}
}

struct text {
	const char *s;
	size_t len;
	bool fold;
};

static inline bool same(const struct text *t, size_t i, char p)
{
	unsigned char c = (unsigned char)t->s[i];

	return (t->fold ? lower(c) : c) == (unsigned char)p;
}

static size_t common(const struct text *t, size_t i, const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && i + k < t->len && same(t, i + k, p[k]))
		k++;
	return k;
}

static bool last_element(const struct text *t, size_t i)
{
	return !memchr(t->s + i, '/', t->len - i);
}

static int substring_score(const struct text *t, size_t i, size_t n)
{
	int score = SCORE_SUBSTRING;

	if (i == 0)
		score += n == t->len ? SCORE_WHOLE + SCORE_BEGIN : SCORE_BEGIN;
	if (word_start(t->s, i))
		score += SCORE_WORD;
	if (i + n == t->len || !alnum((unsigned char)t->s[i + n]))
		score += SCORE_ENDS;
	return last_element(t, i) ? score + SCORE_LAST : score;
}

/* The best position of p in the text, or SIZE_MAX. */
static size_t find_substring(const struct text *t, const char *p, size_t n, bool any, int *score)
{
	size_t best = SIZE_MAX;

	*score = FUZZY_NONE;
	for (size_t i = 0; i + n <= t->len; i++) {
		int s;

		if (!same(t, i, p[0]) || common(t, i, p, n) < n)
			continue;
		if (any)
			return i;
		s = substring_score(t, i, n);
		if (s > *score) {
			*score = s;
			best = i;
		}
	}
	return best;
}

struct runs {
	const struct text *t;
	const char *p;
	size_t n;
	bool *hit; /* NULL: not wanted */
	int count;
	uint16_t
		fails[FUZZY_PATTERN_MAX + 1]; /* the rest of p is known not to match from here on */
};

static bool match_runs(struct runs *r, size_t pi, size_t ti)
{
	if (pi == r->n)
		return true;
	for (size_t s = ti; s < r->t->len && s < r->fails[pi]; s++) {
		if (!same(r->t, s, r->p[pi]) || !word_start(r->t->s, s))
			continue;
		for (size_t k = common(r->t, s, r->p + pi, r->n - pi); k > 0; k--) {
			if (!match_runs(r, pi + k, s + k))
				continue;
			r->count++;
			for (size_t i = 0; r->hit && i < k; i++)
				r->hit[s + i] = true;
			return true;
		}
	}
	if (ti < r->fails[pi])
		r->fails[pi] = (uint16_t)ti;
	return false;
}

static int score_runs(const struct text *t, const char *p, size_t n, bool *hit)
{
	struct runs r = { .t = t, .p = p, .n = n, .hit = hit };

	if (n > t->len)
		return FUZZY_NONE;
	for (size_t i = 0; i <= n; i++)
		r.fails[i] = FUZZY_TEXT_MAX;
	if (!match_runs(&r, 0, 0))
		return FUZZY_NONE;
	return MAX(1, SCORE_RUNS - 20 * r.count);
}

static int word_score(const struct fuzzy *f, const struct fuzzy_word *w, const struct text *t,
		      bool any)
{
	const char *p = f->pattern + w->at;
	int score;
	size_t at;

	switch (w->kind) {
	case '!': return find_substring(t, p, w->len, true, &score) == SIZE_MAX ? 0 : FUZZY_NONE;
	case '^':
		return common(t, 0, p, w->len) == w->len ? SCORE_SUBSTRING + SCORE_BEGIN
							 : FUZZY_NONE;
	case '$':
		return t->len >= w->len && common(t, t->len - w->len, p, w->len) == w->len
			       ? SCORE_SUBSTRING
			       : FUZZY_NONE;
	case '=':
		return t->len == w->len && common(t, 0, p, w->len) == w->len
			       ? SCORE_SUBSTRING + SCORE_WHOLE
			       : FUZZY_NONE;
	default:
		at = find_substring(t, p, w->len, any, &score);
		if (at != SIZE_MAX)
			return any ? 1 : score;
		return score_runs(t, p, w->len, NULL);
	}
}

static int score_all(const struct fuzzy *f, const char *text, size_t len, bool any)
{
	struct text t = { text, MIN(len, (size_t)FUZZY_TEXT_MAX), f->fold };
	int total = 0;

	for (unsigned i = 0; i < f->n; i++) {
		int s = word_score(f, &f->word[i], &t, any);

		if (s == FUZZY_NONE)
			return FUZZY_NONE;
		total += s;
	}
	return any ? 0 : MAX(0, total - (int)(MIN(t.len, (size_t)200) / 4));
}

int fuzzy_score(const struct fuzzy *f, const char *text, size_t len)
{
	return fuzzy_empty(f) ? 0 : score_all(f, text, len, false);
}

bool fuzzy_match(const struct fuzzy *f, const char *text, size_t len)
{
	return fuzzy_empty(f) || score_all(f, text, len, true) != FUZZY_NONE;
}

static void mark(bool *hit, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hit[at + i] = true;
}

void fuzzy_positions(const struct fuzzy *f, const char *text, size_t len, bool *hit)
{
	struct text t = { text, MIN(len, (size_t)FUZZY_TEXT_MAX), f->fold };

	for (unsigned i = 0; i < f->n; i++) {
		const struct fuzzy_word *w = &f->word[i];
		const char *p = f->pattern + w->at;
		size_t at;
		int score;

		if (w->kind == '!' || word_score(f, w, &t, true) == FUZZY_NONE)
			continue;
		at = w->kind == '$' ? t.len - w->len
		     : w->kind	    ? 0
				    : find_substring(&t, p, w->len, false, &score);
		if (at != SIZE_MAX)
			mark(hit, at, w->len);
		else
			score_runs(&t, p, w->len, hit);
	}
}

static bool word_narrows(const struct fuzzy *f, const struct fuzzy_word *w, const struct fuzzy *old,
			 const struct fuzzy_word *o)
{
	struct text t = { f->pattern + w->at, w->len, old->fold };
	bool begins = w->len >= o->len && common(&t, 0, old->pattern + o->at, o->len) == o->len;

	if (o->kind != w->kind)
		return false;
	if (o->kind == 0 || o->kind == '^')
		return begins;
	return begins && w->len == o->len;
}

bool fuzzy_narrows(const struct fuzzy *f, const struct fuzzy *old)
{
	if (!old->fold && f->fold)
		return false;
	for (unsigned i = 0; i < old->n; i++) {
		bool found = false;

		for (unsigned k = 0; k < f->n && !found; k++)
			found = word_narrows(f, &f->word[k], old, &old->word[i]);
		/* a stricter case makes an exclusion weaker */
		if (!found || (old->word[i].kind == '!' && old->fold != f->fold))
			return false;
	}
	return true;
}
