/* Parts of projects of many shapes: what is watched, the graph's modules, tidy's changes, and what was there at an earlier revision. */
#include "partfix.h"

#include "parts/load_private.h"

static void write_at(struct fix *f, const char *name, const char *text)
{
	const char *path = arena_fmt(&f->a, "%s/%s", f->top, name);

	assert_true(fs_mkdir_all(path_dir(&f->a, path), NULL));
	fix_write_str(path, text);
}

/* TOP in it stands for the folder of all. */
static const char *with_top(struct fix *f, const char *text)
{
	struct buf b = BUF_INIT;
	const char *at;
	char *out;

	for (; (at = strstr(text, "TOP")); text = at + strlen("TOP")) {
		buf_add(&b, text, (size_t)(at - text));
		buf_addstr(&b, f->top);
	}
	buf_addstr(&b, text);
	out = arena_strndup(&f->a, b.data ? b.data : "", b.len);
	buf_release(&b);
	return out;
}

static void write_shapes(struct fix *f)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "p/go.mod",
		  "module example.com/p\n\ngo 1.20\n\nreplace (\n\ta.test/a => ../ra\n\tb.test/b => b.test/c v1.0.0\n"
		  "\tc.test/c => TOP/abs\n)\n" },
		{ "p/alt.mod", "module example.com/p\n\ngo 1.20\n\nreplace d.test/d => ./rd\n" },
		{ "p/bad.mod", "module example.com/p\n\nreplace d.test/d =>\n" },
		{ "p/o.json", "{\"Replace\":{}}" },
		{ "p/sub/deep/a.go", "package deep\n" },
		{ "w/go.work",
		  "go 1.20\n\nuse (\n\t./m\n\tTOP/p\n)\n\nreplace e.test/e => ./re\n" },
		{ "w/m/go.mod", "module example.com/m\n\ngo 1.20\n" },
		{ "lost/go.work", "go 1.20\n\nuse (\n\t./gone\n\t./empty\n\tTOP/nowhere\n)\n" },
		{ "lost/empty/a.go", "package a\n" },
		{ "lost/o.json", "{\"Replace\":{\"gone/go.mod\":\"TOP/p/go.mod\"}}" },
		{ "broken/go.work", "go 1.20\n\nuse (\n" },
		{ "none/a.go", "package a\n" },
		{ "home/goenv", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		write_at(f, files[i].name, with_top(f, files[i].text));
}

#define REPLACED "ra/go.mod\nabs/go.mod\n"
#define P "p/go.mod\np/go.sum\n" REPLACED
#define P_SETTINGS "p/.modscope\np/vendor/modules.txt\n"
#define P_ABOVE "^p/go.work\n^go.work\n"

