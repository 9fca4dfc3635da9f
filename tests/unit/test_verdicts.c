/*
 * One verdict about an entry, whoever gives it. After a command that hashed, in each other command, form and part for the screens, the states and
 * the problems are those that it found. The clock is ten seconds ahead: what changed in the last two seconds is not remembered.
 */
#include "cmdfix.h"

#include <jansson.h>

#include "parts/load.h"

/* In place of the C library's. */
time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += 10;
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

struct damage {
	const char *place; /* a suffix of the target's files, or "/NAME" in its tree; NULL: none */
	const char *data;  /* instead; NULL: another byte in the middle, which only hashing tells */
	enum cache_state state;
	const char *kind;
};

static const struct damage damages[] = {
	{ NULL, NULL, CACHE_OK, "" },
	{ "/a.go", "package b\n", CACHE_DAMAGED, "cache/tree-file-modified" },
	{ "zip", NULL, CACHE_DAMAGED, "cache/zip-broken" },
	{ "zip", "", CACHE_DAMAGED, "cache/zip-broken" },
	{ "ziphash", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", CACHE_DAMAGED,
	  "cache/ziphash-wrong" },
	{ "info", "{", CACHE_DAMAGED, "cache/info-garbage" },
	{ "mod", "module example.com/Upper\n\ngo 1.21\n", CACHE_DAMAGED, "cache/mod-modified" },
};

/* "PATH@VERSION STATE KIND...\n" of each entry, sorted; without states, the kinds alone. */
static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct verdict {
	const char **items;
	size_t n, cap;
};

static const char *verdict_text(struct fix *f, struct verdict *v)
{
	const char *text = "";

	if (v->n)
		qsort(v->items, v->n, sizeof(*v->items), by_text);
	for (size_t i = 0; i < v->n; i++)
		text = arena_fmt(&f->a, "%s%s\n", text, v->items[i]);
	vec_release(v);
	return text;
}

static json_t *answer(const char *const *words)
{
	struct cmd_out o;
	json_error_t why;
	json_t *doc;

	cmd_run(&o, words);
	doc = json_loads(o.out.data, 0, &why);
	if (!doc)
		fail_msg("%s: %s %s", words[0], why.text, o.err.data);
	cmd_release(&o);
	return doc;
}

static const char *member(const json_t *row, const char *name)
{
	const char *s = json_string_value(json_object_get(row, name));

	return s ? s : "";
}

static void add_kinds(struct fix *f, struct verdict *v, const json_t *row, const char *head)
{
	const json_t *files = json_object_get(row, "files"), *p;
	size_t i;

	json_array_foreach(files, i, p) if (!str_eq(member(p, "Severity"), "info"))
		vec_push(v,
			 arena_fmt(&f->a, "%s %s %s", head, member(p, "Kind"), member(p, "File")));
}

/* What `cache` with these words says: states of entries that the project uses, and problems. */
static const char *by_cache(struct fix *f, const char *const *words, bool states)
{
	json_t *doc = answer(words), *row;
	struct verdict v = { 0 };
	size_t i;

	json_array_foreach(json_object_get(doc, "entries"), i, row)
	{
		const char *head = arena_fmt(&f->a, "%s@%s", member(row, "Path"),
					     member(row, "Version"));

		if (!json_is_true(json_object_get(row, "Used")) &&
		    str_eq(member(row, "Version"), "v1.1.0"))
			continue;
		if (states)
			vec_push(&v, arena_fmt(&f->a, "%s %s", head, member(row, "State")));
		add_kinds(f, &v, row, head);
	}
	json_decref(doc);
	return verdict_text(f, &v);
}

static const char *by_check(struct fix *f)
{
	json_t *doc = answer((const char *const[]){ "check", "--json", NULL }), *row;
	struct verdict v = { 0 };
	size_t i;

	json_array_foreach(json_object_get(doc, "findings"), i,
			   row) if (str_has_prefix(member(row, "Kind"), "cache/") &&
				    !str_eq(member(row, "Severity"), "info"))
		vec_push(&v, arena_fmt(&f->a, "%s@%s %s %s", member(row, "Path"),
				       member(row, "Version"), member(row, "Kind"),
				       member(row, "File")));
	json_decref(doc);
	return verdict_text(f, &v);
}

