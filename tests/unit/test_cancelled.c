/*
 * Parts, made by jobs that are cancelled at each of their file operations in turn: a job then ends with "cancelled", or with the part, if
 * it was ready. Files are as before, and what is made afterwards is what was made before.
 */
#include "partfix.h"

#include "fault/shim.h"

/* At so many places of a part; less under sanitizers. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLACES 6
#else
#define PLACES 24
#endif

#define MODULE "example.com/Upper"

static size_t n_cancelled;

static void cancel(void *js)
{
	jobs_cancel_all(js);
}

static void try_place(struct fix *f, struct jobs *js, struct load *l, const struct snapshot *s,
		      const struct request *r, size_t i)
{
	struct job_mail *m;
	struct buf name = BUF_INIT;
	const char *at;

	shim_arm_call(f->top, i, cancel, js);
	m = part_run(js, l, s, r);
	at = shim_disarm();
	part_name(r, &name);
	if (m->kind == JOB_FAILED && m->err.code != ERR_CANCELLED)
		fail_msg("%s, cancelled at %s: %s", name.data, at, m->err.text);
	if (m->kind == JOB_FAILED)
		assert_true(str_has_suffix(m->err.text, "cancelled"));
	n_cancelled += m->kind == JOB_FAILED;
	buf_release(&name);
	job_mail_free(m);
}

static void try_request(struct fix *f, struct jobs *js, const struct request *r)
{
	struct load *l = load_new(&(struct load_options){ .dir = NULL });
	struct snapshot *s = snapshot_new();
	struct job_mail *m;
	size_t n;

	part_make_needed(js, l, &s, r->part);
	shim_record(f->top);
	m = part_run(js, l, s, r);
	n = shim_recorded();
	if (m->kind != JOB_DONE) {
		struct buf name = BUF_INIT;

		part_name(r, &name);
		fail_msg("%s: %s", name.data, m->err.text);
	}
	job_mail_free(m);
	for (size_t k = 0; k < PLACES && k < n; k++)
		try_place(f, js, l, s, r, n <= PLACES ? k : k * n / PLACES);
	m = part_run(js, l, s, r);
	assert_int_equal(m->kind, JOB_DONE);
	job_mail_free(m);
	snapshot_unref(s);
	load_free(l);
}

static void test_parts(void **state)
{
	static const struct modver mods[] = { { MODULE, "v1.0.0" }, { "example.com/other", "" } };
	struct fix *f = *state;
	const char *mirror = arena_fmt(&f->a, "%s/mirror", f->top),
		   *file = arena_fmt(&f->a, "%s/exported", f->top);
	const struct request *const requests[] = {
		REQUEST(PART_ENV),
		REQUEST(PART_GRAPH),
		REQUEST(PART_EXPLAIN, .module = MODULE),
		REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_FULL }),
		REQUEST(PART_CACHE, .cache = { .whole = true, .depth = CACHESCAN_FULL }),
		REQUEST(PART_TIDY, .tidy = { .fetch = true }),
		REQUEST(PART_IMPORTS),
		REQUEST(PART_VERSIONS, .versions = { MODULE, true }),
		REQUEST(PART_OUTDATED, .outdated = { .majors = true, .facts = true }),
		REQUEST(PART_HISTORY, .history = { .module = MODULE, .compare = true }),
		REQUEST(PART_TIMES),
		REQUEST(PART_OFFLINE, .offline = { 0 }),
		REQUEST(PART_MIRROR, .mirroring = { mirror, 0 }),
		REQUEST(PART_PROXY,
			.proxy = { .mods = mods, .n_mods = ARRAY_LEN(mods), .all = true }),
		REQUEST(PART_GIT),
		REQUEST(PART_REVISIONS),
		REQUEST(PART_RECORD, .record = { NULL }),
		REQUEST(PART_SINCE, .since = "v1.0.0"),
		REQUEST(PART_POLICY),
		REQUEST(PART_COMPARE, .compare = { .was = "v1.0.0", .is = "", .packages = true }),
		REQUEST(PART_COMPARE, .compare = { .was = "v1.0.0", .is = "HEAD", .base = true }),
		REQUEST(PART_MODCOMPARE, .modcompare = { .was = { MODULE, "v1.0.0" },
							 .is = { MODULE, "v1.1.0" },
							 .file = "",
							 .diff = true }),
		REQUEST(PART_REPLACES),
		REQUEST(PART_VENDOR),
		REQUEST(PART_RELEASE, .module = ""),
		REQUEST(PART_REPLACEMENT, .module = "example.com/other"),
		REQUEST(PART_EXPORT, .export = { .format = GRAPHFILE_DOT, .file = file }),
		REQUEST(PART_EXPORT, .export = { .record = true,
						 .record_format = REQUEST_RECORD_CYCLONEDX,
						 .file = file }),
		REQUEST(PART_APPLY, .apply = { .tidy = true }),
	};
	struct map cache = fix_snapshot(f, f->root), now;
	struct jobs *js = jobs_new(2);

	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		try_request(f, js, requests[i]);
	jobs_free(js);
	now = fix_snapshot(f, f->root);
	assert_int_equal(now.n, cache.n);
	for (size_t i = 0; i < cache.n; i++)
		assert_string_equal(map_get(&now, cache.entries[i].key), cache.entries[i].value);
	map_release(&now);
	map_release(&cache);
	if (shim_works())
		assert_true(n_cancelled > ARRAY_LEN(requests));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parts) };

	return cmocka_run_group_tests(tests, part_setup, cmd_teardown);
}