/* Files that are watched, from TOP; those that may appear with a caret; lost members with an exclamation mark. */
static const struct {
	const char *dir, *goflags, *gowork, *goenv, *want;
} watched[] = {
	{ "p", "", "", "off", P P_SETTINGS P_ABOVE },
	{ "p/sub/deep", "", "", "off",
	  P P_SETTINGS
	  "^p/sub/deep/go.mod\n^p/sub/go.mod\n^p/sub/deep/go.work\n^p/sub/go.work\n" P_ABOVE },
	{ "p", "-modfile=alt.mod", "", "off",
	  "p/alt.mod\np/alt.sum\np/rd/go.mod\n" P P_SETTINGS P_ABOVE },
	{ "p/sub/deep", "-modfile=TOP/p/alt.mod", "off", "off",
	  "p/alt.mod\np/alt.sum\np/rd/go.mod\n" P P_SETTINGS
	  "^p/sub/deep/go.mod\n^p/sub/go.mod\n" },
	{ "p", "-modfile=bad.mod", "off", "off", "p/bad.mod\np/bad.sum\n" P P_SETTINGS },
	{ "p", "-overlay=o.json", "off", "off", P "p/o.json\n" P_SETTINGS },
	{ "p/sub", "-overlay=TOP/p/o.json", "off", "off",
	  P "p/o.json\n" P_SETTINGS "^p/sub/go.mod\n" },
	{ "p", "-overlay= -modfile=", "off", "off", P P_SETTINGS },
	{ "p", "", "off", "TOP/home/goenv", P "home/goenv\n" P_SETTINGS },
	{ "p", "", "rel", "off", P P_SETTINGS P_ABOVE },
	{ "w", "", "", "off",
	  "w/go.work\nw/go.work.sum\nw/m/go.mod\nw/m/go.sum\n" P
	  "w/re/go.mod\nw/.modscope\nw/vendor/modules.txt\n" },
	{ "w/m", "", "", "off",
	  "w/go.work\nw/go.work.sum\nw/m/go.mod\nw/m/go.sum\n" P
	  "w/re/go.mod\nw/.modscope\nw/vendor/modules.txt\n^w/m/go.work\n" },
	{ "p", "", "TOP/w/go.work", "off",
	  "w/go.work\nw/go.work.sum\nw/m/go.mod\nw/m/go.sum\n" P
	  "w/re/go.mod\nw/.modscope\nw/vendor/modules.txt\n" },
	{ "w/m", "", "off", "off",
	  "w/m/go.mod\nw/m/go.sum\nw/m/.modscope\nw/m/vendor/modules.txt\n" },
	{ "none", "", "", "off",
	  "none/go.mod\nnone/go.sum\nnone/.modscope\nnone/vendor/modules.txt\n^none/go.work\n^go.work\n-\n" },
	{ "broken", "", "", "off",
	  "broken/go.work\nbroken/go.work.sum\nbroken/.modscope\nbroken/vendor/modules.txt\n" },
	{ "lost", "", "", "off",
	  "lost/go.work\nlost/go.work.sum\nlost/gone/go.mod\nlost/gone/go.sum\nlost/empty/go.mod\n"
	  "lost/empty/go.sum\nnowhere/go.mod\nnowhere/go.sum\nlost/.modscope\nlost/vendor/modules.txt\n"
	  "!5 ./empty: go.work lists this directory, which has no go.mod\n"
	  "!4 ./gone: go.work lists this directory, which does not exist\n"
	  "!6 TOP/nowhere: go.work lists this directory, which does not exist\n" },
	{ "lost", "-overlay=o.json", "", "off",
	  "lost/go.work\nlost/go.work.sum\nlost/gone/go.mod\nlost/gone/go.sum\nlost/ra/go.mod\nabs/go.mod\nlost/empty/go.mod\n"
	  "lost/empty/go.sum\nnowhere/go.mod\nnowhere/go.sum\nlost/o.json\nlost/.modscope\nlost/vendor/modules.txt\n"
	  "!5 ./empty: go.work lists this directory, which has no go.mod\n"
	  "!6 TOP/nowhere: go.work lists this directory, which does not exist\n" },
};

static void add_names(struct fix *f, struct buf *b, const char *mark, const char **names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *rel = str_cut_prefix(names[i], f->top);

		if (rel)
			buf_addf(b, "%s%s\n", mark, rel + 1);
		else /* the folders above TOP */
			assert_true(*mark && str_has_suffix(names[i], "/go.work"));
	}
}

static void describe_env(struct fix *f, struct buf *b, const struct load_env *le)
{
	add_names(f, b, "", le->files, le->n_files);
	add_names(f, b, "^", le->above, le->n_above);
	if (le->rootless)
		buf_addstr(b, "-\n");
	for (size_t i = 0; i < le->findings.n; i++) {
		const struct finding *x = &le->findings.items[i];

		if (str_eq(x->kind, "graph/workspace"))
			buf_addf(b, "!%d %s: %s\n", x->line, x->subject, x->cause);
	}
}

/* In the directory below TOP, with those settings. */
static void enter(struct fix *f, const char *dir, const char *goflags, const char *gowork)
{
	setenv("GOFLAGS", with_top(f, goflags), 1);
	setenv("GOWORK", with_top(f, gowork), 1);
	assert_int_equal(chdir(arena_fmt(&f->a, "%s/%s", f->top, dir)), 0);
}

static void leave(struct fix *f)
{
	enter(f, "main", "", "");
	setenv("GOENV", "off", 1);
}

