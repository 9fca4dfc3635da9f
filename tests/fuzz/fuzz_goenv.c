/* GOFLAGS, GOTOOLCHAIN and a `go env -w` file of any bytes: the first line is GOFLAGS, the second GOTOOLCHAIN, the rest the
 * file. */
#include "gofiles/goenv.h"
#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void try_flags(const struct goenv *env)
{
	const struct goflags *flags;
	struct err e = ERR_INIT;
	const char *value = NULL;
	bool on = false;

	if (goenv_goflags(env, &flags, &e)) {
		for (size_t i = 0; i < flags->n; i++)
			check(*flags->items[i].name && flags->items[i].name[0] != '-' &&
			      !strchr(flags->items[i].name, '='));
		check(!goenv_flag(env, "mod", &value, NULL) || !value || flags->n > 0);
		goenv_flag_bool(env, "modcacherw", &on, NULL);
		check(!on || flags->n > 0);
	} else {
		check(e.text != NULL);
	}
	err_release(&e);
}

static void try_toolchain(const struct goenv *env)
{
	struct goenv_toolchain t;
	struct err e = ERR_INIT;

	if (goenv_toolchain(env, &t, &e))
		check(memchr(t.min, 0, sizeof(t.min)) != NULL);
	else
		check(e.text != NULL);
	err_release(&e);
}

static void try_notes(const struct goenv *env)
{
	struct goenv_note *notes;
	struct arena a = ARENA_INIT;
	size_t n;

	goenv_explain(env, &a, &notes, &n);
	for (size_t i = 0; i < n; i++)
		check(notes[i].name && notes[i].value && notes[i].where && notes[i].effect &&
		      (!notes[i].hazard || notes[i].remedy || notes[i].severity == FINDING_INFO));
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *one = memchr(data, '\n', size), *two;
	size_t left = one ? size - (size_t)(one - data) - 1 : 0;
	char *flags, *toolchain, *file;
	struct memfile f;
	struct goenv *env;

	if (!one || !(two = memchr(one + 1, '\n', left)))
		return 0;
	flags = xasprintf("GOFLAGS=%.*s", (int)(one - data), data);
	toolchain = xasprintf("GOTOOLCHAIN=%.*s", (int)(two - one - 1), one + 1);
	memfile_open(&f, two + 1, size - (size_t)(two - data) - 1);
	file = xasprintf("GOENV=%s", f.path);
	const char *vars[] = {
		"HOME=/nonexistent", "GOROOT=/nonexistent", flags, toolchain, file, NULL
	};

	env = goenv_new(&(struct goenv_options){ .environ = vars }, NULL);
	if (env) {
		struct err e = ERR_INIT;

		check(goenv_check(env, &e) || e.text);
		err_release(&e);
		try_flags(env);
		try_toolchain(env);
		try_notes(env);
		goenv_free(env);
	}
	memfile_close(&f);
	free(flags);
	free(toolchain);
	free(file);
	return 0;
}
