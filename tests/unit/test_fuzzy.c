/* The matcher, and the rows that it filters. */
#include "tui_help.h"

#include "fuzzy.h"
#include "rows.h"

static bool matches(const char *pattern, const char *text)
{
	struct fuzzy f;

	fuzzy_set(&f, pattern);
	assert_int_equal(fuzzy_match(&f, text, strlen(text)),
			 fuzzy_score(&f, text, strlen(text)) != FUZZY_NONE);
	return fuzzy_match(&f, text, strlen(text));
}

static void what_matches(void **state)
{
	static const char grpc[] = "google.golang.org/grpc v1.63.2";

	(void)state;
	assert_true(matches("", grpc));
	assert_true(matches("grpc", grpc));
	assert_true(matches("GRPC", "x/GRPC"));
	assert_true(matches("grpc", "x/GRPC"));
	assert_false(matches("GRPC", grpc));
	assert_true(matches("gogrpc", grpc));
	assert_true(matches("ggrpc", grpc));
	assert_false(matches("gopc", grpc)); /* "pc" starts no word */
	assert_true(matches("grpc 1.63", grpc));
	assert_true(matches("1.63 grpc", grpc));
	assert_false(matches("grpc 1.64", grpc));
	assert_true(matches("!kit", grpc));
	assert_false(matches("grpc !google", grpc));
	assert_true(matches("^google", grpc));
	assert_false(matches("^grpc", grpc));
	assert_true(matches(".2$", grpc));
	assert_false(matches("grpc$", grpc));
	assert_true(matches("=abc", "abc"));
	assert_false(matches("=abc", "abcd"));
	assert_true(matches("gjwt", "github.com/golang-jwt/jwt"));
	assert_true(matches("jsonIter", "json-iterator/jsonIterator"));
	assert_true(matches("!", grpc)); /* not complete yet */
}

static int score(const char *pattern, const char *text)
{
	struct fuzzy f;

	fuzzy_set(&f, pattern);
	return fuzzy_score(&f, text, strlen(text));
}

static void what_comes_first(void **state)
{
	(void)state;
	assert_true(score("graph", "graph") > score("graph", "graphs"));
	assert_true(score("graph", "graph x") > score("graph", "x graph"));
	assert_true(score("grpc", "a.org/grpc") > score("grpc", "a.org/grpc/x"));
	assert_true(score("grpc", "a.org/grpc") > score("grpc", "a.org/xgrpc"));
	assert_true(score("grpc", "a.org/xgrpc") > score("grpc", "google.golang.org/r/p/c"));
	assert_true(score("ab", "ab") > score("ab", "ab/with/a/long/tail/behind/it"));
}

static void positions(void **state)
{
	struct fuzzy f;
	bool hit[32] = { 0 };
	char seen[32] = "";

	(void)state;
	fuzzy_set(&f, "gogrpc nothere");
	fuzzy_positions(&f, "google.golang.org/grpc", 22, hit);
	for (int i = 0; i < 22; i++)
		seen[i] = hit[i] ? "google.golang.org/grpc"[i] : '-';
	assert_string_equal(seen, "go----------------grpc");
}

/* If a pattern claims to narrow another, everything that it matches was matched before. */
static void narrowing_is_sound(void **state)
{
	static const char *const words[] = {
		"a",   "ab",  "abc", "!a",   "!ab", "^a", "^ab", "b$",
		"ab$", "=ab", "a b", "ab b", "A",   "Ab", "b",	 "!A"
	};
	static const char *const texts[] = { "",    "a",    "b",  "ab",	  "abc", "cab",
					     "a-b", "a-bc", "Ab", "x-Ab", "b a", "bab" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		for (size_t k = 0; k < ARRAY_LEN(words); k++) {
			struct fuzzy f, old;

			fuzzy_set(&f, words[i]);
			fuzzy_set(&old, words[k]);
			for (size_t t = 0; fuzzy_narrows(&f, &old) && t < ARRAY_LEN(texts); t++)
				if (matches(words[i], texts[t]))
					assert_true(matches(words[k], texts[t]));
		}
	}
	struct fuzzy f, old;

	fuzzy_set(&old, "gr");
	fuzzy_set(&f, "grp");
	assert_true(fuzzy_narrows(&f, &old));
	fuzzy_set(&f, "grp x");
	assert_true(fuzzy_narrows(&f, &old));
}

static void hostile_patterns_end(void **state)
{
	char pattern[400], text[4000];

	(void)state;
	memset(pattern, 'a', sizeof(pattern));
	pattern[sizeof(pattern) - 1] = '\0';
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? '/' : 'a';
	pattern[FUZZY_PATTERN_MAX - 1] = 'b';
	struct fuzzy f;

	fuzzy_set(&f, pattern);
	assert_int_equal(fuzzy_score(&f, text, sizeof(text)), FUZZY_NONE);
}