static void test_watched(void **state)
{
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);

	write_shapes(f);
	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		struct load *l = load_new(&(struct load_options){ .dir = NULL });
		struct snapshot *s = snapshot_new();
		const char *want = with_top(f, watched[i].want);
		struct buf b = BUF_INIT;
		struct job_mail *m;

		enter(f, watched[i].dir, watched[i].goflags, watched[i].gowork);
		setenv("GOENV", with_top(f, watched[i].goenv), 1);
		m = part_run(js, l, s, REQUEST(PART_ENV));
		if (m->kind != JOB_DONE)
			fail_msg("row %zu: %s", i, m->err.text);
		describe_env(f, &b, m->part->data);
		if (!str_eq(b.data, want))
			fail_msg("row %zu: %s\ninstead of\n%s", i, b.data, want);
		buf_release(&b);
		job_mail_free(m);
		snapshot_unref(s);
		load_free(l);
	}
	leave(f);
	jobs_free(js);
}

/* A finding of today, and whether it was there then. */
static const struct {
	const char *kind, *subject, *cause;
	struct modver mod;
	bool want, without; /* without: what it is if the replace lines and tidy are not known */
} findings_today[] = {
	{ "replaces/dirty", "replace a => ./a", "", { "", "" }, false, false },
	{ "replaces/target-unknown", "replace a => ./a", "", { "", "" }, true, true },
	{ "replaces/target-missing", "replace b => ./b", "", { "", "" }, true, true },
	{ "replaces/target-no-module", "replace c => ./c", "", { "", "" }, true, true },
	{ "replaces/target-missing", "replace d => ./d", "", { "", "" }, false, false },
	{ "replaces/target-unknown", "replace d => ./d", "", { "", "" }, true, false },
	{ "replaces/target-missing", "unused", "", { "", "" }, false, false },
	{ "replaces/same-content", "replace d => ./d", "", { "", "" }, true, false },
	{ "replaces/unpushed", "replace e => ./e", "", { "", "" }, false, false },
	{ "replaces/unread", "replace d => ./d", "", { "", "" }, true, false },
	{ "replaces/retract-no-version", "retract v1.0.0", "", { "", "" }, true, false },
	{ "replaces/retract-no-version", "retract [v1.0.0, v1.2.0]", "", { "", "" }, false, false },
	{ "graph/unused", "unused", "", { "", "" }, true, true },
	{ "graph/unused", "other", "", { "", "" }, false, false },
	{ "graph/other", "unused", "", { "", "" }, false, false },
	{ "vendor/file", "vendor/a.go", "changed", { "", "" }, true, true },
	{ "vendor/file", "vendor/a.go", "gone", { "", "" }, false, false },
	{ "vendor/file", "vendor/b.go", "changed", { "", "" }, false, false },
	{ "env/hazard", "GOFLAGS", "", { "", "" }, true, true },
	{ "cache/zip", "a@v1.0.0", "", { "a.test/a", "v1.0.0" }, true, true },
	{ "cache/zip", "a@v1.1.0", "", { "a.test/a", "v1.1.0" }, false, false },
	{ "cache/zip", "GOMODCACHE", "", { "", "" }, true, true },
	{ "vuln/known", "GO-1", "", { "a.test/a", "v1.0.0" }, true, true },
	{ "vuln/known", "GO-1", "", { "b.test/b", "v1.0.0" }, false, false },
	{ "versions/retracted", "a", "", { "a.test/a", "v1.0.0" }, true, true },
	{ "tidy/gomod", "a", "", { "a.test/a", "v1.0.0" }, false, false },
};

static void check_findings(const struct load_since *s, bool without)
{
	for (size_t i = 0; i < ARRAY_LEN(findings_today); i++) {
		const struct finding f = { .kind = findings_today[i].kind,
					   .subject = findings_today[i].subject,
					   .cause = findings_today[i].cause,
					   .mod = findings_today[i].mod };
		bool want = without ? findings_today[i].without : findings_today[i].want;

		if (load_since_has(s, &f, NULL) != want)
			fail_msg("%zu, %s %s: %d", i, f.kind, f.subject, !want);
	}
}

