/*
 * A repository on this machine, read in place: which refs count is what `git ls-remote` of 2.39 lists, and every answer while calls of libgit2
 * fail, or the work is cancelled there.
 */
#include "gitfix.h"

#include "fault/gitfault.h"
#include "git/githost.h"

static char first[GITFIX_HEX], second[GITFIX_HEX], third[GITFIX_HEX];
static struct cancel cancel;

static int setup(void **state)
{
	static const char *const one[] = { "a.go", "package a\n", NULL };
	static const char *const two[] = { "go.mod", "module m\n", "a.go", "package a\n", NULL };
	static const char *const three[] = { "go.mod", "module m\n", "dir/x", "xx", NULL };
	git_repository *repo;
	char other[GITFIX_HEX];

	if (tmp_setup(state))
		return -1;
	repo = gitfix_new("up");
	gitfix_commit(repo, "refs/heads/main", one, 1700000000, first);
	gitfix_tag(repo, "v1.0.0", first, NULL);
	gitfix_tag(repo, "v1.0.0-rc", first, NULL);
	gitfix_commit(repo, "refs/heads/main", two, 1700000100, second);
	gitfix_tag(repo, "sub/v1.0.0", second, "with words");
	gitfix_commit(repo, "refs/heads/dev", one, 1700000050, other);
	gitfix_commit(repo, "refs/heads/dev2", two, 1700000050, other);
	gitfix_commit(repo, "refs/heads/main", three, 1700000200, third);
	git_repository_free(repo);
	return 0;
}

static struct githost *host(void)
{
	return githost_new(&(struct githost_options){
		.url = "https://h.test/up", .real_url = tmp_path("up"), .cancel = &cancel });
}

/* "HEAD dev main | v1.0.0" */
static const char *listed(void)
{
	static const char *const branches[] = { "dev", "dev2", "main" };
	char sum[GITHOST_SUM_LEN + 1];
	const struct githost_rev *r;
	struct githost *h = host();
	struct githost_tag *tags;
	const char *out;
	size_t n;

	out = githost_latest(h, &r, NULL) ? "HEAD" : "-";
	for (size_t i = 0; i < ARRAY_LEN(branches); i++)
		if (githost_stat(h, branches[i], &r, NULL))
			out = arena_fmt(&tmp_arena, "%s %s", out, branches[i]);
	assert_true(githost_tags(h, &tmp_arena, "", &tags, &n, sum, NULL));
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&tmp_arena, "%s%s%s", out, i ? " " : " | ", tags[i].name);
	githost_free(h);
	return out;
}

static void test_hidden(void **state)
{
	static const struct {
		const char *config, *want;
	} cases[] = {
		{ "", "HEAD dev dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs/tags/v1.0.0\n",
		  "HEAD dev dev2 main | sub/v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs/tags\n", "HEAD dev dev2 main" },
		{ "[uploadpack]\nhideRefs = refs/heads/dev\n",
		  "HEAD dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[receive]\nhideRefs = refs/heads/dev\n",
		  "HEAD dev dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs/tags/\nhideRefs = !refs/tags/sub\n",
		  "HEAD dev dev2 main | sub/v1.0.0" },
		{ "[transfer]\nhideRefs = !refs/tags/sub\n[uploadpack]\nhideRefs = refs/tags\n",
		  "HEAD dev dev2 main" },
		{ "[transfer]\nhideRefs = ^refs/heads/dev\n",
		  "HEAD dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs/heads\nhideRefs = !^refs/heads/dev\n",
		  "HEAD dev | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = HEAD\n",
		  "- dev dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs\n", "HEAD" },
		{ "[transfer]\nhideRefs = refs/tags/v1\n",
		  "HEAD dev dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
		{ "[transfer]\nhideRefs = refs/heads/dev///\n",
		  "HEAD dev2 main | sub/v1.0.0 v1.0.0 v1.0.0-rc" },
	};
	const char *config = tmp_read("up/config");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tmp_write("up/config", arena_fmt(&tmp_arena, "%s%s", config, cases[i].config));
		assert_string_equal(listed(), cases[i].want);
	}
	tmp_write("up/config", config);
}

static bool any_tag(void *ctx, const char *tag)
{
	(void)ctx;
	return tag[0] == 'v';
}

