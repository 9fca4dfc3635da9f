/* What is said of requests that cannot be served, as the screen shows it. */
#include "partfix.h"

#include "fault/gitfault.h"
#include "git/gitstate.h"

#define MODULE "example.com/Upper"
#define GONE "the files have changed since this was shown; nothing was done"

/* TOP in `says` stands for the folder above the project, a star before it for a commit. */
static const struct refused {
	struct request request;
	const char *says; /* NULL: it is served */
} refused[] = {
	{ { PART_REPLACEMENT, .module = "example.com/none" },
	  "example.com/none is not in the build list" },
	{ { PART_REPLACEMENT, .module = MODULE }, MODULE " is not replaced" },
	{ { PART_REPLACEMENT, .module = "example.com/other" }, NULL },
	{ { PART_VERSIONS, .versions = { "example.com/none", false } },
	  "example.com/none is not in the build list" },
	{ { PART_VERSIONS, .versions = { "example.com/other", true } }, NULL },
	{ { PART_VERSIONS, .versions = { "example.com/main", true } }, NULL },
	{ { PART_EXPLAIN, .module = "example.com/none" }, NULL },
	{ { PART_PLAN, .act = { .verb = REQUEST_PRUNE, .id = "" } },
	  "the report that was shown is gone" },
	{ { PART_PLAN, .act = { .verb = REQUEST_REPAIR, .id = "" } },
	  "the report that was shown is gone" },
	{ { PART_PLAN, .act = { .verb = REQUEST_PREFETCH, .id = "" } },
	  "the answer that was shown is gone" },
	{ { PART_PLAN, .act = { .verb = REQUEST_UNDO, .id = "none" } },
	  "none: no such change in the quarantine" },
	{ { PART_PLAN, .act = { .verb = REQUEST_HISTORY, .id = "" } }, NULL },
	{ { PART_PLAN, .act = { .verb = REQUEST_OWN, .id = "" } }, NULL },
	{ { PART_APPLY, .apply = { .tidy = true, .plan = 1 } }, GONE },
	{ { PART_APPLY, .apply = { .plan = 1 } }, NULL },
	{ { PART_EXPORT, .export = { GRAPHFILE_JSON, "main.go/x", false, 0 } },
	  "mkdir main.go: not a directory" },
	{ { PART_EXPORT, .export = { 0, "main.go/x", true, REQUEST_RECORD_SPDX } },
	  "mkdir main.go: not a directory" },
	{ { PART_RECORD, .record = { "none" } }, "open none: no such file or directory" },
	{ { PART_RECORD, .record = { "other" } }, "read other: is a directory" },
	{ { PART_MODCOMPARE, .modcompare = { { "example.com/none", "current" },
					     { "example.com/none", "v1.0.0" },
					     "",
					     0 } },
	  "example.com/none@current: the build list does not have it" },
	{ { PART_MODCOMPARE, .modcompare = { { "example.com/main", "current" },
					     { "example.com/main", "v1.0.0" },
					     "",
					     0 } },
	  "example.com/main@current: it is a main module" },
	{ { PART_MODCOMPARE, .modcompare = { { "example.com/other", "current" },
					     { "example.com/other", "v0.1.0" },
					     "",
					     0 } },
	  "example.com/other@current: it is the directory ./other" },
	{ { PART_MODCOMPARE, .modcompare = { { MODULE, "current" }, { MODULE, "v9" }, "", 0 } },
	  MODULE "@v9: no matching versions for query \"v9\"" },
	{ { PART_MODCOMPARE, .modcompare = { { MODULE, "current" }, { MODULE, "v9.0.0" }, "", 0 } },
	  MODULE
	  "@v9.0.0: reading file://TOP/up/cache/download/example.com/%21upper/@v/v9.0.0.mod: no such file or directory" },
	{ { PART_MODCOMPARE,
	    .modcompare = { { MODULE, "v1.0.0" }, { MODULE, "v1.1.0" }, "nope", 0 } },
	  "nope: neither version has it" },
	{ { PART_MODCOMPARE,
	    .modcompare = { { MODULE, "current" }, { MODULE, "latest" }, "go.mod", 0 } },
	  NULL },
	{ { PART_COMPARE, .compare = { "nosuch", "", false, false, false } },
	  "the repository has no revision 'nosuch'" },
	{ { PART_COMPARE, .compare = { "v1.0.0", "nosuch", true, false, false } },
	  "the repository has no revision 'nosuch'" },
	{ { PART_COMPARE, .compare = { "none", "none", false, true, false } },
	  "open TOP/main/none: no such file or directory" },
	{ { PART_SINCE, .since = "broken" },
	  "errors parsing go.mod:\ngo.mod:5: unknown directive: frob" },
	{ { PART_SINCE, .since = "nomod" }, "*has no go.mod for this directory" },
	{ { PART_SINCE, .since = "v1.0.0" }, NULL },
	{ { PART_SINCE, .since = "work" },
	  "cannot load module none listed in go.work file: open none/go.mod: no such file or directory" },
	{ { PART_COMPARE, .compare = { "broken", "", false, false, true } },
	  "broken: errors parsing go.mod:\ngo.mod:5: unknown directive: frob" },
	{ { PART_COMPARE, .compare = { "broken", "nomod", false, false, false } },
	  "broken: errors parsing go.mod:\ngo.mod:5: unknown directive: frob" },
	{ { PART_COMPARE, .compare = { "nomod", "HEAD", false, false, false } },
	  "*has no go.mod for this directory" },
	{ { PART_COMPARE, .compare = { "v1.0.0", "broken", true, false, true } },
	  "broken: errors parsing go.mod:\ngo.mod:5: unknown directive: frob" },
	{ { PART_COMPARE, .compare = { "work", "", false, false, true } },
	  "work: cannot load module none listed in go.work file: open none/go.mod: no such file or directory" },
	{ { PART_SINCE, .since = "nosuch" }, "the repository has no revision 'nosuch'" },
	{ { PART_HISTORY, .history = { .module = "example.com/none" } }, NULL },
	{ { PART_VULNS, .mirror = "none" },
	  "open none/index/modules.json: no such file or directory" },
	{ { PART_OFFLINE, .offline = { .platforms = "linux/amd64,,x" } },
	  "a platform is GOOS/GOARCH, not x" },
	{ { PART_OFFLINE, .offline = { .platforms = ",linux/amd64," } }, NULL },
};

