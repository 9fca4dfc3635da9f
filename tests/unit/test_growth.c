/*
 * What the parts of `check` take for a go.mod of many lines: how often they allocate, and how much at once. Linked with --wrap, so that
 * malloc and its like are counted; counts do not depend on how busy the machine is.
 */
#include "unit.h"

#include <malloc.h>
#include <stdatomic.h>

#include "parts/load.h"
#include "tmpdir.h"

/* Bytes that every project costs: settings, the activity log, the database of what is known. */
#define FIXED (4 << 20)
/* A list that has just doubled in one of two measurements. */
#define UNEVEN (1 << 20)

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static atomic_long live, peak, calls;

static void add(void *p, long sign)
{
	long now, most = atomic_load(&peak);

	if (!p)
		return;
	now = atomic_fetch_add(&live, sign * (long)malloc_usable_size(p)) +
	      sign * (long)malloc_usable_size(p);
	while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
		;
}

void *__wrap_malloc(size_t size)
{
	void *p = __real_malloc(size);

	atomic_fetch_add(&calls, 1);
	add(p, 1);
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = __real_calloc(n, size);

	atomic_fetch_add(&calls, 1);
	add(p, 1);
	return p;
}

void *__wrap_realloc(void *p, size_t size)
{
	void *grown;

	add(p, -1);
	grown = __real_realloc(p, size);
	atomic_fetch_add(&calls, 1);
	add(grown, 1);
	return grown;
}

void __wrap_free(void *p)
{
	add(p, -1);
	__real_free(p);
}

struct costs {
	long file, graph,
		rest; /* bytes: of go.mod, of the graph at its most, of all other parts at their most */
	long calls;
	size_t n_changes;
};

static long write_project(size_t lines)
{
	struct buf b = BUF_INIT;
	long n;

	buf_addstr(&b, "module x.test/m\n\ngo 1.21\n\nrequire (\n");
	for (size_t i = 0; i < lines; i++)
		buf_addf(&b, "\texample.com/organization/module-%06zu v1.0.0\n", i);
	buf_addstr(&b, ")\n");
	tmp_write_n("main/go.mod", b.data, b.len);
	n = (long)b.len;
	buf_release(&b);
	return n;
}

static bool is_settings(void *ctx, const struct part *p)
{
	(void)ctx;
	return p->request->part == PART_ENV;
}

static void drop(struct snapshot **s)
{
	struct snapshot *fewer = snapshot_filter(*s, is_settings, NULL);

	if (!fewer)
		return;
	snapshot_unref(*s);
	*s = fewer;
}

static const struct part *make(struct load *l, struct snapshot **s, const struct request *q)
{
	struct err e = ERR_INIT;

	if (!load_now(l, s, q, &e))
		fail_msg("%s", e.text);
	return snapshot_part(*s, q);
}

/* In the order of check. */
static struct costs cost_of(size_t lines)
{
	struct costs c = { .file = write_project(lines) };
	struct load *l = load_new(&(struct load_options){ .dir = tmp_path("main") });
	struct snapshot *s = snapshot_new();
	const struct load_tidy *tidy;
	const struct load_cache *cache;

	atomic_store(&calls, 0);
	atomic_store(&peak, atomic_load(&live));
	make(l, &s, REQUEST(PART_GRAPH));
	c.graph = atomic_load(&peak);
	make(l, &s, REQUEST(PART_REPLACES));
	make(l, &s, REQUEST(PART_POLICY));
	cache = make(l, &s,
		     REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY, .brief = true }))
			->data;
	assert_null(cache->report);
	drop(&s);
	make(l, &s, REQUEST(PART_OUTDATED, .outdated = { .glance = true, .facts = true }));
	drop(&s);
	tidy = make(l, &s, REQUEST(PART_TIDY))->data;
	c.n_changes = tidy->removed[0];
	c.rest = atomic_load(&peak);
	c.calls = atomic_load(&calls);
	snapshot_unref(s);
	load_free(l);
	return c;
}

static void test_check_is_linear(void **state)
{
	struct costs few, many;

	(void)state;
	few = cost_of(2000);
	many = cost_of(6000);
	/* every requirement is unused, and with them go an empty line and both of the block */
	assert_int_equal(few.n_changes, 2000 + 3);
	assert_int_equal(many.n_changes, 6000 + 3);
	/* maps and lists that double make the steps uneven */
	assert_in_range(many.calls, 1, 3 * few.calls + few.calls / 5);
	assert_in_range(few.rest, 1, few.graph + 3 * few.file + FIXED);
	assert_in_range(many.rest, 1, many.graph + 3 * many.file + FIXED);
	assert_in_range(many.rest - few.rest, 1,
			many.graph - few.graph + 3 * (many.file - few.file) + UNEVEN);
}

/* The brief answer has the findings of the whole one, also where a batch ends within the versions of a path. */
static void test_brief_is_whole(void **state)
{
	struct request whole = { .part = PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY } };
	struct request brief = { .part = PART_CACHE,
				 .cache = { .depth = CACHESCAN_VERIFY, .brief = true } };
	struct load *l;
	struct snapshot *s = snapshot_new();
	const struct findings *a, *b;

	(void)state;
	write_project(9000);
	for (size_t i = 0; i < 9000; i += 1000) {
		const char *at =
			arena_fmt(&tmp_arena,
				  "mod/cache/download/example.com/organization/module-%06zu/@v", i);

		tmp_mkdir(at);
		tmp_write(arena_fmt(&tmp_arena, "%s/v1.0.0.info", at), "{");
		tmp_write(arena_fmt(&tmp_arena, "%s/list", at), "\x01\n");
	}
	l = load_new(&(struct load_options){ .dir = tmp_path("main") });
	a = load_findings(make(l, &s, &whole));
	b = load_findings(make(l, &s, &brief));
	assert_int_equal(a->n, b->n);
	assert_in_range(a->n, 9, 100);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->items[i].kind, b->items[i].kind);
		assert_string_equal(a->items[i].subject, b->items[i].subject);
		assert_string_equal(a->items[i].cause, b->items[i].cause);
		assert_string_equal(a->items[i].file, b->items[i].file);
	}
	snapshot_unref(s);
	load_free(l);
}

static int setup(void **state)
{
	if (tmp_setup(state))
		return -1;
	tmp_mkdir("main");
	setenv("GOMODCACHE", tmp_path("mod"), 1);
	setenv("XDG_CACHE_HOME", tmp_path("own"), 1);
	setenv("GOENV", "off", 1);
	setenv("GOPROXY", "off", 1);
	setenv("GOSUMDB", "off", 1);
	setenv("GOTOOLCHAIN", "local", 1);
	setenv("GOWORK", "off", 1);
	setenv("GOFLAGS", "", 1);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_is_linear),
		cmocka_unit_test(test_brief_is_whole),
	};

	return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
