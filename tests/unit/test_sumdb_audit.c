/* The cached files of a checksum database, as go leaves them and damaged one by one. If go is installed, it must say about each
 * damage what we say it says. */

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "zip/dirhash.h"
#include "cache/sumdb_audit.h"
#include "testdb.h"

#define N_OLD 65900
#define N_NEW 66000
#define N_FORK 66050
#define NAME "db.example/x"

static const int used[] = { 3, 300, 40000,
			    65950 }; /* cached records; the first two with the old tree */

struct fixture {
	struct arena a;
	char top[64];
	const char *server, *gopath, *dir, *latest;
	struct testdb db, fork;
	struct note_verifier key;
	bool go;
};

static char *record_of(struct fixture *f, int i, const char *what)
{
	const char *mod = arena_fmt(&f->a, "module example.com/m%d\n", i);
	char sum[64];

	dirhash_gomod(mod, strlen(mod), sum);
	return arena_fmt(&f->a,
			 "example.com/m%d v1.0.0 h1:%s%040d=\nexample.com/m%d v1.0.0/go.mod %s\n",
			 i, what, i, i, sum);
}

static struct fixture *fixture_of(void **state)
{
	return *state;
}

static const char *lookup_name(struct fixture *f, int i)
{
	return arena_fmt(&f->a, "example.com/m%d@v1.0.0", i);
}

static void edge(const struct testdb *db, const char *dir, int64_t n)
{
	for (int l = 0; n >> (8 * l) > 0; l++)
		if ((n >> (8 * l)) % 256)
			testdb_write_tile(db, dir,
					  (struct tlog_tile){ 8, l, n >> (8 * l) >> 8,
							      (int)((n >> (8 * l)) % 256) });
}

/* The tiles that go keeps after looking up these records in these trees. */
static void make_cache(struct fixture *f)
{
	char *head = testdb_head(&f->db, N_NEW);

	edge(&f->db, f->dir, N_OLD);
	edge(&f->db, f->dir, N_NEW);
	testdb_write_tile(&f->db, f->dir, (struct tlog_tile){ 8, 1, 0, 256 });
	for (size_t i = 0; i < ARRAY_LEN(used); i++) {
		if (used[i] >> 8 < N_OLD >> 8)
			testdb_write_tile(&f->db, f->dir,
					  (struct tlog_tile){ 8, 0, used[i] >> 8, 256 });
		testdb_write_lookup(&f->db, f->dir, lookup_name(f, used[i]), used[i],
				    i < 2 ? N_OLD : N_NEW);
	}
	testdb_put(path_dir(&f->a, f->latest), "latest", head, strlen(head));
	free(head);
}

/* Restores the original cache. */
static void fill_cache(struct fixture *f)
{
	assert_true(fs_remove_all(f->gopath, NULL));
	assert_int_equal(system(arena_fmt(&f->a, "cp -a %s/made %s", f->top, f->gopath)), 0);
}

static void fill_server(struct fixture *f)
{
	testdb_write_tiles(&f->db, f->server, N_NEW);
	for (size_t i = 0; i < ARRAY_LEN(used); i++) {
		const char *dir = arena_fmt(&f->a, "%s/proxy/example.com/m%d/@v", f->top, used[i]);
		const char *mod = arena_fmt(&f->a, "module example.com/m%d\n", used[i]);

		testdb_write_lookup(&f->db, f->server, lookup_name(f, used[i]), used[i], N_NEW);
		testdb_put(dir, "v1.0.0.mod", mod, strlen(mod));
		testdb_put(dir, "v1.0.0.info", "{\"Version\":\"v1.0.0\"}", 20);
		testdb_put(dir, "list", "v1.0.0\n", 7);
	}
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->top, sizeof(f->top), "%s/modscope-audit-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(f->top))
		return -1;
	f->server = arena_fmt(&f->a, "%s/server", f->top);
	f->gopath = arena_fmt(&f->a, "%s/gopath", f->top);
	f->dir = arena_fmt(&f->a, "%s/pkg/mod/cache/download/sumdb/" NAME, f->gopath);
	f->latest = arena_fmt(&f->a, "%s/pkg/sumdb/" NAME "/latest", f->gopath);
	testdb_init(&f->db, NAME);
	f->fork = f->db;
	for (int i = 0; i < N_FORK; i++) {
		testdb_add(&f->db, record_of(f, i, ""));
		testdb_add(&f->fork, record_of(f, i, i == 10 ? "+" : ""));
	}
	assert_true(note_verifier_parse(&f->key, f->db.verifier, NULL));
	fill_server(f);
	make_cache(f);
	assert_int_equal(rename(f->gopath, arena_fmt(&f->a, "%s/made", f->top)), 0);
	f->go = system("go version >/dev/null 2>&1") == 0;
	if (!f->go)
		print_message(
			"skipped: go is not installed, so that nothing is compared with it\n");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fs_remove_all(f->top, NULL);
	testdb_release(&f->db);
	for (int64_t i = 0; i < f->fork.n; i++)
		free(f->fork.records[i]);
	arena_release(&f->a);
	free(f);
	return 0;
}