static bool is_said(const char *have, const char *want)
{
	return *want == '*' ? str_has_suffix(have, want + 1) : str_eq(have, want);
}

static void test_refused(void **state)
{
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const struct request *r = &refused[i].request;
		struct load *l = load_new(&(struct load_options){ .dir = NULL });
		struct snapshot *s = snapshot_new();
		const char *want = refused[i].says, *top;
		struct buf name = BUF_INIT;
		struct job_mail *m;

		part_make_needed(js, l, &s, r->part);
		m = part_run(js, l, s, r);
		part_name(r, &name);
		top = want ? strstr(want, "TOP/") : NULL;
		if (top)
			want = arena_fmt(&f->a, "%.*s%s%s", (int)(top - want), want, f->top,
					 top + 3);
		if (!is_said(m->kind == JOB_FAILED ? m->err.text : "", want ? want : ""))
			fail_msg("%s: \"%s\" instead of \"%s\"", name.data, m->err.text, want);
		buf_release(&name);
		job_mail_free(m);
		snapshot_unref(s);
		load_free(l);
	}
	jobs_free(js);
}

static void add_commit(struct buf *b, const struct githistory_commit *c)
{
	buf_addf(b, "%s %s %s %lld\n", c->id, c->subject, c->author, (long long)c->time);
}

