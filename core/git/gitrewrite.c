#include "git/gitrewrite.h"

#include <strings.h>

#include "base/path.h"
#include "base/fs.h"
#include "git/git_lib.h"
#include "gofiles/goenv.h"

#define MAX_ENV 1000
#define MAX_FILE ((size_t)1 << 20)
#define LINES "^(url\\..*\\.insteadof|core\\.sshcommand|ssh\\.variant)$"

static bool is_instead(const char *key)
{
	static const char suffix[] = ".insteadof";
	size_t n = strlen(key), m = sizeof(suffix) - 1;

	return n >= m && strcasecmp(key + n - m, suffix) == 0;
}

/* "url.BASE.insteadof"; the base keeps its case. */
static void add(struct gitrewrite *w, const char *key, const char *value)
{
	size_t n = strlen(key);

	if (value && strcasecmp(key, "core.sshcommand") == 0)
		w->ssh_command = arena_strdup(&w->arena, value);
	if (value && strcasecmp(key, "ssh.variant") == 0)
		w->ssh_variant = arena_strdup(&w->arena, value);
	if (n < 14 || strncasecmp(key, "url.", 4) != 0 || !is_instead(key) || !value)
		return;
	arena_vec_push(&w->arena, &w->rules,
		       (struct gitrewrite_rule){ arena_strndup(&w->arena, key + 4, n - 4 - 10),
						 arena_strdup(&w->arena, value) });
}

/* Whether the file may have one of these lines, or name a file that may: most have none, and loading libgit2 takes long. */
static bool may_matter(const char *file)
{
	static const char *const words[] = { "insteadof", "sshcommand", "variant", "include" };
	struct buf b = BUF_INIT;
	bool may = !fs_read_buf(&b, file, MAX_FILE, NULL);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		may |= strcasestr(b.data, words[i]) != NULL;
	may |= memchr(b.data, 0, b.len) != NULL;
	buf_release(&b);
	return may;
}

static void add_file(struct gitrewrite *w, const char *file)
{
	const struct git_lib *git;
	git_config_iterator *it;
	git_config_entry *entry;
	git_config *cfg;

	if (!*file || !fs_is_file(file) || !may_matter(file))
		return;
	git = git_lib_get(NULL);
	if (!git || git->config_new(&cfg) != 0)
		return;
	if (git->config_add_file_ondisk(cfg, file, GIT_CONFIG_LEVEL_APP, NULL, 0) == 0 &&
	    git->config_iterator_glob_new(&it, cfg, LINES) == 0) {
		while (git->config_next(&entry, it) == 0)
			add(w, entry->name, entry->value);
		git->config_iterator_free(it);
	}
	git->config_free(cfg);
}

/* git_parse_maybe_bool */
static bool is_false(const char *s)
{
	char *end;

	return !*s || strcasecmp(s, "false") == 0 || strcasecmp(s, "no") == 0 ||
	       strcasecmp(s, "off") == 0 || (strtol(s, &end, 0) == 0 && !*end);
}

static void add_files(struct gitrewrite *w, const struct goenv *env)
{
	const char *global = goenv_get(env, "GIT_CONFIG_GLOBAL"), *home = goenv_get(env, "HOME");
	const char *system = goenv_get(env, "GIT_CONFIG_SYSTEM"),
		   *no = goenv_get(env, "GIT_CONFIG_NOSYSTEM");
	const char *xdg = goenv_get(env, "XDG_CONFIG_HOME");

	if (is_false(no))
		add_file(w, *system ? system : "/etc/gitconfig");
	if (*global) {
		add_file(w, global);
		return;
	}
	if (*xdg || *home)
		add_file(w, *xdg ? path_join(&w->arena, xdg, "git/config")
				 : path_join(&w->arena, home, ".config/git/config"));
	if (*home)
		add_file(w, path_join(&w->arena, home, ".gitconfig"));
}

static void add_environment(struct gitrewrite *w, const struct goenv *env)
{
	long n = strtol(goenv_get(env, "GIT_CONFIG_COUNT"), NULL, 10);

	for (long i = 0; i < n && i < MAX_ENV; i++) {
		const char *key = goenv_get(env, arena_fmt(&w->arena, "GIT_CONFIG_KEY_%ld", i));

		add(w, key, goenv_get(env, arena_fmt(&w->arena, "GIT_CONFIG_VALUE_%ld", i)));
	}
}

void gitrewrite_load(struct gitrewrite *w, const struct goenv *env)
{
	add_files(w, env);
	add_environment(w, env);
}

void gitrewrite_release(struct gitrewrite *w)
{
	arena_release(&w->arena);
	*w = (struct gitrewrite){ 0 };
}

const char *gitrewrite_url(const struct gitrewrite *w, struct arena *a, const char *url)
{
	const struct gitrewrite_rule *best = NULL;

	for (size_t i = 0; i < w->rules.n; i++) {
		const struct gitrewrite_rule *r = &w->rules.items[i];

		if (str_has_prefix(url, r->instead) &&
		    (!best || strlen(r->instead) > strlen(best->instead)))
			best = r;
	}
	return best ? arena_fmt(a, "%s%s", best->base, url + strlen(best->instead)) : url;
}