static struct sumdb_audit audit_with(struct fixture *f, const struct note_verifier *key)
{
	struct sumdb_audit out;

	sumdb_audit_run(&out, &f->a,
			&(struct sumdb_audit_options){
				.dir = f->dir, .latest = f->latest, .key = key, .prove = true });
	return out;
}

static struct sumdb_audit audit(struct fixture *f)
{
	return audit_with(f, &f->key);
}

static void dump(const struct sumdb_audit *s)
{
	static const char *const states[] = { "unproven", "proven", "wrong" };

	for (size_t i = 0; i < s->n; i++)
		print_message("%-8s %s %s | %s\n", states[s->files[i].state], s->files[i].file,
			      s->files[i].problem ? s->files[i].problem : "",
			      s->files[i].go_says ? s->files[i].go_says : "");
}

static const struct sumdb_audit_file *find(const struct sumdb_audit *s, const char *file)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->files[i].file, file))
			return &s->files[i];
	return NULL;
}

static void assert_states(const struct sumdb_audit *s, size_t unproven, size_t proven, size_t wrong)
{
	if (s->states[AUDIT_UNPROVEN] != unproven || s->states[AUDIT_PROVEN] != proven ||
	    s->states[AUDIT_WRONG] != wrong)
		dump(s);
	assert_int_equal(s->states[AUDIT_WRONG], wrong);
	assert_int_equal(s->states[AUDIT_UNPROVEN], unproven);
	assert_int_equal(s->states[AUDIT_PROVEN], proven);
}

/* Returns what go prints when it needs the records; "" if it succeeds. */
static const char *ask_go(struct fixture *f)
{
	struct buf mod = BUF_INIT, out = BUF_INIT;
	const char *p = arena_fmt(&f->a, "%s/p", f->top), *text;
	char *command;

	buf_addstr(&mod, "module p\n\ngo 1.26\n\nrequire (\n");
	for (size_t i = 0; i < ARRAY_LEN(used); i++)
		buf_addf(&mod, "\texample.com/m%d v1.0.0 // indirect\n", used[i]);
	buf_addstr(&mod, ")\n");
	testdb_put(p, "go.mod", mod.data, mod.len);
	command = arena_fmt(
		&f->a,
		"cd %s && rm -rf %s/pkg/mod/cache/download/example.com && env -i PATH=\"$PATH\" HOME=%s GOPATH=%s "
		"GOENV=off GOTOOLCHAIN=local GOFLAGS= GOPROXY=file://%s/proxy 'GOSUMDB=%s file://%s' go mod graph "
		">/dev/null 2>%s/said",
		p, f->gopath, f->top, f->gopath, f->top, f->db.verifier, f->server, f->top);
	if (system(command) == 0)
		text = "";
	else if (fs_read_buf(&out, arena_fmt(&f->a, "%s/said", f->top), 1 << 20, NULL))
		text = arena_strdup(&f->a, out.data);
	else
		text = "nothing";
	buf_release(&mod);
	buf_release(&out);
	return text;
}

