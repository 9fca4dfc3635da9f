/* go.mod: messages and formats of the real go (tests/oracle/modfile_data.sh), the meaning of each statement, tidy's edits, the
 * summary of dependencies, and limits. tests/oracle/modfile.sh compares generated files. */

#include "unit.h"

#include "base/fs.h"
#include "gofiles/gomod_summary.h"

struct bytes {
	char *data;
	size_t len;
};

static struct bytes read_data(struct arena *a, const char *dir, const char *name)
{
	struct bytes b;
	struct err e = ERR_INIT;

	if (!fs_read(a, path_join3(a, TEST_DATA, dir, name), FS_MAX_MOD, &b.data, &b.len, &e))
		fail_msg("%s", e.text);
	return b;
}

/* Parses each .mod file of a directory and compares the message with the .err file beside it. */
static void check_messages(const char *dir, bool lax, bool fix)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n, checked = 0;

	assert_true(fs_list(&a, path_join(&a, TEST_DATA, dir), 10000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		size_t stem = strlen(entries[i].name) - 4;
		struct gomod_fixer fixer = { 0 };
		struct gomod_options o = { .name = "go.mod",
					   .lax = lax,
					   .fixer = fix ? &fixer : NULL };
		struct bytes in, want;
		struct err e = ERR_INIT;
		struct gomod *f;
		char *got;

		if (!str_eq(entries[i].name + stem, ".mod"))
			continue;
		in = read_data(&a, dir, entries[i].name);
		want = read_data(&a, dir, arena_fmt(&a, "%.*s.err", (int)stem, entries[i].name));
		if (gomod_parse(&f, &a, &o, in.data, in.len, &e))
			fail_msg("%s/%s parses", dir, entries[i].name);
		assert_int_equal(e.code, ERR_SYNTAX);
		assert_string_equal(e.file, "go.mod");
		assert_true(e.line > 0);
		got = arena_fmt(&a, "%s\n", e.text);
		assert_string_equal(got, want.data);
		err_release(&e);
		checked++;
	}
	assert_true(checked > 5);
	arena_release(&a);
}

static void invalid_files(void **state)
{
	(void)state;
	check_messages("gomod-invalid", false, false);
}

static void invalid_main_modules(void **state)
{
	(void)state;
	check_messages("gomod-invalid-main", false, true);
}

static void invalid_dependencies(void **state)
{
	(void)state;
	check_messages("gomod-invalid-dep", true, false);
}

/* As go mod edit -fmt does. */
static void sort_and_clean(struct gomod *f)
{
	gomod_sort_blocks(f);
	gomod_cleanup(f);
}