static void check_sums(const struct load_since *s, const struct load_tidy *tidy)
{
	const struct finding f = { .kind = "tidy/gosum", .subject = "go.sum" };
	struct load_change changes[] = { { .gosum = true, .op = '+', .text = "new" },
					 { .gosum = true, .op = ' ', .text = "context" },
					 { .gosum = false, .op = '+', .text = "require" },
					 { .gosum = true, .op = '-', .text = "old" } };
	struct load_tidy today = { .changes = changes, .n = ARRAY_LEN(changes) };
	struct load_since known = *s;

	assert_false(load_since_has(&known, &f, &today));
	known.tidy = tidy;
	assert_false(load_since_has(&known, &f, NULL));
	assert_true(load_since_has(&known, &f, &today));
	changes[3].op = '+'; /* "+old" is another change */
	assert_false(load_since_has(&known, &f, &today));
	today.n = 0;
	assert_true(load_since_has(&known, &f, &today));
}

static void test_then(void **state)
{
	struct replaces_row rows[] = {
		{ .verb = REPLACES_REPLACE, .mod = { "d", "" }, .to = { "./d", "" }, .high = "" },
		{ .verb = REPLACES_RETRACT,
		  .mod = { "", "v1.0.0" },
		  .to = { "", "" },
		  .high = "v1.0.0" },
	};
	const struct load_replaces lines = { .replaces = { rows, ARRAY_LEN(rows) } };
	const struct load_tidy tidy = { 0 };
	struct arena a = ARENA_INIT;
	struct findings first = { .arena = &a }, second = { .arena = &a };
	struct load_since s = {
		.then = { &first, &second }, .n_then = 2, .why_not = "", .root = "/r/"
	};

	(void)state;
	finding_add(&first, FINDING_ERROR, "replaces/target-missing", "replace a => ./a", "");
	finding_add(&first, FINDING_ERROR, "replaces/target-no-module", "replace b => ./b", "");
	finding_add(&second, FINDING_ERROR, "replaces/target-unknown", "replace c => ./c", "");
	finding_add(&second, FINDING_ERROR, "graph/unused", "unused", "");
	finding_add(&second, FINDING_ERROR, "vendor/file", "/r/vendor/a.go", "changed");
	map_put(&s.modules, "a.test/a@v1.0.0", &a);
	map_put(&s.lines, "+new", &a);
	map_put(&s.lines, "-old", &a);
	check_findings(&s, true);
	s.replaces = &lines;
	check_findings(&s, false);
	check_sums(&s, &tidy);
	map_release(&s.modules);
	map_release(&s.lines);
	findings_release(&first);
	findings_release(&second);
	arena_release(&a);
}

/* 0 requires 1 and 2, 2 requires 1 and 3; 4 is not reached, and 5 is in no module. */
static void test_chains(void **state)
{
	enum { NODES = 6 };
	struct load_node nodes[NODES] = {
		{ "main", "", 0, 0, 0, 0, true, true },
		{ "a", "v1.0.0", 1, 0, 2, 1, true, true },
		{ "b", "v1.0.0", 2, 2, 1, 1, true, true },
		{ "c", "v1.0.0", 3, 3, 2, 2, true, true },
		{ "d", "v1.0.0", 4, 5, 1, UINT32_MAX, false, false },
		{ "e", "v1.0.0", UINT32_MAX, 6, 0, 3, false, false },
	};
	uint32_t requirers[] = { 2, 0, 0, 4, 2, 4 }, chain[NODES];
	struct load_module modules[] = { { .path = "main", .node = 0 },
					 { .path = "a", .node = 1 },
					 { .path = "b", .node = 2 },
					 { .path = "c", .node = 3, .kind = LOAD_INDIRECT },
					 { .path = "d", .node = 4 } };
	const struct load_graph g = { .nodes = nodes,
				      .n_nodes = NODES,
				      .requirers = requirers,
				      .modules = modules,
				      .n_modules = ARRAY_LEN(modules) };

	(void)state;
	assert_int_equal(load_graph_chain(&g, 3, chain, NODES), 3);
	assert_true(chain[0] == 0 && chain[1] == 2 && chain[2] == 3);
	assert_int_equal(load_graph_chain(&g, 1, chain, NODES), 2);
	assert_true(chain[0] == 0 && chain[1] == 1);
	assert_int_equal(load_graph_chain(&g, 3, chain, 2), 2); /* what it ends with */
	assert_true(chain[0] == 2 && chain[1] == 3);
	assert_int_equal(load_graph_chain(&g, 4, chain, NODES), 0);
	assert_int_equal(load_graph_parent(&g, 0), UINT32_MAX);
	assert_int_equal(load_graph_parent(&g, 4), UINT32_MAX);
	assert_int_equal(load_graph_parent(&g, 5), UINT32_MAX); /* nothing requires it */
	assert_int_equal(load_graph_decider(&g, &modules[0]), UINT32_MAX);
	assert_int_equal(load_graph_decider(&g, &modules[1]), 0); /* the main module comes first */
	assert_int_equal(load_graph_decider(&g, &modules[3]), 2); /* the selected one does */
	assert_ptr_equal(load_graph_module_of(&g, 3), &modules[3]);
	assert_null(load_graph_module_of(&g, 5));
	assert_null(load_graph_module_of(&g, NODES));
}

