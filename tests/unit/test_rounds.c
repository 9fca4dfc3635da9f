/*
 * Damages and changes made and undone, as commands: what is planned, what is done, and that undo leaves GOMODCACHE and the project as before.
 */
#include "cmdfix.h"
#include "repairfix.h"
#include "testdb.h"

#define VCS "mod/cache/vcs/6f35b20bfabf97e0d1157182fd9715a405cd2aaf5d4309ec609a7a6823c61cb4"
#define UPPER "mod/cache/download/example.com/!upper/@v/"

#define ID "ID" /* of each change that was told */

struct step {
	const char *words[6];
	int status;
	const char *says;
};

struct round {
	const char *name;
	/* below TOP, in turn with their texts; "-NAME" is removed, "+NAME" a directory, "@NAME" made old, "!NAME" cannot be read by its owner */
	const char *files[12];
	struct step steps[7];
	bool stays; /* what is done is not undone */
};

static const struct round rounds[] = {
	{ "a go.mod, an info and a hash",
	  { UPPER "v1.0.0.mod", "module x\n", UPPER "v1.0.0.info", "{", UPPER "v1.0.0.ziphash",
	    "h1:" },
	  { { { "repair" }, 1, "nothing has been changed; run with --yes to apply" },
	    { { "repair", "--yes" }, 0, "" },
	    { { "cache", "--verify" }, 0, "2 ok" },
	    { { "undo", "--dry-run" }, 0, "" },
	    { { "undo" }, 0, "repair" },
	    { { "undo", ID }, 0, "" },
	    { { "undo", ID }, 2, "it has already been undone" } } },
	{ "a zip that is gone, a tree that is edited",
	  { "-" UPPER "v1.0.0.zip", "", "mod/example.com/!upper@v1.0.0/b.go", "package b\n" },
	  { { { "repair", "example.com/Upper@v1.0.0", "--yes", "--json" }, 0, "\"Outcome\"" },
	    { { "cache", "--verify" }, 0, "2 ok" },
	    { { "undo", ID, "--json" }, 0, "" } } },
	{ "names that go does not make",
	  { UPPER "v1.0.0.zip12.tmp", "x", "@" UPPER "v1.0.0.zip12.tmp", "", UPPER "V1.0.0.info",
	    "{}", UPPER "v1.0.0.partial", "" },
	  { { { "repair", "--all", "--yes" }, 0, "" },
	    { { "cache", "--all", "--verify" }, 0, "2 ok" },
	    { { "undo", ID }, 0, "" } } },
	{ "a lock that is a directory, a list that is wrong",
	  { "-" UPPER "v1.0.0.lock", "", "+" UPPER "v1.0.0.lock", "", UPPER "list", "v9.9.9\n" },
	  { { { "repair", "--all", "--yes" }, 0, "" },
	    { { "cache", "--all", "--verify" }, 0, "2 ok" },
	    { { "undo", ID }, 0, "" } } },
	{ "files that their owner cannot read",
	  { "!" UPPER "v1.0.0.mod", "", "!" UPPER "v1.0.0.zip", "" },
	  { { { "repair", "--yes" }, 0, "v1.0.0.mod" },
	    { { "cache", "--verify" }, 0, "2 ok" },
	    { { "undo", ID }, 0, "" } } },
	{ "trees of nobody",
	  { "-" UPPER "v1.1.0.zip", "", "-" UPPER "v1.1.0.ziphash", "", "-" UPPER "v1.1.0.mod", "",
	    "-" UPPER "v1.1.0.info", "", "-" UPPER "v1.1.0.lock", "" },
	  { { { "repair", "--all", "--yes" }, 0, "" },
	    { { "cache", "--all" }, 0, "1 orphan" },
	    { { "undo", ID }, 0, "" } } },
	{ "a repository without its head",
	  { VCS ".info", "git3:https://h.test/a\n", VCS "/refs/x", "ref: y\n", VCS "/objects/x",
	    "" },
	  { { { "cache", "--all" }, 1, "HEAD: it is missing" },
	    { { "repair", "--all" }, 1, "quarantine" },
	    { { "repair", "--all", "--yes" }, 0, "" },
	    { { "cache", "--all" }, 0, "unverified" },
	    { { "undo", ID }, 0, "" } } },
	{ "a lock in a repository",
	  { VCS ".info", "git3:https://h.test/a\n", VCS "/HEAD", "ref: refs/heads/x\n",
	    VCS "/refs/x", "ref: y\n", VCS "/objects/x", "x", VCS "/HEAD.lock", "x",
	    "@" VCS "/HEAD.lock", "" },
	  { { { "cache", "--all" }, 1, "a lock left behind by git" },
	    { { "repair", "--all", "--yes" }, 0, "" } },
	  true },
	{ "a repository without a name",
	  { VCS "/HEAD", "ref: refs/heads/x\n", VCS "/refs/x", "x", VCS "/objects/x", "x" },
	  { { { "cache", "--all" }, 1, "does not trust the repository" },
	    { { "repair", "--all", "--yes" }, 0, "" } },
	  true },
	{ "a database with a short tile",
	  { "mod/cache/download/sumdb/s.test/tile/8/0/000", "short",
	    "mod/cache/download/sumdb/s.test/lookup/a@v1.0.0", "x",
	    "mod/cache/download/sumdb/s.test/odd", "x" },
	  { { { "cache", "--all" }, 1, "its length does not match its name" },
	    { { "repair", "--all", "--yes" }, 0, "" },
	    { { "cache", "--all" }, 0, "unverified" },
	    { { "undo", ID }, 0, "" } } },
	{ "what no project uses",
	  { NULL },
	  { { { "prune" }, 0, "only this project determines" },
	    { { "prune", "--yes" }, 0, "" },
	    { { "cache", "--all" }, 0, "v1.1.0" },
	    { { "undo" }, 0, "prune" },
	    { { "undo", ID }, 0, "" } } },
	{ "what no project uses, at once",
	  { NULL },
	  { { { "prune", ".", "--yes", "--delete", "--json" }, 0, "\"results\"" },
	    { { "undo" }, 0, "no change is kept" } },
	  true },
	{ "beside a journal that cannot be read",
	  { "own/modscope/quarantine/20200101-000000-000/journal", "x\n" },
	  { { { "prune", "--yes" }, 0, "" },
	    { { "undo", ID },
	      0,
	      "20200101-000000-000/journal: it is not a journal: whether that changed the same files later is not known" } } },
	{ "a change that is forgotten",
	  { NULL },
	  { { { "prune", "--yes" }, 0, "" },
	    { { "undo", ID, "--forget" }, 0, "" },
	    { { "undo" }, 0, "no change is kept" },
	    { { "undo", ID }, 3, "no such change" } },
	  true },
	{ "tidy, in the project",
	  { "main/main.go", "package main\n\nimport _ \"example.com/other\"\n\nfunc main() {}\n" },
	  { { { "apply", "tidy" }, 1, "nothing has been changed" },
	    { { "apply", "tidy", "--yes" }, 0, "" },
	    { { "tidy" }, 0, "" },
	    { { "undo" }, 0, "go mod tidy" },
	    { { "undo", ID }, 0, "" } } },
	{ "an upgrade, in the project",
	  { NULL },
	  { { { "apply", "whatif", "example.com/Upper@v1.1.0", "--yes" }, 0, "" },
	    { { "list" }, 3, "missing go.sum entry for go.mod file" },
	    { { "undo", ID }, 0, "" },
	    { { "list" }, 0, "example.com/Upper v1.0.0" } } },
	{ "fetched for later",
	  { "-" UPPER "v1.0.0.zip", "", "-mod/example.com/!upper@v1.0.0", "" },
	  { { { "prefetch" }, 1, "" },
	    { { "prefetch", "--yes" }, 0, "" },
	    { { "cache", "--verify" }, 0, "2 ok" },
	    { { "undo", ID }, 0, "" } } },
	{ "nothing to do",
	  { NULL },
	  { { { "repair", "--yes" }, 0, "" },
	    { { "undo", "2" }, 3, "" },
	    { { "apply", "tidy", "--yes" }, 0, "" } },
	  true },
};

