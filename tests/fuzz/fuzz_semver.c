/* Versions and paths: semver, pseudo-versions, Go's own, module paths, escaping and globs. The input is two strings, separated
 * by a newline. Comparing is antisymmetric, and escaping is reversible. */
#include "gofiles/cachepath.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void versions(struct arena *a, const char *v, const char *w)
{
	struct err e = ERR_INIT;
	const char *canonical = semver_canonical(a, v);
	int64_t t;

	check(semver_compare(v, w) == -semver_compare(w, v));
	check(semver_compare(v, v) == 0);
	check(semver_valid(v) == (*canonical != '\0'));
	check(!*canonical || semver_compare(v, canonical) == 0);
	check(str_eq(semver_canonical(a, canonical), canonical));
	check(!pseudo_is(v) || semver_valid(v));
	pseudo_time(&t, v, &e);
	err_release(&e);
	check(gover_compare(v, w) == -gover_compare(w, v));
	gover_mod_major_minor(a, "go", v);
	gover_prev(a, v);
	gover_compare_toolchains(v, w);
}

/* Unescaping returns the original string. */
static void comes_back(struct arena *a, const struct buf *escaped, const char *s)
{
	const char *back = cachepath_unescape(a, escaped->data, escaped->len);

	check(back && str_eq(back, s));
}

static void paths(struct arena *a, const char *p, const char *v)
{
	struct err e = ERR_INIT;
	struct buf escaped = BUF_INIT;

	if (modpath_check(p, &e)) {
		size_t prefix;

		check(modpath_split(p, &prefix) && prefix <= strlen(p));
		check(modpath_escape(&escaped, p, NULL));
		comes_back(a, &escaped, p);
		modpath_check_major(v, p + prefix, NULL);
	} else {
		check(e.text != NULL);
	}
	err_clear(&e);
	modpath_check_import(p, &e);
	err_clear(&e);
	modpath_check_file_n(p, strlen(p), &e);
	err_clear(&e);
	buf_clear(&escaped);
	if (modpath_escape_version(&escaped, v, &e))
		comes_back(a, &escaped, v);
	err_release(&e);
	modpath_match_globs(v, p);
	modpath_is_directory(p);
	buf_release(&escaped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	const char *text = arena_strndup(&a, (const char *)data, size);
	const char *newline = strchr(text, '\n');
	const char *w = newline ? newline + 1 : text;
	const char *v = arena_strndup(&a, text, newline ? (size_t)(newline - text) : strlen(text));

	versions(&a, v, w);
	paths(&a, v, w);
	arena_release(&a);
	return 0;
}