#define REQUIRE_BOTH "require (\n\texample.com/Upper v1.0.0\n\texample.com/other v0.1.0\n)\n"

/* Graphs: what is said of the project, then each module; without go and toolchain. */
static const struct {
	const char *gomod, *gowork, *want;
} graphs[] = {
	{ "go 1.20\n\n" REQUIRE_BOTH
	  "\nexclude (\n\texample.com/Upper v0.1.0\n\texample.com/Upper v0.2.0\n\texample.com/none v1.0.0\n)\n",
	  "", "example.com/g \nUpper v1.0.0 1 6 (v0.1.0 v0.2.0)\ng  0 0\nother v0.1.0 1 7\n" },
	{ "go 1.21\n\ntoolchain go1.21.3\n\n" REQUIRE_BOTH, "",
	  "example.com/g go1.21.3\nUpper v1.0.0 1 8\ng  0 0\nother v0.1.0 1 9\n" },
	{ "go 1.20\n\n" REQUIRE_BOTH "\nrequire example.com/Upper v1.0.0 // indirect\n", "",
	  "example.com/g \nUpper v1.0.0 1 6\ng  0 0\nother v0.1.0 1 7\n" },
	{ "go 1.20\n\n" REQUIRE_BOTH "\nreplace example.com/other => ../g/member\n", "",
	  "example.com/g \nUpper v1.1.0 1 6\ng  0 0\nother v0.1.0 1 7 => ../g/member\n" },
	{ "go 1.20\n\nrequire example.com/Upper v1.0.0 // indirect\n",
	  "go 1.20\n\nuse (\n\t.\n\t./member\n)\n",
	  "workspace of 2 \nUpper v1.1.0 1 5\ng  0 0\nmember  0 0\n" },
	{ "go 1.20\n\nrequire example.com/Upper v1.7.0\n", "",
	  "example.com/g \nUpper v1.7.0 1 5\ng  0 0\n!0 example.com/Upper@v1.7.0: reading file://TOP/up/cache/download/example.com/%21upper/@v/v1.7.0.mod: no such file or directory\n" },
};

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void describe_graph(struct buf *b, const struct load_graph *g)
{
	buf_addf(b, "%s %s\n", g->main_path, g->toolchain);
	for (size_t i = 0; i < g->n_modules; i++) {
		const struct load_module *m = &g->modules[i];

		if (m->kind == LOAD_LANGUAGE)
			continue;
		buf_addf(b, "%s %s %d %d", last_name(m->path), m->version, (int)m->kind, m->line);
		if (*m->replaced.path)
			buf_addf(b, " => %s", m->replaced.path);
		if (*m->excluded)
			buf_addf(b, " (%s)", m->excluded);
		buf_addch(b, '\n');
	}
	for (size_t i = 0; i < g->findings.n; i++)
		buf_addf(b, "!%d %s\n", g->findings.items[i].line, g->findings.items[i].cause);
}

/* The part on a project in TOP/g; its description, or "!" and the error. */
static void describe_part(struct fix *f, struct jobs *js, bool offline, const struct request *r,
			  struct buf *b,
			  void (*describe)(struct fix *f, struct buf *b, const void *data))
{
	struct load *l = load_new(
		&(struct load_options){ .dir = NULL, .offline = offline, .own_counts = offline });
	struct snapshot *s = snapshot_new();
	struct job_mail *m;

	part_make_needed(js, l, &s, r->part);
	m = part_run(js, l, s, r);
	buf_clear(b);
	if (m->kind == JOB_DONE)
		describe(f, b, m->part->data);
	else
		buf_addf(b, "!%s", m->err.text);
	job_mail_free(m);
	snapshot_unref(s);
	load_free(l);
}