static void make(struct fix *f, const char *name, const char *text)
{
	const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	bool plain = !strchr("-+@!", *name);
	const char *path = arena_fmt(&f->a, "%s/%s", f->top, plain ? name : name + 1),
		   *dir = path_dir(&f->a, path);
	struct stat st;

	assert_true(fs_mkdir_all(dir, NULL));
	assert_int_equal(stat(dir, &st), 0);
	chmod(dir, 0755);
	switch (*name) {
	case '-': assert_true(fs_remove_all(path, NULL)); break;
	case '+': assert_int_equal(mkdir(path, 0755), 0); break;
	case '@': assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0); break;
	case '!': assert_int_equal(chmod(path, 0), 0); break;
	default: fix_write_str(path, text);
	}
	chmod(dir, st.st_mode);
}

static char ids[8][20];
static size_t n_ids;

/* 20261130-040535-835; each item of a repair is a change of its own. */
static void remember_ids(const char *text)
{
	for (const char *s = strstr(text, "20"); s; s = strstr(s + 1, "20")) {
		bool known = false;

		if (strspn(s, "0123456789") != 8 || s[8] != '-' ||
		    strspn(s + 9, "0123456789") != 6 || s[15] != '-' ||
		    strspn(s + 16, "0123456789") != 3)
			continue;
		for (size_t i = 0; i < n_ids; i++)
			known |= strncmp(ids[i], s, 19) == 0;
		if (!known && n_ids < ARRAY_LEN(ids))
			snprintf(ids[n_ids++], sizeof(ids[0]), "%.19s", s);
	}
}

