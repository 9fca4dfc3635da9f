#include "offline/settings.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "gofiles/goenv.h"

extern char **environ;

static bool is_set(const char *variable, const char *const *set)
{
	for (const char *const *s = set; *s; s++)
		if (strncmp(variable, *s, strcspn(*s, "=") + 1) == 0)
			return true;
	return false;
}

struct goenv *settings_with(const struct goenv *env, struct arena *a, const char *const *set,
			    struct err *e)
{
	VEC(const char *) list = { 0 };
	struct goenv *changed;

	for (char **v = environ; *v; v++)
		if (!is_set(*v, set))
			vec_push(&list, arena_strdup(a, *v));
	for (const char *const *s = set; *s; s++)
		vec_push(&list, *s);
	vec_push(&list, NULL);
	changed = goenv_new(
		&(struct goenv_options){
			.dir = goenv_cwd(env),
			.runs_auth = goenv_runs_auth(env),
			/* a GOMODCACHE that is empty does not uncover the user's */
			.own_of = is_set("XDG_CACHE_HOME=", set) ? NULL : env,
			.environ = arena_memdup(a, list.items, list.n * sizeof(*list.items)) },
		e);
	vec_release(&list);
	return changed;
}

const char *settings_file_url(struct arena *a, const char *path)
{
	struct buf b = BUF_INIT;
	const char *url;

	buf_addstr(&b, "file://");
	text_percent_encode(&b, path, "/");
	url = arena_strdup(a, b.data);
	buf_release(&b);
	return url;
}