static void graph_text(struct fix *f, struct buf *b, const void *data)
{
	(void)f;
	describe_graph(b, data);
}

static void write_gosum(struct fix *f, const char *more)
{
	char *sums;
	size_t len;

	assert_true(fs_read(&f->a, arena_fmt(&f->a, "%s/main/go.sum", f->top), FS_MAX_MOD, &sums,
			    &len, NULL));
	write_at(f, "g/go.sum", arena_fmt(&f->a, "%s%s", sums, more));
}

static void test_graphs(void **state)
{
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(graphs); i++) {
		const char *want = with_top(f, graphs[i].want);

		write_at(f, "g/go.mod",
			 arena_fmt(&f->a, "module example.com/g\n\n%s", graphs[i].gomod));
		write_at(
			f, "g/member/go.mod",
			"module example.com/member\n\ngo 1.20\n\nrequire example.com/Upper v1.1.0\n");
		write_gosum(f, "");
		if (*graphs[i].gowork)
			write_at(f, "g/go.work", graphs[i].gowork);
		enter(f, "g", "", "");
		describe_part(f, js, false, REQUEST(PART_GRAPH), &b, graph_text);
		if (!str_eq(b.data, want))
			fail_msg("graph %zu: %s\ninstead of\n%s", i, b.data, want);
		unlink("go.work");
	}
	buf_release(&b);
	leave(f);
	jobs_free(js);
}

static void own_text(struct fix *f, struct buf *b, const void *data)
{
	const struct load_graph *g = data;

	(void)f;
	for (size_t i = 0; i < g->findings.n; i++)
		buf_addf(b, "%s: %s\n", g->findings.items[i].kind, g->findings.items[i].cause);
}

/* go.mod files that GOMODCACHE lacks and our own cache has since the first look. */
static void test_own_files(void **state)
{
	static const struct {
		const char *requires, *want;
	} rows[] = {
		{ "require example.com/Upper v1.0.0\n",
		  "graph/own-cache: 1 go.mod file is from modscope's own cache: with GOPROXY=off, go would not find it\n" },
		{ REQUIRE_BOTH,
		  "graph/own-cache: 2 go.mod files are from modscope's own cache: with GOPROXY=off, go would not find them\n" },
	};
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);
	struct buf b = BUF_INIT;

	assert_true(fs_remove_all(f->root, NULL));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_at(f, "g/go.mod",
			 arena_fmt(&f->a, "module example.com/g\n\ngo 1.20\n\n%s",
				   rows[i].requires));
		write_gosum(f, "");
		enter(f, "g", "", "");
		describe_part(f, js, false, REQUEST(PART_GRAPH), &b, own_text);
		setenv("GOPROXY", "off", 1);
		describe_part(f, js, true, REQUEST(PART_GRAPH), &b, own_text);
		cmd_set_environment(f);
		assert_string_equal(b.len ? b.data : "", rows[i].want);
	}
	fix_reset(f);
	buf_release(&b);
	leave(f);
	jobs_free(js);
}

#define X_LINES \
	"\texample.com/x1 v1.0.0\n\texample.com/x2 v1.0.0\n\texample.com/x3 v1.0.0\n\texample.com/x4 v1.0.0\n"

