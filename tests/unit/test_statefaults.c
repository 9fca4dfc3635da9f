/*
 * Projects with replaced directories, tools, packages without a module, vendor directories and workspaces, while one file operation fails
 * of those that a command makes, with nothing cached: go.mod files that cannot be read in the middle of a graph, lists and zips that a
 * proxy does not give. The command ends with a status of ours; an answer that it calls whole is the whole one; and go.mod is as before or as
 * it is without a failure, unless the command warns.
 */
#include "statefix.h"

#include "fault/shim.h"
#include "gofiles/goenv.h"
#include "graph/gograph.h"
#include "graph/golist.h"
#include "graph/modload_open.h"
#include "packages/tidy.h"
#include "packages/vendor.h"

struct project {
	const char *files[14]; /* below TOP, and texts, in turn */
	const char *commands[16][8];
};

#define MAIN "module g.test/main\n\n"
#define GO_FILE(imports) \
	"main/main.go", "package main\n\nimport (\n" imports ")\n\nfunc main() {}\n"
#define APPLY "apply", "--yes", "--get", "whatif", "--"

static const struct project projects[] = {
	/* requirements to add, raise and drop, replaced directories, a tool */
	{ { "main/go.mod",
	    MAIN
	    "go 1.24\n\nrequire (\n\tr.test/a v1.0.0\n\th.test/y v1.0.0\n\tg.test/t v0.1.0 // indirect\n)\n\n"
	    "replace r.test/a => ./a\n\ntool h.test/cmd/cmd/a\n",
	    GO_FILE("\t_ \"r.test/a\"\n\t_ \"h.test/y\"\n\t_ \"g.test/a\"\n"), "main/a/go.mod",
	    "module r.test/a\n\ngo 1.20\n\nrequire h.test/y v1.1.0\n", "main/a/a.go",
	    "package a\n\nimport _ \"h.test/z\"\n" },
	  { { "list" },
	    { "graph" },
	    { "tidy" },
	    { "tidy", "--explain" },
	    { "why", "g.test/c" },
	    { "why", "-m", "g.test/c", "h.test/z" },
	    { "explain", "h.test/y" },
	    { "explain", "--chains", "h.test/z" },
	    { "whatif", "h.test/y@v1.2.0", "r.test/a@none" },
	    { "whatif", "h.test/y@v1.2.0", "--tidy" },
	    { APPLY, "h.test/x@v1.1.0" },
	    { APPLY, "h.test/imports", "g.test/..." },
	    { "apply", "--yes", "tidy" } } },
	/* without pruning: what is lowered, and checked for ambiguity */
	{ { "main/go.mod", MAIN "go 1.16\n\nrequire (\n\tk.test/up v1.0.0\n\tk.test/cd v1.0.0\n)\n",
	    GO_FILE("\t_ \"k.test/up\"\n\t_ \"k.test/cd/amb\"\n") },
	  { { "tidy" },
	    { "tidy", "--go=1.17" },
	    { APPLY, "k.test/imp" },
	    { APPLY, "k.test/low@none" },
	    { "explain", "k.test/low" } } },
	/* an older go's graph has more */
	{ { "main/go.mod",
	    MAIN "go 1.17\n\nrequire (\n\tk.test/ca v1.0.0\n\tg.test/amb v1.0.0\n)\n",
	    GO_FILE("\t_ \"k.test/ca\"\n\t_ \"g.test/amb/p\"\n") },
	  { { "tidy" },
	    { "tidy", "-e" },
	    { "why", "-m", "k.test/cd" },
	    { APPLY, "g.test/amb/..." } } },
	/* a workspace */
	{ { "main/go.work", "go 1.22\n\nuse (\n\t.\n\t./b\n)\n\nreplace h.test/z => ./z\n",
	    "main/go.mod", MAIN "go 1.20\n\nrequire h.test/x v1.0.0\n",
	    GO_FILE("\t_ \"h.test/x\"\n"), "main/b/go.mod",
	    "module g.test/b2\n\ngo 1.21\n\nrequire h.test/y v1.1.0\n", "main/b/b.go",
	    "package b\n\nimport _ \"h.test/y/p\"\n", "main/z/go.mod", "module h.test/z\n" },
	  { { "list" },
	    { "graph" },
	    { "why", "h.test/z" },
	    { "explain", "h.test/y" },
	    { "whatif", "h.test/y@v1.2.0" },
	    { "whatif", "--get", "h.test/y@v1.2.0" } } },
	/* a vendor directory that lacks a package and has another file */
	{ { "main/go.mod", MAIN "go 1.20\n\nrequire (\n\th.test/y v1.1.0\n\th.test/z v1.1.0\n)\n",
	    GO_FILE("\t_ \"h.test/y\"\n\t_ \"h.test/y/p\"\n"), "main/vendor/modules.txt",
	    "# h.test/y v1.1.0\n## explicit; go 1.20\nh.test/y\n# h.test/z v1.1.0\n## explicit; go 1.20\nh.test/z\n",
	    "main/vendor/h.test/y/y.go", "package y\n", "main/vendor/h.test/z/more.go",
	    "package z\n" },
	  { { "vendor" }, { "list", "h.test/y" } } },
};