static const char *rev_text(struct githost *h, const char *rev, struct err *e)
{
	const struct githost_rev *r;

	if (!(rev ? githost_stat(h, rev, &r, e) : githost_latest(h, &r, e)))
		return NULL;
	return arena_fmt(&tmp_arena, "%s %s %s", r->hash, r->version, r->ref);
}

static const char *tags_text(struct githost *h, struct err *e)
{
	const struct githost_rev *r;
	const char **tags, *out = "";
	size_t n;

	if (!githost_stat(h, second, &r, e))
		return NULL;
	githost_tags_of(h, r, &tmp_arena, &tags, &n);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&tmp_arena, "%s %s", out, tags[i]);
	return out;
}

static const char *zip_text(struct githost *h, struct err *e)
{
	struct gitzip *z;

	if (!githost_zip(h, "main", "", &z, e))
		return NULL;
	gitzip_free(z);
	return "a zip";
}

/* NULL and e. */
static const char *ask(struct githost *h, size_t i, struct err *e)
{
	const struct githost_tag tag = { "v1.0.0", first };
	const char *text;
	char *data;
	size_t len;
	bool yes;

	switch (i) {
	case 0: return rev_text(h, "v1.0.0", e);
	case 1: return rev_text(h, "sub/v1.0.0", e);
	case 2: return rev_text(h, "dev2", e);
	case 3: return rev_text(h, arena_strndup(&tmp_arena, second, 9), e);
	case 4: return rev_text(h, "0123456", e);
	case 5: return rev_text(h, NULL, e);
	case 6: return tags_text(h, e);
	case 7:
		return githost_recent_tag(h, third, &tmp_arena, "", any_tag, NULL, &text, e) ? text
											     : NULL;
	case 8: return !githost_descends(h, third, &tag, &yes, e) ? NULL : yes ? "yes" : "no";
	case 9:
		return githost_read(h, "main", &tmp_arena, "dir/x", 100, &data, &len, e) ? data
											 : NULL;
	default: return zip_text(h, e);
	}
}
#define QUESTIONS 11u

/* The answer, or "!" and the error. */
static const char *answer(size_t i)
{
	struct githost *h = host();
	struct err e = ERR_INIT;
	const char *text;

	atomic_store(&cancel.set, false);
	text = ask(h, i, &e);
	if (!text)
		text = arena_fmt(&tmp_arena, "!%s", e.text);
	err_release(&e);
	githost_free(h);
	return text;
}

static void stop(void *ctx)
{
	(void)ctx;
	atomic_store(&cancel.set, true);
}

enum fault { FAILS, IS_MISSING, IS_CANCELLED, FAULTS };

/* What is missing may be missing in the answer; else it is the same, or an error. */
static bool is_honest(const char *have, const char *want, enum fault fault)
{
	if (str_eq(have, want) || fault == IS_MISSING)
		return true;
	if (fault == IS_CANCELLED)
		return str_eq(have, "!cancelled");
	return *have == '!' && have[1];
}

static bool try_place(size_t question, const char *want, size_t place, enum fault fault)
{
	const char *have, *at;
	bool ok;

	if (fault == IS_CANCELLED)
		gitfault_arm_call(place, stop, NULL);
	else
		gitfault_arm(place, fault == FAILS ? GIT_ERROR : GIT_ENOTFOUND);
	have = answer(question);
	at = gitfault_disarm();
	ok = is_honest(have, want, fault);
	if (!ok)
		print_error("question %zu, fault %d of %s: \"%s\", was \"%s\"\n", question,
			    (int)fault, at ? at : "nothing", have, want);
	return ok;
}

static void test_faults(void **state)
{
	size_t wrong = 0;

	(void)state;
	assert_true(gitfault_begin());
	for (size_t i = 0; i < QUESTIONS; i++) {
		const char *want;
		size_t n;

		gitfault_record();
		want = answer(i);
		n = gitfault_recorded();
		assert_int_equal(*want == '!', i == 4);
		for (size_t k = 0; k < n; k++)
			for (enum fault fault = 0; fault < FAULTS; fault++)
				wrong += !try_place(i, want, k, fault);
		assert_string_equal(answer(i), want);
	}
	gitfault_end();
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_hidden),
					    cmocka_unit_test(test_faults) };

	return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
