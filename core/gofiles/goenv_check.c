/* Settings that go refuses before it looks at a module. */
#include <errno.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "gofiles/goenv_impl.h"

static bool refuse(struct err *e, const char *before, const char *value, const char *after)
{
	struct buf q = BUF_INIT;

	text_quote(&q, value, strlen(value));
	err_set(e, ERR_USAGE, "%s%s%s", before, q.data, after);
	buf_release(&q);
	return false;
}

bool goenv_gopath_is_goroot(const struct goenv *env)
{
	const char *list = goenv_get(env, "GOPATH"), *root = goenv_goroot(env);
	struct arena a = ARENA_INIT;
	bool same = *list && *root && str_eq(path_clean(&a, list), path_clean(&a, root));

	arena_release(&a);
	return same;
}

bool goenv_check_gopath(const struct goenv *env, struct err *e)
{
	const char *list = goenv_get(env, "GOPATH");
	char *p = xstrdup(list);
	bool ok = true;

	if (!*list || goenv_gopath_is_goroot(env)) {
		free(p);
		return true;
	}
	for (char *s = p, *next; ok && s; s = next) {
		next = strchr(s, ':');
		if (next)
			*next++ = '\0';
		if (*s == '~')
			ok = refuse(e,
				    "GOPATH entry cannot start with shell metacharacter '~': ", s,
				    "");
		else if (*s && !path_is_abs(s))
			ok = refuse(e, "GOPATH entry is relative; must be absolute path: ", s,
				    ".\nFor more details see: 'go help gopath'");
	}
	free(p);
	return ok;
}

const char *goenv_usable_modcache(const struct goenv *env, struct err *e)
{
	const char *dir = goenv_modcache(env, e);
	struct err why = ERR_INIT;
	struct stat st;

	if (!dir)
		return NULL;
	if (stat(dir, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return dir;
		refuse(&why, "", dir, " is not a directory");
	} else if (errno != ENOENT) {
		err_sys(&why, errno, "stat %s", dir);
	} else if (fs_can_mkdir_all(dir, &why)) {
		return dir;
	}
	err_wrap(&why, "could not create module cache: ");
	err_move(e, &why);
	return NULL;
}

bool goenv_check_start(const struct goenv *env, struct err *e)
{
	const struct goenv_var *goroot = goenv_var(env, "GOROOT");
	const char *m = goenv_get(env, "GO111MODULE");
	const struct goflags *flags;
	struct goenv_toolchain t;

	if (!*m || str_eq(m, "on") || str_eq(m, "auto"))
		if (!goenv_toolchain(env, &t, e))
			return false;
	/* choosing a toolchain looks for go.work, whatever the command */
	if (!goenv_check_gowork(env, e))
		return false;
	/* without a Go installation we continue: GOROOT matters only if it is set */
	if (*goroot->value && !fs_is_dir(goroot->value))
		return err_set(e, ERR_USAGE, "cannot find GOROOT directory: %s", goroot->value);
	return goenv_check_gopath(env, e) && goenv_check_buildcfg(env, e) &&
	       goenv_check_experiments(env, e) && goenv_goflags(env, &flags, e);
}

bool goenv_check(const struct goenv *env, struct err *e)
{
	const char *m = goenv_get(env, "GO111MODULE");

	if (!goenv_check_start(env, e))
		return false;
	if (str_eq(m, "off"))
		return err_set(e, ERR_REFUSED,
			       "modules disabled by GO111MODULE=off; see 'go help modules'");
	if (*m && !str_eq(m, "on") && !str_eq(m, "auto"))
		return err_set(e, ERR_REFUSED, "unknown environment setting GO111MODULE=%s", m);
	return true;
}

bool goenv_check_flags(const struct goenv *env, enum goflags_command c, struct err *e)
{
	const struct goflags *flags;

	return goenv_goflags(env, &flags, e) && goflags_check(flags, c, goenv_go_version(env), e) &&
	       (c != GOFLAGS_LIST || goenv_check_list(env, e));
}

bool goenv_check_command(const struct goenv *env, enum goflags_command c, struct err *e)
{
	return goenv_check_flags(env, c, e) && goenv_check_fips(env, c == GOFLAGS_LIST, e);
}