static void valid_files(void **state)
{
	struct gomod_options o = { .name = "go.mod" };
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n, checked = 0;

	(void)state;
	assert_true(
		fs_list(&a, path_join(&a, TEST_DATA, "gomod-valid"), 10000, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		size_t stem = strlen(entries[i].name) - 4;
		struct buf out = BUF_INIT;
		struct bytes in, want;
		struct gomod *f;

		if (!str_eq(entries[i].name + stem, ".mod"))
			continue;
		in = read_data(&a, "gomod-valid", entries[i].name);
		want = read_data(&a, "gomod-valid",
				 arena_fmt(&a, "%.*s.fmt", (int)stem, entries[i].name));
		assert_true(gomod_parse(&f, &a, &o, in.data, in.len, NULL));
		sort_and_clean(f);
		gomod_format(&out, f);
		assert_string_equal(out.data, want.data);
		buf_release(&out);
		checked++;
	}
	assert_true(checked > 5);
	arena_release(&a);
}

static struct gomod *parse(struct arena *a, const char *text)
{
	struct gomod_options o = { .name = "go.mod" };
	struct err e = ERR_INIT;
	struct gomod *f = NULL;

	if (!gomod_parse(&f, a, &o, text, strlen(text), &e))
		fail_msg("%s", e.text);
	return f;
}

static void meaning(void **state)
{
	struct arena a = ARENA_INIT;
	struct bytes in = read_data(&a, "gomod-valid", "all.mod");
	struct gomod *f = parse(&a, in.data);

	(void)state;
	assert_string_equal(f->module, "example.com/m/v2");
	assert_string_equal(f->go, "1.24.1");
	assert_string_equal(f->toolchain, "go1.25.0");
	assert_int_equal(f->godebug.n, 2);
	assert_string_equal(f->godebug.items[1].key, "panicnil");
	assert_int_equal(f->tool.n, 3);
	assert_string_equal(f->tool.items[2].path, "example.com/c");
	assert_string_equal(f->ignore.items[0].path, "./node_modules");
	assert_string_equal(f->exclude.items[0].mod.version, "v1.0.0");
	assert_string_equal(f->replace.items[0].to.path, "../c");
	assert_string_equal(f->replace.items[0].from.version, "");
	assert_string_equal(f->replace.items[1].to.version, "v1.1.0");
	assert_int_equal(f->require.items[0].line->line, 27);
	arena_release(&a);
}

static void indirect_marks(void **state)
{
	static const struct {
		const char *comment;
		bool indirect;
	} cases[] = {
		{ "// indirect", true },       { "//indirect", true },
		{ "// indirect; why", true },  { "// indirect why", false },
		{ "// why; indirect", false }, { "//  indirect  ", true },
		{ "// Indirect", false },      { "", false },
		{ "// indirect;", false },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gomod *f = parse(&a, arena_fmt(&a, "module m\nrequire a.b/c v1.0.0 %s\n",
						      cases[i].comment));

		assert_int_equal(f->require.items[0].indirect, cases[i].indirect);
	}
	arena_release(&a);
}

static void deprecation_and_rationale(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "// Deprecated: use n.\nmodule m\n", "use n." },
		{ "// About.\n//\n// Deprecated: use n.\n// Please.\n//\n// More.\nmodule m\n",
		  "use n.\nPlease." },
		{ "// About.\n// Deprecated: not at the start of a paragraph.\nmodule m\n", "" },
		{ "module m // Deprecated: suffix\n", "suffix" },
		{ "// Deprecated: of the block\nmodule (\n\tm\n)\n", "of the block" },
		{ "// Deprecated: far away\n\nmodule m\n", "" },
		{ "// deprecated: lower case\nmodule m\n", "" },
		{ "// Deprecated:\nmodule m\n", "" },
	};
	struct arena a = ARENA_INIT;
	struct gomod *f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(parse(&a, cases[i].text)->deprecated, cases[i].want);
	f = parse(
		&a,
		"module m\n// all\nretract (\n\tv1.0.0\n\t// line1 <x>\n\t// line2\n\tv1.1.0 // suffix\n)\n");
	assert_string_equal(f->retract.items[0].rationale, "all");
	assert_string_equal(f->retract.items[1].rationale, "line1 <x>\nline2\nsuffix");
	arena_release(&a);
}

struct query_log {
	const char *path, *version;
	bool fail, inner;
};

static bool query(void *ctx, const char *path, const char *version, const char **resolved,
		  bool *inner, struct err *e)
{
	struct query_log *log = ctx;

	log->path = path;
	log->version = version;
	*resolved = "v1.5.2";
	*inner = log->inner;
	return !log->fail || err_set(e, ERR_OFFLINE, "module lookup disabled");
}

static void versions_are_fixed(void **state)
{
	struct query_log log = { 0 };
	struct gomod_fixer fixer = { query, &log, false };
	struct gomod_options o = { .name = "go.mod", .fixer = &fixer };
	const char *text = "module m\nrequire a.b/c v1.5\n";
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gomod *f;

	(void)state;
	assert_true(gomod_parse(&f, &a, &o, text, strlen(text), NULL));
	assert_true(fixer.fixed);
	assert_string_equal(log.version, "v1.5");
	gomod_format(&out, f);
	assert_string_equal(out.data, "module m\n\nrequire a.b/c v1.5.2\n");
	log.fail = true;
	assert_false(gomod_parse(&f, &a, &o, text, strlen(text), &e));
	assert_int_equal(e.code, ERR_OFFLINE);
	assert_string_equal(e.text, "go.mod:2: module lookup disabled");
	err_clear(&e);
	log.inner = true;
	assert_false(gomod_parse(&f, &a, &o, text, strlen(text), &e));
	assert_string_equal(e.text, "go.mod:2: require a.b/c: module lookup disabled");
	err_release(&e);
	fixer.fixed = false;
	text = "module m\nrequire a.b/c v1.5.0\n";
	assert_true(gomod_parse(&f, &a, &o, text, strlen(text), NULL));
	assert_false(fixer.fixed);
	buf_release(&out);
	arena_release(&a);
}