static size_t n_tried, n_failed;

/* FAULT_STEP=1: at every place. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STEP 150
#else
#define STEP 20
#endif
static size_t step(void)
{
	const char *set = getenv("FAULT_STEP");

	return set ? MAX(strtoul(set, NULL, 10), 1) : STEP;
}

static const char *gomod(struct fix *f)
{
	char *data;
	size_t len;

	assert_true(fs_read(&f->a, arena_fmt(&f->a, "%s/main/go.mod", f->top), 10000, &data, &len,
			    NULL));
	return data;
}

static bool is_twin(const char *const *words)
{
	return str_eq(words[0], "list") || str_eq(words[0], "graph") ||
	       (str_eq(words[0], "tidy") && !words[1]);
}

struct outcome {
	struct cmd_out o;
	const char *gomod, *failed;
};

static struct outcome run(struct fix *f, const struct project *p, const char *const *words,
			  size_t at)
{
	struct outcome r;
	const char *failed;

	state_write(f, p->files, ARRAY_LEN(p->files));
	setenv("GOWORK", /* named, since go passes over a go.work that it only looks for */
	       str_eq(p->files[0], "main/go.work") ? arena_fmt(&f->a, "%s/main/go.work", f->top)
						   : "",
	       1);
	assert_true(fs_remove_all(f->own, NULL));
	assert_true(fs_remove_all(f->root, NULL));
	if (at == SIZE_MAX)
		shim_record(f->top);
	else
		shim_arm_for_good(f->top, at);
	cmd_run(&r.o, words);
	failed = shim_disarm();
	r.failed = failed ? arena_strdup(&f->a, failed) : "";
	r.gomod = gomod(f);
	return r;
}

static void check(const char *line, const struct project *p, const struct outcome *r,
		  const struct outcome *whole, bool twin)
{
	bool said = r->o.out.len || r->o.err.len;

	if (r->o.status < 0 || r->o.status > 3 || (r->o.status && !said))
		fail_msg("%s, with a failed %s: status %d, said: %d", line, r->failed, r->o.status,
			 said);
	if (twin && r->o.status == whole->o.status && r->o.status < 2 &&
	    !str_eq(r->o.out.data ? r->o.out.data : "", whole->o.out.data ? whole->o.out.data : ""))
		fail_msg("%s, with a failed %s: status %d, but the answer is\n%s", line, r->failed,
			 r->o.status, r->o.out.data);
	if (!str_eq(r->gomod, p->files[str_eq(p->files[0], "main/go.mod") ? 1 : 3]) &&
	    !str_eq(r->gomod, whole->gomod) &&
	    !(r->o.err.len && strstr(r->o.err.data, "warning: ")))
		fail_msg("%s, with a failed %s: status %d, %s, and go.mod is\n%s---- wanted:\n%s",
			 line, r->failed, r->o.status, r->o.out.len ? r->o.out.data : "silence",
			 r->gomod, whole->gomod);
}