/* Findings of go mod tidy, whose -diff has the same lines. What is not fetched is counted. */
static const struct {
	const char *imports, *requires, *sums;
	enum { WHOLE, NO_ZIPS, NO_ZIPS_OFFLINE, NOTHING_OFFLINE } cache;
	const char *want;
} tidied[] = {
	{ "Upper", "require example.com/Upper v1.0.0 // indirect\n", "", WHOLE,
	  "~ require example.com/Upper v1.0.0 | // indirect goes: imported by a.go:3: no longer indirect | 3\n"
	  "2 lines of go.sum | tidy would add 0 and remove 2 | 0\n" },
	{ "Upper other", REQUIRE_BOTH,
	  "example.com/x v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", WHOLE,
	  "1 line of go.sum | tidy would add 0 and remove 1 | 0\n" },
	{ "Upper other", "require example.com/Upper v1.0.0\n", "", WHOLE,
	  "+ ) | the layout follows the requirements around it | 0\n"
	  "+ example.com/other v0.1.0 | imported by a.go:5 | 5\n"
	  "+ require ( | the layout follows the requirements around it | 0\n"
	  "~ require example.com/Upper v1.0.0 | its comment or place changes: the same requirement, moved: blocks of direct and "
	  "indirect requirements are sorted, without duplicates | 5\n" },
	{ "Upper other",
	  "require example.com/Upper v1.0.0\n\nrequire example.com/Upper v1.1.0\n\nrequire example.com/other v0.1.0\n",
	  "", WHOLE,
	  "- require example.com/Upper v1.0.0 | v1.1.0 instead of v1.0.0: no dependency asks for more | 5\n"
	  "4 lines of go.sum | tidy would add 2 and remove 2 | 0\n" },
	{ "Upper other", REQUIRE_BOTH, "", NO_ZIPS,
	  "tidy | not known: at least 2 zips to fetch: example.com/Upper@v1.0.0, example.com/other@v0.1.0 | 0\n"
	  ">not in the module cache; viewing does not fetch zips\n" },
	{ "Upper other", REQUIRE_BOTH, "", NO_ZIPS_OFFLINE,
	  "tidy | not known: at least 2 zips to fetch: example.com/Upper@v1.0.0, example.com/other@v0.1.0 | 0\n"
	  ">not in the module cache, and --offline forbids fetching\n" },
	{ "Upper other", REQUIRE_BOTH, "", NOTHING_OFFLINE,
	  "tidy | not known: at least 2 zips to fetch: example.com/Upper@v1.0.0, example.com/other@v0.1.0 | 0\n"
	  ">not in the module cache, and --offline forbids fetching\n" },
	{ "Upper x1 x2 x3 x4", "require (\n\texample.com/Upper v1.0.0\n" X_LINES ")\n", "", NO_ZIPS,
	  "tidy | not known: at least 5 zips to fetch: example.com/Upper@v1.0.0, example.com/x1@v1.0.0, example.com/x2@v1.0.0 and 2 more | 0\n"
	  ">not in the module cache; viewing does not fetch zips\n" },
	{ "x1 none", "require (\n" X_LINES ")\n", "", NO_ZIPS,
	  "tidy | not known: at least 1 zip to fetch: example.com/x1@v1.0.0 | 0\n"
	  ">not in the module cache; viewing does not fetch zips\n" },
	{ "Upper none", REQUIRE_BOTH, "", NO_ZIPS_OFFLINE,
	  "tidy | not known: at least 1 zip to fetch: example.com/Upper@v1.0.0 | 0\n"
	  ">not in the module cache, and --offline forbids fetching\n" },
};

/* Leaves that much in GOMODCACHE, and nothing to fetch from. */
static void make_cache(struct fix *f, size_t row)
{
	const struct modver mods[] = { TARGET, OTHER };

	for (int k = 1; k < 5; k++) {
		struct modver m = { arena_fmt(&f->a, "example.com/x%d", k), "v1.0.0" };

		fix_module(f, f->root, m, "x");
		unlink(cachepath_file(&f->a, f->root, m, "zip"));
		unlink(cachepath_file(&f->a, f->root, m, "ziphash"));
		assert_true(fs_remove_all(cachepath_tree(&f->a, f->root, m), NULL));
	}
	if (tidied[row].cache == WHOLE)
		return;
	setenv("GOPROXY", "http://127.0.0.1:1", 1);
	assert_true(fs_remove_all(f->own, NULL));
	if (tidied[row].cache == NOTHING_OFFLINE)
		assert_true(fs_remove_all(f->root, NULL));
	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		unlink(cachepath_file(&f->a, f->root, mods[i], "zip"));
		unlink(cachepath_file(&f->a, f->root, mods[i], "ziphash"));
		assert_true(fs_remove_all(cachepath_tree(&f->a, f->root, mods[i]), NULL));
	}
}

