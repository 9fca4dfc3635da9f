/* GOAUTH: what go accepts. */
#include <errno.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "gofiles/goenv_impl.h"

static bool auth_error(struct err *e, const char *what, const char *goauth)
{
	struct arena a = ARENA_INIT;

	err_set(e, ERR_REFUSED, "%s (GOAUTH=%s)", what, goenv_mask_auth(&a, goauth));
	arena_release(&a);
	return false;
}

/* One of the n commands of GOAUTH. */
static bool check_auth_command(const char *s, size_t len, size_t n, const char *goauth,
			       struct err *e)
{
	static const char git[] =
		"GOAUTH=git dir method requires an absolute path to the git working directory";
	struct text_field words[3];
	size_t n_words = text_fields(s, len, words, ARRAY_LEN(words));
	char *dir;
	bool ok = true;

	if (!n_words)
		return auth_error(e, "GOAUTH encountered an empty command", goauth);
	if (words[0].len == 3 && memcmp(words[0].s, "off", 3) == 0)
		return n == 1 ||
		       auth_error(
			       e,
			       "GOAUTH=off cannot be combined with other authentication commands",
			       goauth);
	if (words[0].len != 3 || memcmp(words[0].s, "git", 3) != 0)
		return true;
	if (n_words != 2)
		return err_set(e, ERR_REFUSED, "%s", git);
	dir = xstrndup(words[1].s, words[1].len);
	if (!path_is_abs(dir))
		ok = err_set(e, ERR_REFUSED, "%s, dir is not absolute", git);
	else if (!fs_exists(dir))
		ok = err_set(e, ERR_REFUSED,
			     "GOAUTH=git encountered an error; cannot stat %s: stat %s: %s", dir,
			     dir, err_errno_text(errno));
	else if (!fs_is_dir(dir))
		ok = err_set(e, ERR_REFUSED, "%s, dir is not a directory", git);
	free(dir);
	return ok;
}

/* auth.runGoAuth: the last command comes first. */
bool goenv_check_auth(const struct goenv *env, struct err *e)
{
	const char *v = goenv_get(env, "GOAUTH"), *end = v + strlen(v);
	size_t n = 1;

	if (str_eq(v, "off"))
		return true;
	for (const char *s = v; *s; s++)
		n += *s == ';';
	for (;;) {
		const char *semicolon = memrchr(v, ';', (size_t)(end - v));
		const char *s = semicolon ? semicolon + 1 : v;

		if (!check_auth_command(s, (size_t)(end - s), n, v, e))
			return false;
		if (!semicolon)
			return true;
		end = semicolon;
	}
}

static bool is_word(const struct text_field *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->s, text, word->len) == 0;
}

bool goenv_auth_runs(const char *goauth)
{
	while (*goauth) {
		size_t n = strcspn(goauth, ";");
		struct text_field word;

		if (text_fields(goauth, n, &word, 1) && !is_word(&word, "netrc") &&
		    !is_word(&word, "git") && !is_word(&word, "off"))
			return true;
		goauth += n + (goauth[n] == ';');
	}
	return false;
}
