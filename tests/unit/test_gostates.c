/*
 * Projects in many states, broken ones above all: what list, graph, why and tidy print is what go 1.26 printed for the same files
 * (`go list -m`, `go mod graph`, `go mod why`, `go mod tidy -diff`), and `apply --get` leaves the go.mod that `go get` left, or ends with its first
 * line. TOP is the folder of all; of the running go's version nothing is compared.
 */
#include "statefix.h"

#include "graph/modproject.h"

/* Either the files of a state, or a question about the last of these. */
struct state {
	const char *env[4];
	const char *files[40]; /* below TOP, and texts, in turn */
	const char *words[8];
	int status;
	const char *says;
};

static const struct state states[] = {
#include "gostates.h"
};

/* Arguments of go get, and go.mod afterwards, or the first line of the error. */
static const struct state gets[] = {
#include "gostates_get.h"
};

/* What go has no words for: the beginning of the answer, told by hand from the state. */
static const struct state explained[] = {
#include "gostates_explain.h"
};

/* "(running go 1.26.8" */
static const char *without_version(struct arena *a, const char *text)
{
	static const char mark[] = "(running go 1";
	const char *at = strstr(text, mark);

	return at ? arena_fmt(a, "%.*s(running go LOCAL%s", (int)(at - text), text,
			      without_version(a, at + strcspn(at, ";)")))
		  : text;
}

/* "for linux/amd64: toolchain not available" */
static const char *without_platform(struct arena *a, const char *text)
{
	char *here = strrchr(modproject_toolchain_version(a, ""), '.') + 1;

	*strchr(here, '-') = '/';
	return state_replaced(a, text, arena_fmt(a, " for %s:", here), " for OS/ARCH:");
}

/* What go says while it works: it depends on what is cached. */
static const char *without_progress(struct arena *a, const char *text)
{
	static const char *const begins[] = { "go: finding ", "go: downloading " };
	struct buf b = BUF_INIT;
	const char *out;

	while (*text) {
		size_t len = strcspn(text, "\n");
		bool progress = false;

		len += text[len] == '\n';
		for (size_t i = 0; i < ARRAY_LEN(begins); i++)
			progress |= str_has_prefix(text, begins[i]);
		if (!progress)
			buf_add(&b, text, len);
		text += len;
	}
	out = arena_strdup(a, b.len ? b.data : "");
	buf_release(&b);
	return out;
}

static void set_env(struct fix *f, const struct state *s)
{
	cmd_set_environment(f);
	unsetenv("GO111MODULE");
	unsetenv("GOPATH");
	for (size_t i = 0; i < ARRAY_LEN(s->env) && s->env[i]; i++) {
		const char *value = strchr(s->env[i], '=');

		setenv(arena_strndup(&f->a, s->env[i], (size_t)(value - s->env[i])),
		       state_replaced(&f->a, value + 1, "TOP", f->top), 1);
	}
}

static bool try_state(struct fix *f, const struct state *s, bool whole)
{
	const char *have, *line = "";
	struct cmd_out o;
	bool ok;

	if (!s->words[0]) {
		set_env(f, s);
		state_write(f, s->files, ARRAY_LEN(s->files));
		return true;
	}
	cmd_run(&o, s->words);
	buf_add(&o.out, o.err.data, o.err.len);
	have = state_replaced(&f->a, o.out.len ? o.out.data : "", f->top, "TOP");
	have = without_version(&f->a, state_replaced(&f->a, have, "modscope: ", "go: "));
	have = without_platform(&f->a, without_progress(&f->a, have));
	ok = o.status == s->status &&
	     (whole ? str_eq(have, s->says) : str_has_prefix(have, s->says));
	for (size_t i = 0; !ok && s->words[i]; i++)
		line = arena_fmt(&f->a, "%s %s", line, s->words[i]);
	if (!ok)
		print_error("state%s: status %d, not %d:\n%s---- wanted:\n%s\n", line, o.status,
			    s->status, have, s->says);
	cmd_release(&o);
	return ok;
}

static void test_states(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		wrong += !try_state(*state, &states[i], true);
	assert_int_equal(wrong, 0);
}

static void test_explained(void **state)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(explained); i++)
		wrong += !try_state(*state, &explained[i], false);
	assert_int_equal(wrong, 0);
}

static const char *read_main(struct fix *f, const char *name)
{
	char *data;
	size_t len;

	if (!fs_read(&f->a, arena_fmt(&f->a, "%s/main/%s", f->top, name), 1 << 20, &data, &len,
		     NULL))
		return "";
	return data;
}

static bool try_get(struct fix *f, const struct state *s, const struct state *project)
{
	const char *words[12] = { "apply", "--yes", "--get", "whatif", "--" }, *have, *line = "";
	struct cmd_out o;
	bool ok;

	set_env(f, project);
	state_write(f, project->files, ARRAY_LEN(project->files));
	for (size_t i = 0; s->words[i]; i++) {
		words[5 + i] = s->words[i];
		line = arena_fmt(&f->a, "%s %s", line, s->words[i]);
	}
	cmd_run(&o, words);
	have = o.status == 0 ? read_main(f, "go.mod") : o.err.len ? o.err.data : "";
	have = without_version(&f->a, state_replaced(&f->a, have, f->top, "TOP"));
	if (o.status) {
		have = arena_strndup(&f->a, have, strcspn(have, "\n"));
		have = state_replaced(&f->a, have, "modscope: ", "go: ");
	}
	ok = o.status == s->status && str_eq(have, s->says);
	if (o.status && ok) /* nothing is written */
		ok = str_eq(read_main(f, "go.mod"), project->files[1]);
	if (!ok)
		print_error("get%s: status %d, not %d:\n%s---- wanted:\n%s\n", line, o.status,
			    s->status, have, s->says);
	cmd_release(&o);
	return ok;
}

static void test_get(void **state)
{
	const struct state *project = NULL;
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(gets); i++)
		if (gets[i].words[0])
			wrong += !try_get(*state, &gets[i], project);
		else
			project = &gets[i];
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_states),
					    cmocka_unit_test(test_explained),
					    cmocka_unit_test(test_get) };

	return cmocka_run_group_tests(tests, state_setup, cmd_teardown);
}