static void single_errors(void **state)
{
	const char *text = "frob\nmodule m\ngo 1.x\n";
	struct modsyntax_errors errors = { 0 };
	struct gomod_options o = { .name = "x/go.mod", .errors = &errors };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gomod *f;

	(void)state;
	assert_false(gomod_parse(&f, &a, &o, text, strlen(text), &e));
	assert_int_equal(errors.n, 2);
	assert_int_equal(errors.items[1].line, 3);
	assert_string_equal(errors.items[0].text, "x/go.mod:1: unknown directive: frob");
	assert_int_equal(e.line, 1);
	err_clear(&e);
	o.long_name = "/p/x/go.mod";
	text = "require (\n";
	assert_false(gomod_parse(&f, &a, &o, text, strlen(text), &e));
	assert_string_equal(
		e.text, "x/go.mod:2: syntax error (unterminated block started at /p/x/go.mod:1:1)");
	err_release(&e);
	arena_release(&a);
}

static void check_format(const struct gomod *f, const char *want)
{
	struct buf out = BUF_INIT;

	gomod_format(&out, f);
	assert_string_equal(out.data, want);
	buf_release(&out);
}

/* The expected results of these edits were printed by modfile itself. */
static void separate_blocks(void **state)
{
	static const struct gomod_require want[] = {
		{ { "a.b/new", "v1.0.0" }, true, NULL },
		{ { "a.b/c", "v1.1.0" }, true, NULL },
		{ { "a.b/d", "v1.0.0" }, false, NULL },
	};
	struct arena a = ARENA_INIT;
	struct gomod *f = parse(
		&a,
		"module m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // indirect\n\ta.b/e v1.0.0\n)\n");

	(void)state;
	gomod_set_require_separate_indirect(f, want, ARRAY_LEN(want));
	gomod_cleanup(f);
	check_format(
		f,
		"module m\n\ngo 1.21\n\nrequire a.b/d v1.0.0\n\nrequire (\n\ta.b/c v1.1.0 // indirect\n"
		"\ta.b/new v1.0.0 // indirect\n)\n");
	assert_int_equal(f->require.n, 3);
	gomod_set_require(f, want, 1);
	gomod_cleanup(f);
	check_format(f, "module m\n\ngo 1.21\n\nrequire a.b/new v1.0.0 // indirect\n");
	arena_release(&a);
}

static void comments_follow_marks(void **state)
{
	static const struct gomod_require flipped[] = {
		{ { "a.b/c", "v1.0.0" }, true, NULL },
		{ { "a.b/d", "v1.0.0" }, false, NULL },
	};
	struct arena a = ARENA_INIT;
	struct gomod *f = parse(
		&a,
		"module m\n\nrequire a.b/c v1.0.0 // keep\n\nrequire a.b/d v1.0.0 // indirect; pinned\n");

	(void)state;
	gomod_set_require(f, flipped, 2);
	check_format(
		f,
		"module m\n\nrequire a.b/c v1.0.0 // indirect; keep\n\nrequire a.b/d v1.0.0 // pinned\n");
	arena_release(&a);
}

static void head_edits(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gomod *f = parse(&a, "module m // why\n\nrequire a.b/c v1.0.0\n");

	(void)state;
	assert_true(gomod_add_go(f, "1.24", &e));
	assert_true(gomod_add_toolchain(f, "go1.25.0", &e));
	check_format(f,
		     "module m // why\n\ngo 1.24\n\ntoolchain go1.25.0\n\nrequire a.b/c v1.0.0\n");
	gomod_drop_toolchain(f);
	gomod_cleanup(f);
	check_format(f, "module m // why\n\ngo 1.24\n\nrequire a.b/c v1.0.0\n");
	assert_false(gomod_add_go(f, "1.x", &e));
	assert_string_equal(e.text, "invalid language version \"1.x\"");
	err_release(&e);
	arena_release(&a);
}