static bool run_step(struct fix *f, const struct round *r, const struct step *s, const char *id)
{
	const char *line = s->words[0], *words[6] = { line };
	struct cmd_out o;
	bool ok;

	for (size_t i = 1; s->words[i]; i++) {
		words[i] = str_eq(s->words[i], ID) ? id : s->words[i];
		line = arena_fmt(&f->a, "%s %s", line, words[i]);
	}
	cmd_run(&o, words);
	buf_add(&o.out, o.err.data, o.err.len);
	remember_ids(o.out.data ? o.out.data : "");
	ok = o.status == s->status && strstr(o.out.data, s->says);
	if (!ok)
		print_error("%s: %s: status %d, wanted %d and \"%s\":\n%s\n", r->name, line,
			    o.status, s->status, s->says, o.out.data);
	cmd_release(&o);
	return ok;
}

/* With ID once for each change, the newest first. */
static bool take(struct fix *f, const struct round *r, const struct step *s)
{
	bool ok = true;

	if (!s->words[1] || !str_eq(s->words[1], ID))
		return run_step(f, r, s, "");
	for (size_t i = n_ids; i-- > 0;)
		ok &= run_step(f, r, s, ids[i]);
	return ok && n_ids;
}

/* Lock files are made as go makes them, and stay. */
static bool is_lock(const char *name)
{
	return str_has_suffix(name, ".lock") || str_eq(name, "cache/lock");
}

static bool is_same(struct fix *f, const struct round *r, const char *dir, const struct map *before)
{
	struct map now = fix_snapshot(f, dir);
	bool same = true;

	for (size_t i = 0; i < before->n; i++) {
		const char *name = before->entries[i].key, *have = map_get(&now, name);

		if (!is_lock(name) && (!have || !str_eq(have, before->entries[i].value))) {
			print_error("%s: %s is %s, was %s\n", r->name, name, have ? have : "gone",
				    (char *)before->entries[i].value);
			same = false;
		}
	}
	for (size_t i = 0; i < now.n; i++) {
		const char *name = now.entries[i].key;

		if (!is_lock(name) && !map_has(before, name) && !str_has_suffix(name, "/")) {
			print_error("%s: %s is new\n", r->name, name);
			same = false;
		}
	}
	map_release(&now);
	return same;
}