/* Asserts that go says so, or nothing if we say that it does not read the file. */
static void assert_go(struct fixture *f, const char *what, const char *go_says)
{
	const char *said, *want = str_has_prefix(go_says, "SECURITY ERROR")
					  ? "go.sum database server misbehavior detected!"
					  : go_says;

	if (!f->go)
		return;
	said = ask_go(f);
	if (str_has_prefix(go_says, "does not read it") ? !!*said : !strstr(said, want))
		fail_msg("%s: go says \"%s\", we say \"%s\"", what, said, go_says);
}

static void test_sound(void **state)
{
	struct fixture *f = fixture_of(state);
	struct sumdb_audit s;

	fill_cache(f);
	s = audit(f);
	assert_states(&s, 0, s.n, 0);
	assert_string_equal(s.unproven, "");
	assert_go(f, "sound", "does not read it");
}

/* A cache that go itself has made. */
static void test_made_by_go(void **state)
{
	struct fixture *f = fixture_of(state);
	struct sumdb_audit s;

	if (!f->go)
		skip();
	fs_remove_all(f->gopath, NULL);
	assert_string_equal(ask_go(f), "");
	s = audit(f);
	assert_true(s.n > 8);
	assert_states(&s, 0, s.n, 0);
}

static void flip(const char *file, off_t at)
{
	FILE *fp = fopen(file, "r+b");
	int c;

	assert_non_null(fp);
	fseek(fp, at, SEEK_SET);
	c = fgetc(fp);
	fseek(fp, at, SEEK_SET);
	fputc(c ^ 1, fp);
	fclose(fp);
}

enum { FLIP_FIRST, FLIP_MIDDLE, FLIP_LAST, CUT, LENGTHEN, DAMAGES };

static void damage(const char *file, int kind)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	switch (kind) {
	case FLIP_FIRST: flip(file, 0); break;
	case FLIP_MIDDLE: flip(file, st.st_size / 2); break;
	case FLIP_LAST: flip(file, st.st_size - 1); break;
	case CUT: assert_int_equal(truncate(file, st.st_size - 32), 0); break;
	default: assert_int_equal(truncate(file, st.st_size + 32), 0); break;
	}
}

/* Every cached file, damaged in every way, is found, and no other file is accused unless only the whole edge of a tree is known
 * to be wrong. */
static void test_each_file(void **state)
{
	struct fixture *f = fixture_of(state);
	struct sumdb_audit sound, s;

	fill_cache(f);
	sound = audit(f);
	for (size_t i = 0; i < sound.n; i++) {
		const char *file = sound.files[i].file;

		for (int kind = 0; kind < DAMAGES; kind++) {
			const char *what = arena_fmt(&f->a, "%s, damage %d", file, kind);
			const struct sumdb_audit_file *d;

			if (sound.files[i].bytes == 32 && kind == CUT)
				continue; /* an empty file counts as missing */
			fill_cache(f);
			damage(file, kind);
			s = audit(f);
			d = find(&s, file);
			/* another record number leads to a tile that is not cached: only the network can tell */
			if (d && d->state == AUDIT_UNPROVEN && d->kind == AUDIT_LOOKUP &&
			    kind == FLIP_FIRST)
				continue;
			if (!d || d->state != AUDIT_WRONG) {
				dump(&s);
				fail_msg("%s: not found", what);
			}
			for (size_t j = 0; j < s.n; j++)
				if (s.files[j].state == AUDIT_WRONG && &s.files[j] != d &&
				    !strstr(d->problem, "or another of"))
					fail_msg("%s: %s is accused", what, s.files[j].file);
			assert_true(*d->go_says);
			if (kind != FLIP_MIDDLE && kind != LENGTHEN)
				assert_go(f, what, d->go_says);
		}
	}
}

/* Only the upper tiles of the right edge may have to share the blame. */
static void test_right_file_is_named(void **state)
{
	static const char *const files[] = {
		"tile/8/0/000", "tile/8/0/001",	      "tile/8/0/156",
		"tile/8/1/000", "tile/8/0/257.p/108", "lookup/example.com/m300@v1.0.0"
	};
	struct fixture *f = fixture_of(state);

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *file = arena_fmt(&f->a, "%s/%s", f->dir, files[i]);
		struct sumdb_audit s;

		fill_cache(f);
		damage(file, FLIP_MIDDLE);
		s = audit(f);
		if (s.states[AUDIT_WRONG] != 1)
			dump(&s);
		assert_int_equal(s.states[AUDIT_WRONG], 1);
		assert_int_equal(find(&s, file)->state, AUDIT_WRONG);
	}
}