static void duplicates_go(void **state)
{
	struct arena a = ARENA_INIT;
	struct gomod *f = parse(
		&a,
		"module m\n\ngo 1.21\n\nexclude (\n\ta.b/c v1.10.0\n\ta.b/c v1.9.0\n\ta.b/c v1.10.0 // again\n)\n\n"
		"replace a.b/c => ../c\n\nreplace a.b/c => ../d\n\nretract (\n\tv1.0.0\n\tv1.10.0\n)\n");

	(void)state;
	sort_and_clean(f);
	check_format(
		f,
		"module m\n\ngo 1.21\n\nexclude (\n\ta.b/c v1.9.0\n\ta.b/c v1.10.0\n)\n\nreplace a.b/c => ../d\n\n"
		"retract (\n\tv1.10.0\n\tv1.0.0\n)\n");
	arena_release(&a);
}

static void summary(void **state)
{
	struct gomod_summary s = GOMOD_SUMMARY_INIT;
	const char *plain =
		"module example.com/m\r\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\n\t// note\n"
		"\ta.b/d v0.0.0-20200101000000-abcdef123456\n)\n\nreplace (\n\tx => ../y // (\n)\nretract [v1.0.0, v1.1.0]\n";
	const char *odd = "// Deprecated: no\nmodule \"m\"\nrequire a.b/c v1.5\n";
	struct err e = ERR_INIT;

	(void)state;
	assert_true(gomod_summary_read(&s, "go.mod", plain, strlen(plain), 0, &e));
	assert_false(s.full);
	assert_int_equal(s.n_require, 2);
	assert_true(s.require[0].indirect);
	assert_ptr_equal(s.require[1].path, strstr(plain, "a.b/d"));
	assert_int_equal(s.require[1].version_len, 34);
	assert_memory_equal(s.go.s, "1.21", 5 - 1);
	assert_true(
		gomod_summary_read(&s, "go.mod", plain, strlen(plain), GOMOD_SUMMARY_NOTES, &e));
	assert_true(s.full);
	assert_string_equal(s.retract[0].high, "v1.1.0");
	assert_true(gomod_summary_read(&s, "go.mod", odd, strlen(odd), GOMOD_SUMMARY_NOTES, &e));
	assert_true(s.full);
	assert_string_equal(s.deprecated, "no");
	assert_memory_equal(s.require[0].version, "v1.5.0", 6);
	assert_false(gomod_summary_read(&s, "x.mod", "module a b\n", 11, 0, &e));
	assert_string_equal(e.text, "x.mod:1: usage: module module/path");
	err_release(&e);
	gomod_summary_release(&s);
}

static void summary_agrees(struct arena *a, const char *dir, const char *name,
			   struct gomod_summary *s)
{
	struct gomod_options o = { .name = name, .lax = true };
	struct bytes in = read_data(a, dir, name);
	struct err fast = ERR_INIT, full = ERR_INIT;
	struct gomod *f;
	bool ok = gomod_summary_read(s, name, in.data, in.len, GOMOD_SUMMARY_NOTES, &fast);

	assert_int_equal(gomod_parse(&f, a, &o, in.data, in.len, &full), ok);
	if (ok) {
		assert_int_equal(s->module.len, strlen(f->module));
		assert_int_equal(s->n_require, f->require.n);
		assert_int_equal(s->n_retract, f->retract.n);
		assert_int_equal(s->n_ignore, f->ignore.n);
		assert_string_equal(s->deprecated, f->deprecated);
	} else {
		assert_string_equal(fast.text, full.text);
	}
	err_release(&fast);
	err_release(&full);
}