static void try_command(struct fix *f, const struct project *p, const char *const *words,
			size_t first)
{
	struct outcome whole = run(f, p, words, SIZE_MAX), r;
	const char *line = "";
	size_t n = shim_recorded();

	for (size_t i = 0; words[i]; i++)
		line = arena_fmt(&f->a, "%s %s", line, words[i]);
	for (size_t i = first % step(); i < n; i += step()) {
		r = run(f, p, words, i);
		n_tried++;
		n_failed += *r.failed != 0;
		check(line, p, &r, &whole, is_twin(words));
		cmd_release(&r.o);
	}
	cmd_release(&whole.o);
}

static void test_projects(void **state)
{
	size_t first = 0;

	for (size_t i = 0; i < ARRAY_LEN(projects); i++)
		for (size_t k = 0; projects[i].commands[k][0]; k++)
			try_command(*state, &projects[i], projects[i].commands[k], first++);
	if (shim_works())
		assert_in_range(n_failed, n_tried / 2, n_tried);
}

/* A loader of TOP/main that is cancelled once it is open. */
struct loader {
	struct goenv *env;
	struct source *source;
	struct modload *ml;
	struct buf messages;
	struct cancel cancel;
	struct err e;
};

static struct modload *open_loader(struct loader *l, struct fix *f, const struct project *p,
				   struct modload_options o)
{
	*l = (struct loader){ .messages = BUF_INIT, .e = ERR_INIT };
	state_write(f, p->files, ARRAY_LEN(p->files));
	setenv("GOFLAGS", o.command == MODPROJECT_LIST && !o.force_vendor ? "-mod=mod" : "", 1);
	setenv("GOWORK", "", 1);
	l->env = goenv_new(&(struct goenv_options){ 0 }, &l->e);
	l->source = source_new(&(struct source_options){ .env = l->env });
	o.env = l->env;
	o.source = l->source;
	o.messages = &l->messages;
	o.cancel = &l->cancel;
	if (!modload_open(&l->ml, &o, &l->e))
		fail_msg("%s", l->e.text);
	l->cancel.set = true;
	return l->ml;
}

static void close_loader(struct loader *l)
{
	if (l->e.code != ERR_CANCELLED)
		fail_msg("%s", l->e.text ? l->e.text : "no error");
	modload_free(l->ml);
	source_free(l->source);
	goenv_free(l->env);
	buf_release(&l->messages);
	err_release(&l->e);
}

/* What takes long ends at once, and leaves nothing behind. */
static void test_cancelled(void **state)
{
	static const char *const all[] = { "all" };
	const struct modload_options graph = { .command = MODPROJECT_GRAPH },
				     tidy = { .command = MODPROJECT_TIDY },
				     list = { .command = MODPROJECT_LIST },
				     vendored = { .command = MODPROJECT_LIST,
						  .force_vendor = true };
	const struct modgraph *mg;
	struct vendor_report r;
	struct modinfo **rows;
	struct arena a = ARENA_INIT;
	struct tidy *t;
	struct loader l;
	size_t n;

	assert_false(gograph_load(open_loader(&l, *state, &projects[1], graph), NULL, &mg, &l.e));
	close_loader(&l);
	assert_false(tidy_run(&t, open_loader(&l, *state, &projects[0], tidy),
			      &(struct tidy_options){ 0 }, &l.e));
	tidy_free(t);
	close_loader(&l);
	assert_false(golist_list(open_loader(&l, *state, &projects[1], list), all, 1,
				 GOLIST_UPDATES, &rows, &n, &l.e));
	close_loader(&l);
	assert_false(vendor_check(&r, &a, open_loader(&l, *state, &projects[4], vendored), &l.e));
	close_loader(&l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_projects),
					    cmocka_unit_test(test_cancelled) };

	return cmocka_run_group_tests(tests, state_setup, cmd_teardown);
}