/* What two parts about the repository hold, as text. */
static void describe(struct buf *b, const struct request *r, const void *data)
{
	const struct load_revisions *lr = data;
	const struct gitstate *s = data;

	buf_clear(b);
	if (r->part == PART_GIT) {
		buf_addf(b, "%d %s %s %s %zu", s->there, s->branch, s->ref, s->commit,
			 s->n_changed);
		return;
	}
	for (size_t i = 0; i < lr->n_names; i++) {
		buf_addf(b, "%d %s ", (int)lr->names[i].kind, lr->names[i].name);
		add_commit(b, &lr->names[i].at);
	}
	for (size_t i = 0; i < lr->n_commits; i++)
		add_commit(b, &lr->commits[i]);
}

/* Its text, or "!" and the error. */
static void make_text(struct jobs *js, const struct request *r, struct buf *b)
{
	struct load *l = load_new(&(struct load_options){ .dir = NULL });
	struct snapshot *s = snapshot_new();
	struct job_mail *m;

	part_make_needed(js, l, &s, r->part);
	m = part_run(js, l, s, r);
	if (m->kind == JOB_DONE) {
		describe(b, r, m->part->data);
	} else {
		buf_clear(b);
		buf_addf(b, "!%s", m->err.text);
	}
	job_mail_free(m);
	snapshot_unref(s);
	load_free(l);
}

/* A name whose object cannot be read is left out. */
static bool may_lack(const char *failed)
{
	return failed && str_eq(failed, "reference_peel");
}

static void fail_each(struct jobs *js, const struct request *r)
{
	struct buf want = BUF_INIT, have = BUF_INIT;
	size_t n;

	make_text(js, r, &want);
	gitfault_record();
	make_text(js, r, &have);
	n = gitfault_recorded();
	assert_string_equal(have.data, want.data);
	assert_true(n > 2 && *want.data != '!');
	for (size_t i = 0; i < n; i++) {
		const char *failed;

		gitfault_arm(i, GIT_ERROR);
		make_text(js, r, &have);
		failed = gitfault_disarm();
		if (*have.data == '!' ? !strstr(have.data, GITFAULT_SAYS)
				      : !str_eq(have.data, want.data) && !may_lack(failed))
			fail_msg("part %d, %s fails: %s", r->part, failed, have.data);
	}
	buf_release(&want);
	buf_release(&have);
}

/* The repository's state and revisions, while one call of libgit2 fails: the reason is told. Before the first commit, too. */
static void test_repository(void **state)
{
	struct fix *f = *state;
	struct jobs *js = jobs_new(1);
	const char *head = arena_fmt(&f->a, "%s/main/.git/HEAD", f->top);
	char *was;
	size_t len;

	assert_true(gitfault_begin());
	fail_each(js, REQUEST(PART_GIT));
	fail_each(js, REQUEST(PART_REVISIONS));
	assert_true(fs_read(&f->a, head, 1000, &was, &len, NULL));
	fix_write_str(head, "ref: refs/heads/unborn\n");
	fail_each(js, REQUEST(PART_GIT));
	fix_write_str(head, was);
	gitfault_end();
	jobs_free(js);
}

/* Commits whose go.mod is malformed or missing, or that have a workspace of which a member is missing. */
static int setup(void **state)
{
	struct arena a = ARENA_INIT;
	char *gomod;
	size_t len;

	if (part_setup(state))
		return -1;
	assert_true(fs_read(&a, "go.mod", FS_MAX_MOD, &gomod, &len, NULL));
	fix_write_str("go.mod", "module example.com/main\n\ngo 1.20\n\nfrob x\n");
	cmd_commit(*state, "broken", 1700000200);
	unlink("go.mod");
	cmd_commit(*state, "nomod", 1700000300);
	fix_write_str("go.mod", gomod);
	fix_write_str("go.work", "go 1.20\n\nuse (\n\t.\n\t./none\n)\n");
	cmd_commit(*state, "work", 1700000400);
	unlink("go.work");
	cmd_commit(*state, "good", 1700000500);
	fix_write_str("other/a.go", "package a\n\nfunc New() {}\n");
	arena_release(&a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_refused),
					    cmocka_unit_test(test_repository) };

	return cmocka_run_group_tests(tests, setup, cmd_teardown);
}