/* Nothing can be decided without tiles, or without a key. */
static void test_unproven(void **state)
{
	struct fixture *f = fixture_of(state);
	struct sumdb_audit s;
	size_t n;

	fill_cache(f);
	n = audit(f).n;
	s = audit_with(f, NULL);
	assert_states(&s, n, 0, 0);
	assert_string_equal(s.unproven, "the database's key is not known");
	assert_true(fs_remove_all(arena_fmt(&f->a, "%s/tile", f->dir), NULL));
	s = audit(f);
	assert_states(&s, 5, 0, 0);
	assert_string_equal(s.unproven, "tiles that would prove it are not cached");
	fill_cache(f);
	assert_int_equal(unlink(arena_fmt(&f->a, "%s/tile/8/1/000", f->dir)), 0);
	s = audit(f);
	assert_int_equal(s.states[AUDIT_WRONG], 0);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/tile/8/0/000", f->dir))->state,
			 AUDIT_UNPROVEN);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/lookup/example.com/m3@v1.0.0", f->dir))
				 ->state,
			 AUDIT_UNPROVEN);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/lookup/example.com/m65950@v1.0.0", f->dir))
				 ->state,
			 AUDIT_PROVEN);
}

/* For go an empty file is a missing one; a missing latest is no problem, either. */
static void test_absent(void **state)
{
	struct fixture *f = fixture_of(state);
	struct sumdb_audit s;

	fill_cache(f);
	testdb_put(f->dir, "tile/8/0/000", "", 0);
	testdb_put(f->dir, "lookup/example.com/m3@v1.0.0", "", 0);
	assert_int_equal(unlink(f->latest), 0);
	s = audit(f);
	assert_int_equal(s.states[AUDIT_WRONG], 0);
	assert_int_equal(s.states[AUDIT_UNPROVEN], 0);
	assert_go(f, "absent", "does not read it");
}

static const struct sumdb_audit_file *only_wrong(struct fixture *f, const char *rel)
{
	struct sumdb_audit s = audit(f);
	const char *file = *rel == '/' ? rel : arena_fmt(&f->a, "%s/%s", f->dir, rel);
	const struct sumdb_audit_file *found = find(&s, file);

	if (s.states[AUDIT_WRONG] != 1 || !found || found->state != AUDIT_WRONG) {
		dump(&s);
		fail_msg("%s is not the only one that is wrong", file);
	}
	return found;
}

static void put_lookup(struct fixture *f, int id, const char *record, const char *note)
{
	char *text = xasprintf("%d\n%s\n%s", id, record, note);

	testdb_put(f->dir, "lookup/example.com/m300@v1.0.0", text, strlen(text));
	free(text);
}

#define LOOKUP "lookup/example.com/m300@v1.0.0"

static void test_bad_lookups(void **state)
{
	struct fixture *f = fixture_of(state);
	const struct sumdb_audit_file *w;
	char *note = testdb_head(&f->db, N_OLD), *right = f->db.records[300], *unsigned_note;

	fill_cache(f);
	put_lookup(f, 300, f->db.records[301], note);
	w = only_wrong(f, LOOKUP);
	assert_string_equal(w->problem, "its record is for another module");

	put_lookup(f, 301, right, note);
	w = only_wrong(f, LOOKUP);
	assert_string_equal(w->go_says, "cannot authenticate record data in server response");
	assert_go(f, "another number", w->go_says);

	put_lookup(f, N_NEW + 5, right, note);
	w = only_wrong(f, LOOKUP);
	assert_string_equal(w->go_says, "cannot validate record 66005 in tree of size 66000");
	assert_go(f, "beyond the end", w->go_says);

	unsigned_note = xstrndup(note, (size_t)(strstr(note, "\n\n") - note) + 2);
	put_lookup(f, 300, right, unsigned_note);
	w = only_wrong(f, LOOKUP);
	assert_string_equal(w->go_says, "reading tree note: malformed note");
	assert_go(f, "unsigned", w->go_says);
	free(unsigned_note);

	note[strlen("go.sum database tree\n")]++; /* another size under the same signature */
	put_lookup(f, 300, right, note);
	w = only_wrong(f, LOOKUP);
	assert_non_null(strstr(w->go_says, "reading tree note: invalid signature for key " NAME));
	assert_go(f, "bad signature", w->go_says);
	free(note);
}