/* The summary agrees with the full parser about every file, valid or not. */
static void summary_of_all_files(void **state)
{
	static const char *const dirs[] = { "gomod-invalid", "gomod-invalid-main",
					    "gomod-invalid-dep", "gomod-valid" };
	struct gomod_summary s = GOMOD_SUMMARY_INIT;
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		struct fs_dirent *entries;
		size_t n;

		assert_true(
			fs_list(&a, path_join(&a, TEST_DATA, dirs[i]), 10000, &entries, &n, NULL));
		assert_true(n > 10);
		for (size_t j = 0; j < n; j++)
			if (str_has_suffix(entries[j].name, ".mod"))
				summary_agrees(&a, dirs[i], entries[j].name, &s);
	}
	gomod_summary_release(&s);
	arena_release(&a);
}

static void same_pieces(const char *text, struct gomod_summary_piece piece, const char *want)
{
	if (piece.len != strlen(want) || memcmp(piece.s, want, piece.len) != 0)
		fail_msg("\"%.*s\" instead of \"%s\" in\n%s", (int)piece.len, piece.s, want, text);
}

static void same_summary(struct arena *a, struct gomod_summary *s, const char *text, unsigned flags)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct err e = ERR_INIT, want = ERR_INIT;
	bool ok = gomod_summary_read(s, "go.mod", text, strlen(text), flags, &e);
	struct gomod *f;

	if (gomod_parse(&f, a, &o, text, strlen(text), &want) != ok)
		fail_msg("%s in\n%s", ok ? want.text : e.text, text);
	if (!ok)
		assert_string_equal(e.text, want.text);
	for (size_t i = 0; ok && i < MAX(s->n_require, f->require.n); i++) {
		struct gomod_summary_dep *d = &s->require[i];
		struct gomod_require *r = &f->require.items[i];

		assert_int_equal(s->n_require, f->require.n);
		same_pieces(text, (struct gomod_summary_piece){ d->path, d->path_len },
			    r->mod.path);
		same_pieces(text, (struct gomod_summary_piece){ d->version, d->version_len },
			    r->mod.version);
		assert_int_equal(d->indirect, r->indirect);
	}
	if (ok) {
		same_pieces(text, s->module, f->module);
		same_pieces(text, s->go, f->go);
		assert_int_equal(s->has_module, f->module_line != NULL);
		assert_int_equal(s->n_retract, flags & GOMOD_SUMMARY_NOTES ? f->retract.n : 0);
	}
	err_release(&e);
	err_release(&want);
}

/* The summary agrees with the full parser about each file that one byte separates from an ordinary one. */
static void summary_of_neighbours(void **state)
{
	static const char *const texts[] = {
		"module a.b/c\n\ngo 1.21\nrequire a.b/d v1.0.0-0a.1 // indirect\n// x\n",
		"require (\n\tgopkg.in/x.v1 v1.2.3\n\n\ta.b/e/v2 v2.0.10 // indirect; y\n\t//\n) // z\n",
		"exclude (\n\ta v1\n)\nreplace a => ../b\nretract [v1.0.0, v1.1.0]\nignore x\ngodebug ( ) x\n",
		"require a.b/c v1.20.3+incompatible\nrequire a.b/gop v0.0.1-a-1.0\n)\n",
	};
	static const char bytes[] = " \n()[/*\"+-.,0v1\001";
	struct gomod_summary s = GOMOD_SUMMARY_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena a = ARENA_INIT;
		size_t len = strlen(texts[i]);

		for (size_t at = 0; at < len; at++) {
			char *text = arena_fmt(&a, "%.*s%s", (int)at, texts[i], texts[i] + at + 1);

			same_summary(&a, &s, text, GOMOD_SUMMARY_NOTES);
			text = arena_strdup(&a, texts[i]);
			for (const char *c = bytes; *c; c++) {
				text[at] = *c;
				same_summary(&a, &s, text, at % 2 ? GOMOD_SUMMARY_NOTES : 0);
			}
			same_summary(&a, &s, arena_strndup(&a, texts[i], at), 0);
		}
		arena_release(&a);
	}
	gomod_summary_release(&s);
}