/* rows: numbers shown as text */

struct source {
	uint32_t *values;
	size_t n;
	char text[32];
};

static size_t count(void *ctx)
{
	return ((struct source *)ctx)->n;
}

static const char *text_of(void *ctx, size_t row, size_t *len)
{
	struct source *s = ctx;

	*len = (size_t)snprintf(s->text, sizeof(s->text), "row-%u", s->values[row]);
	return s->text;
}

static int compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct source *s = ctx;
	uint32_t x = s->values[a], y = s->values[b];

	if (column == 1) { /* many equal values */
		x %= 10;
		y %= 10;
	}
	return x < y ? -1 : x > y;
}

static const struct rows_ops ops = { count, text_of, compare };

static void fill(struct source *s, size_t n)
{
	uint32_t x = 12345;

	s->n = n;
	s->values = xcalloc(n + 1, sizeof(*s->values));
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		s->values[i] = x >> 8;
	}
}

static void check_order(const struct rows *r, const struct source *s)
{
	bool *seen = xcalloc(s->n + 1, 1);

	for (size_t i = 0; i < r->n; i++) {
		assert_false(seen[r->index[i]]);
		seen[r->index[i]] = true;
		if (i == 0)
			continue;
		int c = r->sort < 0 ? 0
				    : compare((void *)s, r->index[i - 1], r->index[i],
					      (unsigned)r->sort);

		if (r->descending)
			c = -c;
		assert_true(c <= 0);
		if (c == 0)
			assert_true(r->index[i - 1] < r->index[i]); /* stable, descending too */
	}
	free(seen);
}

static void sorts_in_slices(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 255, 256, 257, 1000, 50000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct source s;
		struct rows r;
		size_t slices = 0;

		fill(&s, sizes[i]);
		rows_init(&r, &ops, &s);
		rows_refresh(&r);
		assert_int_equal(r.n, sizes[i]);
		for (int column = 0; column < 2; column++) {
			for (int down = 0; down < 2; down++) {
				rows_sort(&r, column, down);
				while (rows_work(&r, 0)) {
					/* all rows are shown at any moment */
					assert_int_equal(r.n, sizes[i]);
					slices++;
				}
				check_order(&r, &s);
				assert_int_equal(r.n, sizes[i]);
			}
		}
		assert_true(slices > 0 || sizes[i] < 1000);
		rows_sort(&r, -1, false);
		check_order(&r, &s);
		rows_release(&r);
		free(s.values);
	}
}

static size_t expected(struct source *s, const char *pattern)
{
	struct fuzzy f;
	size_t n = 0, len;

	fuzzy_set(&f, pattern);
	for (size_t i = 0; i < s->n; i++) {
		const char *t = text_of(s, i, &len);

		n += fuzzy_match(&f, t, len);
	}
	return n;
}

static void filters_in_slices(void **state)
{
	static const char *const typed[] = { "1", "12",	   "123",    "12",	"9",
					     "",  "row 5", "row 55", "nothing", "7" };
	struct source s;
	struct rows r;

	(void)state;
	fill(&s, 20000);
	rows_init(&r, &ops, &s);
	rows_refresh(&r);
	rows_sort(&r, 0, false);
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		rows_filter(&r, typed[i]);
		/* typing on before the last filter is done must not lose rows */
		if (i % 3 == 1) {
			rows_work(&r, 0);
			continue;
		}
		while (rows_work(&r, 0))
			;
		check_order(&r, &s);
		assert_int_equal(r.n, expected(&s, typed[i]));
	}
	s.n = 5;
	rows_refresh(&r);
	while (rows_work(&r, 0))
		;
	assert_true(r.n <= 5);
	assert_int_equal(rows_position(&r, 99, 0), ROWS_NONE);
	rows_release(&r);
	free(s.values);
}

static void ranks(void **state)
{
	struct source s;
	struct rows r;
	struct fuzzy f;
	int last = INT32_MAX;

	(void)state;
	fill(&s, 3000);
	rows_init(&r, &ops, &s);
	r.ranked = true;
	rows_refresh(&r);
	rows_filter(&r, "12");
	while (rows_work(&r, 0))
		;
	fuzzy_set(&f, "12");
	assert_int_equal(r.n, expected(&s, "12"));
	for (size_t i = 0; i < r.n; i++) {
		size_t len;
		const char *t = text_of(&s, r.index[i], &len);
		int now = fuzzy_score(&f, t, len);

		assert_true(now <= last);
		last = now;
	}
	rows_release(&r);
	free(s.values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_matches),
		cmocka_unit_test(what_comes_first),
		cmocka_unit_test(positions),
		cmocka_unit_test(narrowing_is_sound),
		cmocka_unit_test(hostile_patterns_end),
		cmocka_unit_test(sorts_in_slices),
		cmocka_unit_test(filters_in_slices),
		cmocka_unit_test(ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