static bool try_round(struct fix *f, const struct round *r)
{
	const char *project = arena_fmt(&f->a, "%s/main", f->top);
	struct map cache, files;
	bool ok = true;

	n_ids = 0;
	for (size_t i = 0; i + 1 < ARRAY_LEN(r->files) && r->files[i]; i += 2)
		make(f, r->files[i], r->files[i + 1]);
	cache = fix_snapshot(f, f->root);
	files = fix_snapshot(f, project);
	for (size_t i = 0; i < ARRAY_LEN(r->steps) && r->steps[i].words[0]; i++)
		ok &= take(f, r, &r->steps[i]);
	ok = ok && (r->stays || (is_same(f, r, f->root, &cache) && is_same(f, r, project, &files)));
	map_release(&cache);
	map_release(&files);
	fix_reset(f);
	cmd_write_project(f);
	return ok;
}

static void test_rounds(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(rounds); i++)
		wrong += !try_round(*state, &rounds[i]);
	assert_int_equal(wrong, 0);
}

/* What go download writes of what a proxy answers: of the origin what matters. */
static void test_infos(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-29T12:00:00Z\",\"Extra\":1,\"Origin\":{\"URL\":\"https://h.test/a?x=<1>&y\",\"VCS\":\"git\",\"Ref\":\"refs/tags/v1.0.0\",\"Hash\":\"abc\",\"Subdir\":\"\",\"TagPrefix\":\"p\",\"TagSum\":\"t1:x\",\"RepoSum\":\"r1:y\",\"Other\":\"z\"}}",
		  "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-29T12:00:00Z\",\"Origin\":{\"VCS\":\"git\",\"URL\":\"https://h.test/a?x=\\u003c1\\u003e\\u0026y\",\"Hash\":\"abc\",\"Ref\":\"refs/tags/v1.0.0\"}}" },
		{ "{\"Version\":\"v1.0.0\",\"Origin\":{}}",
		  "{\"Version\":\"v1.0.0\",\"Time\":\"0001-01-01T00:00:00Z\",\"Origin\":{}}" },
		{ "{\"Version\":\"v9.0.0\"}", NULL },
		{ "{", NULL },
	};
	struct fix *f = *state;
	const char *here = cachepath_file(&f->a, f->root, TARGET, "info"),
		   *there = cachepath_file(&f->a, f->up, TARGET, "info");
	char *was, *now;
	size_t len;

	assert_true(fs_read(&f->a, there, 1000, &was, &len, NULL));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *want = cases[i][1] ? cases[i][1] : "{",
			   *says = cases[i][1] ? "" : "v1.0.0";
		struct cmd_out o;

		assert_true(fs_remove_all(f->own, NULL));
		fix_write_str(here, "{");
		fix_write_str(there, cases[i][0]);
		cmd_run(&o, (const char *const[]){ "repair", "--yes", NULL });
		buf_add(&o.out, o.err.data, o.err.len);
		assert_int_equal(o.status, cases[i][1] ? 0 : 3);
		assert_non_null(strstr(o.out.data, says));
		if (i == 2)
			assert_non_null(strstr(
				o.out.data,
				"proxy returned info for version v9.0.0 instead of requested version"));
		cmd_release(&o);
		assert_true(fs_read(&f->a, here, 1000, &now, &len, NULL));
		assert_string_equal(now, want);
	}
	fix_write_str(there, was);
	fix_write_str(here, was);
}

/* Bytes of files below dir, added to *sum. */
static void add_bytes(struct fix *f, const char *dir, unsigned long long *sum)
{
	struct map files = fix_snapshot(f, dir);

	for (size_t i = 0; i < files.n; i++)
		if (!str_has_suffix(files.entries[i].key, "/"))
			*sum += strtoull(strchr(files.entries[i].value, ' '), NULL, 10);
	map_release(&files);
}