/* The scanner knows every byte that an ordinary file may hold: nothing here needs the full parser. */
static void summary_knows_all_bytes(void **state)
{
	const char *text =
		"module a.b/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz-._~!#$%&*+:;<=>?@\\^|\n"
		"toolchain go1.23456789\n"
		"require a.b/c v0.0.0-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.abcdefghijklmnopqrstuvwxyz-.10.0\n"
		"require a.b/c v1.1023.456789+incompatible // indirect; \xff\x01\"`\n"
		"require a.b/c/v2 v2.0.0-0\n"
		"require gopkg.in/c.v1 v0.0.0-20200101000000-abcdef123456\n"
		"exclude [ ] { } ,\n"
		"exclude (\n\t( ) , // x\n) // y";
	struct gomod_summary s = GOMOD_SUMMARY_INIT;

	(void)state;
	assert_true(gomod_summary_read(&s, "go.mod", text, strlen(text), 0, NULL));
	assert_false(s.full);
	assert_int_equal(s.n_require, 4);
	assert_true(s.require[1].indirect);
	gomod_summary_release(&s);
}

static void refused(const char *data, size_t len, enum err_code code)
{
	struct gomod_options o = { .name = "go.mod" };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct gomod *f;

	assert_false(gomod_parse(&f, &a, &o, data, len, &e));
	assert_int_equal(e.code, code);
	assert_true(strlen(e.text) < 200000);
	assert_true(a.total < (size_t)600 << 20);
	err_release(&e);
	arena_release(&a);
}

/* Sizes and counts are limited, whatever a file holds. */
static void bounds(void **state)
{
	size_t len = MODSYNTAX_MAX_SIZE + 1;
	char *data = xmalloc(len);

	(void)state;
	memset(data, 'x', len);
	refused(data, len, ERR_LIMIT);
	for (size_t i = 0; i < len; i++)
		data[i] = i % 2 ? '\n' : 'x';
	refused(data, len - 1, ERR_LIMIT);
	refused(data, MODSYNTAX_MAX_LINES, ERR_SYNTAX);
	for (size_t i = 0; i < len; i++)
		data[i] = i % 3 == 2 ? '\n' : '/';
	memcpy(data, "require (\n ", 11);
	refused(data, 3 * MODSYNTAX_MAX_LINES + 60, ERR_LIMIT);
	free(data);
}

static void nul_bytes(void **state)
{
	static const char comment[] = "module m // a\0b\n", string[] = "module \"a\0b\"\n",
			  word[] = "module a\0b\n", escaped[] = "module \"a\\\0b\"\n";
	struct gomod_options o = { .name = "go.mod" };
	struct buf out = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct gomod *f;

	(void)state;
	assert_true(gomod_parse(&f, &a, &o, comment, sizeof(comment) - 1, NULL));
	gomod_format(&out, f);
	assert_int_equal(out.len, sizeof(comment) - 1);
	assert_memory_equal(out.data, comment, out.len);
	refused(string, sizeof(string) - 1, ERR_SYNTAX);
	refused(word, sizeof(word) - 1, ERR_SYNTAX);
	refused(escaped, sizeof(escaped) - 1, ERR_SYNTAX);
	buf_release(&out);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_files),
		cmocka_unit_test(invalid_main_modules),
		cmocka_unit_test(invalid_dependencies),
		cmocka_unit_test(valid_files),
		cmocka_unit_test(meaning),
		cmocka_unit_test(indirect_marks),
		cmocka_unit_test(deprecation_and_rationale),
		cmocka_unit_test(versions_are_fixed),
		cmocka_unit_test(single_errors),
		cmocka_unit_test(separate_blocks),
		cmocka_unit_test(comments_follow_marks),
		cmocka_unit_test(head_edits),
		cmocka_unit_test(duplicates_go),
		cmocka_unit_test(summary),
		cmocka_unit_test(summary_knows_all_bytes),
		cmocka_unit_test(summary_of_all_files),
		cmocka_unit_test(summary_of_neighbours),
		cmocka_unit_test(bounds),
		cmocka_unit_test(nul_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