static void test_another_module(void **state)
{
	struct fixture *f = fixture_of(state);

	fill_cache(f);
	testdb_write_lookup(&f->db, f->dir, lookup_name(f, 300), 301, N_NEW);
	assert_go(f, "another module", only_wrong(f, LOOKUP)->go_says);
}

/* Two trees, both signed by the database, contradict each other. */
static void test_fork(void **state)
{
	struct fixture *f = fixture_of(state);
	char *head = testdb_head(&f->fork, N_OLD - 100), *record = f->db.records[300];
	const struct sumdb_audit_file *w;

	fill_cache(f);
	put_lookup(f, 300, record, head);
	/* it takes the tiles of that tree's edge to see this */
	edge(&f->db, f->dir, N_OLD - 100);
	w = only_wrong(f, LOOKUP);
	assert_string_equal(w->problem, "its signed tree contradicts the other signed trees");
	assert_go(f, "fork", w->go_says);
	free(head);

	/* go's latest is wrong: everything else agrees */
	head = testdb_head(&f->fork, N_NEW);
	fill_cache(f);
	testdb_put(path_dir(&f->a, f->latest), "latest", head, strlen(head));
	w = only_wrong(f, f->latest);
	assert_string_equal(w->problem, "its signed tree contradicts the other signed trees");
	free(head);
}

static void test_bad_latest(void **state)
{
	struct fixture *f = fixture_of(state);
	const struct sumdb_audit_file *w;

	fill_cache(f);
	testdb_put(path_dir(&f->a, f->latest), "latest", "garbage\n", 8);
	w = only_wrong(f, f->latest);
	assert_string_equal(w->go_says,
			    "initializing sumdb.Client: reading tree note: malformed note");
	assert_go(f, "bad latest", w->go_says);
}

/* Names and file types that go never makes do no harm. */
static void test_hostile(void **state)
{
	static const char *const names[] = { "tile/8/0/x999/x999/x999/999",
					     "tile/8/63/000.p/255",
					     "tile/8/0/000.p/256",
					     "tile/8/0/000.p/0",
					     "tile/8/-1/000",
					     "tile/9/0/000",
					     "tile/8/data/000",
					     "tile/8/0/0",
					     "tile/x",
					     "other/file",
					     "lookup/x",
					     "lookup/@",
					     "lookup/A@v1" };
	struct fixture *f = fixture_of(state);
	struct sumdb_audit s;

	fill_cache(f);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		testdb_put(f->dir, names[i], "0123456789abcdef0123456789abcdef", 32);
	assert_int_equal(mkfifo(arena_fmt(&f->a, "%s/tile/8/0/002", f->dir), 0600), 0);
	assert_int_equal(symlink("/dev/zero", arena_fmt(&f->a, "%s/tile/8/0/003", f->dir)), 0);
	assert_int_equal(symlink("..", arena_fmt(&f->a, "%s/tile/8/up", f->dir)), 0);
	s = audit(f);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/tile/8/0/002", f->dir))->state, AUDIT_WRONG);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/tile/8/0/003", f->dir))->state, AUDIT_WRONG);
	assert_int_equal(find(&s, arena_fmt(&f->a, "%s/tile/8/0/000", f->dir))->state,
			 AUDIT_PROVEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),	    cmocka_unit_test(test_made_by_go),
		cmocka_unit_test(test_each_file),   cmocka_unit_test(test_right_file_is_named),
		cmocka_unit_test(test_unproven),    cmocka_unit_test(test_absent),
		cmocka_unit_test(test_bad_lookups), cmocka_unit_test(test_another_module),
		cmocka_unit_test(test_fork),	    cmocka_unit_test(test_bad_latest),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