/* The files of the unused version's extracted tree count as its zip and hash do. */
static void test_prune_counts_trees(void **state)
{
	const char *line = NULL;
	struct fix *f = *state;
	const char *tree = cachepath_tree(&f->a, f->root, NEIGHBOUR),
		   *zip = cachepath_file(&f->a, f->root, NEIGHBOUR, "zip"),
		   *hash = cachepath_file(&f->a, f->root, NEIGHBOUR, "ziphash");
	unsigned long long sum = 0;
	struct stat st[2];
	struct cmd_out o;

	add_bytes(f, tree, &sum);
	assert_int_equal(stat(zip, &st[0]) + stat(hash, &st[1]), 0);
	sum += (unsigned long long)(st[0].st_size + st[1].st_size);
	assert_in_range(sum, 0, 1023); /* shown to the byte */
	cmd_run(&o, (const char *const[]){ "prune", NULL });
	line = arena_fmt(&f->a, "3 files and trees, %llu B; nothing has been changed", sum);
	if (o.status != 0 || !strstr(o.out.data, line))
		fail_msg("status %d, wanted \"%s\":\n%s", o.status, line, o.out.data);
	cmd_release(&o);
}

static void test_prune_names_directory(void **state)
{
	struct cmd_out o;

	(void)state;
	cmd_run(&o, (const char *const[]){ "prune", "/nonexistent", NULL });
	assert_int_equal(o.status, 3);
	assert_string_equal(
		o.err.data,
		"modscope: /nonexistent: go.mod file not found in current directory or any parent directory; "
		"see 'go help modules'\n");
	cmd_release(&o);
}

/* A database that knows the modules; of the one named it has another hash. */
static void make_database(struct fix *f, struct testdb *db, const char *wrong)
{
	const struct modver mods[] = { TARGET, NEIGHBOUR, OTHER };
	const char *dir = arena_fmt(&f->a, "%s/db", f->top);

	testdb_init(db, "db.test");
	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		const char *key = fix_key(&f->a, mods[i]), *mod = map_get(&f->mod_sums, key),
			   *zip = str_eq(key, wrong) ? mod : map_get(&f->zip_sums, key);

		testdb_add(db,
			   (arena_fmt(&f->a, "%s %s %s\n%s %s/go.mod %s\n", mods[i].path,
				      mods[i].version, zip, mods[i].path, mods[i].version, mod)));
	}
	testdb_write_tiles(db, dir, (int64_t)ARRAY_LEN(mods));
	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		const char *name = arena_fmt(&f->a, "%s@%s",
					     mods[i].path[12] == 'U' ? "example.com/!upper"
								     : mods[i].path,
					     mods[i].version);

		testdb_write_lookup(db, dir, name, (int)i, (int64_t)ARRAY_LEN(mods));
	}
	setenv("GOSUMDB", arena_fmt(&f->a, "%s file://%s", db->verifier, dir), 1);
}

static void says(const char *const *words, int status, const char *text)
{
	struct cmd_out o;

	cmd_run(&o, words);
	buf_add(&o.out, o.err.data, o.err.len);
	if (o.status != status || !strstr(o.out.data, text))
		fail_msg("%s: status %d, wanted %d and \"%s\":\n%s", words[0], o.status, status,
			 text, o.out.data);
	cmd_release(&o);
}

/* What go.sum does not know, the database does; what it has proven is known without it. */
static void test_database(void **state)
{
	const char *const look[] = { "cache", "--all", "--full", NULL }, *const mend[] = {
		"repair", "--all", "--yes", NULL
	};
	struct fix *f = *state;
	struct testdb db;

	fix_reset(f);
	make_database(f, &db, "");
	says(look, 0, "3 ok");
	assert_true(fs_remove_all(arena_fmt(&f->a, "%s/db", f->top), NULL));
	says(look, 0, "3 ok");
	testdb_release(&db);
	fix_reset(f);
	make_database(f, &db, "example.com/Upper@v1.1.0");
	says(look, 1, "(db.test)\n  found    h1:");
	says(mend, 3, "This download does NOT match the one reported by the checksum server.");
	testdb_release(&db);
	setenv("GOSUMDB", "off", 1);
	fix_reset(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rounds),
					    cmocka_unit_test(test_infos),
					    cmocka_unit_test(test_database),
					    cmocka_unit_test(test_prune_counts_trees),
					    cmocka_unit_test(test_prune_names_directory) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