static void tidy_text(struct fix *f, struct buf *b, const void *data)
{
	const struct load_tidy *t = data;

	(void)f;
	for (size_t i = 0; i < t->findings.n; i++) {
		const struct finding *x = &t->findings.items[i];

		buf_addf(b, "%s | %s | %d\n", x->subject, x->cause, x->line);
		if (str_eq(x->kind, "tidy/unfetched"))
			buf_addf(b, ">%s\n", x->found);
	}
}

static const char *source_of(struct fix *f, const char *imports)
{
	const char *text = "package g\n";

	for (const char *p = imports; *p; p += strcspn(p, " "), p += *p == ' ')
		text = arena_fmt(&f->a, "%s\nimport _ \"example.com/%.*s\"\n", text,
				 (int)strcspn(p, " "), p);
	return text;
}

static void test_tidied(void **state)
{
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(tidied); i++) {
		const char *want = tidied[i].want;

		write_at(f, "g/go.mod",
			 arena_fmt(&f->a, "module example.com/g\n\ngo 1.20\n\n%s",
				   tidied[i].requires));
		write_at(f, "g/a.go", source_of(f, tidied[i].imports));
		write_at(f, "g/member/go.mod", "module example.com/other\n\ngo 1.20\n");
		write_at(f, "g/member/a.go", "package a\n");
		write_gosum(f, tidied[i].sums);
		enter(f, "g", "", "");
		make_cache(f, i);
		describe_part(f, js, tidied[i].cache >= NO_ZIPS_OFFLINE,
			      REQUEST(PART_TIDY, .tidy = { .fetch = tidied[i].cache == WHOLE }), &b,
			      tidy_text);
		cmd_set_environment(f);
		fix_reset(f);
		if (!str_eq(b.data, want))
			fail_msg("tidy %zu: %s\ninstead of\n%s", i, b.data, want);
	}
	buf_release(&b);
	leave(f);
	jobs_free(js);
}

static void dirs_text(struct fix *f, struct buf *b, const void *data)
{
	const struct load_tidy *t = data;

	add_names(f, b, "", t->dirs, t->n_dirs);
	add_names(f, b, "+", t->linked, t->n_linked);
}

/* Directories where a file may change tidy's answer, and the Go files there that have other names too. */
static void test_dirs(void **state)
{
	static const char *const files[] = {
		"d/a.go",	  "d/sub/b.go",	     "d/sub/below/c.go", "d/empty/x.txt",
		"d/.hidden/d.go", "d/_off/e.go",     "d/testdata/f.go",	 "d/vendor.go/g.go",
		"d/nested/h.go",  "d/nested/go.mod", "other/a.go",	 "other/empty/x.txt",
	};
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		write_at(f, files[i],
			 str_has_suffix(files[i], ".mod")  ? "module example.com/n\n"
			 : str_has_suffix(files[i], ".go") ? "package a\n"
							   : "");
	write_at(f, "other/go.mod", "module example.com/other\n\ngo 1.20\n");
	write_at(
		f, "d/go.mod",
		"module example.com/d\n\ngo 1.20\n\nrequire example.com/other v0.1.0\n\nreplace example.com/other => ../other\n");
	write_at(
		f, "d/a.go",
		"package a\n\nimport (\n\t_ \"example.com/other\"\n\t_ \"example.com/Upper\"\n)\n");
	enter(f, "d", "", "");
	assert_int_equal(symlink("a.go", "link.go"), 0);
	assert_int_equal(symlink("a.go", "link.txt"), 0);
	assert_int_equal(link("sub/b.go", "../elsewhere"), 0);
	describe_part(f, js, false, REQUEST(PART_TIDY, .tidy = { .fetch = true }), &b, dirs_text);
	assert_string_equal(
		b.data,
		"d\nd/sub\nd/sub/below\nd/vendor.go\nd/empty\nother\n+d/link.go\n+d/sub/b.go\n");
	buf_release(&b);
	leave(f);
	jobs_free(js);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watched),	  cmocka_unit_test(test_then),
		cmocka_unit_test(test_chains),	  cmocka_unit_test(test_graphs),
		cmocka_unit_test(test_own_files), cmocka_unit_test(test_tidied),
		cmocka_unit_test(test_dirs)
	};

	return cmocka_run_group_tests(tests, part_setup, cmd_teardown);
}