/* As the screens load it. */
static const char *by_part(struct fix *f, const struct request *request)
{
	struct load *l = load_new(&(struct load_options){ .dir = "." });
	struct snapshot *s = snapshot_new();
	struct verdict v = { 0 };
	struct err e = ERR_INIT;
	const struct cache_report *r;

	if (!load_now(l, &s, request, &e))
		fail_msg("%s", e.text);
	r = ((const struct load_cache *)snapshot_part(s, request)->data)->report;
	for (size_t i = 0; i < r->n; i++) {
		const struct cache_entry *entry = &r->entries[i];
		const char *head = arena_fmt(&f->a, "%s@%s", entry->mod.path, entry->mod.version);

		vec_push(&v, arena_fmt(&f->a, "%s %s", head, cache_state_name(entry->state)));
		for (size_t j = 0; j < entry->n_problems; j++)
			if (entry->problems[j].severity > FINDING_INFO)
				vec_push(&v, arena_fmt(&f->a, "%s %s %s", head,
						       cache_kind_name(entry->problems[j].kind),
						       entry->problems[j].file));
	}
	snapshot_unref(s);
	load_free(l);
	return verdict_text(f, &v);
}

static void apply_damage(struct fix *f, const struct damage *d)
{
	const char *tree = cachepath_tree(&f->a, f->root, TARGET), *file;
	size_t len;
	char *data;

	if (!d->place)
		return;
	file = *d->place == '/' ? arena_fmt(&f->a, "%s%s", tree, d->place)
				: cachepath_file(&f->a, f->root, TARGET, d->place);
	assert_true(fs_read(&f->a, file, (size_t)1 << 20, &data, &len, NULL));
	data[len / 2] ^= 1;
	chmod(tree, 0755);
	chmod(file, 0644);
	fix_write(file, d->data ? d->data : data, d->data ? strlen(d->data) : len);
	chmod(tree, 0555);
}

/* All that look, after `first` has hashed. */
static void agree(struct fix *f, const struct damage *d, const char *first)
{
	static const char *const looks[][4] = {
		{ "cache", "--json" },
		{ "cache", "--json", "--quick" },
		{ "cache", "--json", "--all" },
		{ "cache", "--json", "--verify" },
	};
	const char *states, *problems;

	fix_reset(f);
	assert_true(fs_remove_all(f->own, NULL));
	apply_damage(f, d);
	states = by_cache(f, (const char *const[]){ "cache", "--json", first, NULL }, true);
	problems = by_cache(f, (const char *const[]){ "cache", "--json", NULL }, false);
	if (!strstr(states,
		    arena_fmt(&f->a, "example.com/Upper@v1.0.0 %s\n", cache_state_name(d->state))))
		fail_msg("%s %s: %s", d->place, first, states);
	assert_non_null(strstr(problems, d->kind));
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		assert_string_equal(by_cache(f, looks[i], true), states);
	assert_string_equal(by_cache(f,
				     (const char *const[]){ "cache", "--json", "--damaged", NULL },
				     false),
			    problems);
	assert_string_equal(by_check(f), problems);
	assert_string_equal(by_part(f, REQUEST(PART_CACHE)), states);
	assert_string_equal(by_part(f, REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY })),
			    states);
}

static void test_one_verdict(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		agree(*state, &damages[i], "--verify");
		agree(*state, &damages[i], "--full");
	}
}

/* The text says what is not known, and what settles it. */
static void test_words(void **state)
{
	struct fix *f = *state;
	struct cmd_out o;

	fix_reset(f);
	assert_true(fs_remove_all(f->own, NULL));
	cmd_run(&o, (const char *const[]){ "cache", NULL });
	assert_non_null(strstr(o.out.data, "2 not verified: --verify hashes them\n"));
	cmd_release(&o);
	assert_true(fs_remove_all(cachepath_tree(&f->a, f->root, OTHER), NULL));
	assert_int_equal(unlink(cachepath_file(&f->a, f->root, OTHER, "zip")), 0);
	assert_int_equal(unlink(cachepath_file(&f->a, f->root, OTHER, "ziphash")), 0);
	assert_int_equal(unlink("go.sum"), 0);
	cmd_run(&o, (const char *const[]){ "cache", "--verify", NULL });
	assert_null(strstr(o.out.data, "--verify hashes"));
	assert_non_null(strstr(o.out.data, " without a line in go.sum: --full asks"));
	cmd_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_verdict),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
