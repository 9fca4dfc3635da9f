#include <unistd.h>

#include "fs.h"
#include "modpath.h"
#include "source_impl.h"

/* DIR/PATH@VERSION, escaped; NULL if that is no name for it. */
static char *tree_module_dir(const struct tree *t, struct modver m)
{
	struct buf b = BUF_INIT;
	char *dir = NULL;

	if (t->dir && disk_usable_version(m.version) && modpath_escape(&b, m.path, NULL)) {
		buf_addch(&b, '@');
		if (modpath_escape_version(&b, m.version, NULL))
			dir = xasprintf("%s/%s", t->dir, b.data);
	}
	buf_release(&b);
	return dir;
}

static bool has_file(const struct tree *t, struct modver m, const char *suffix)
{
	struct buf name = BUF_INIT;
	struct stat st;
	bool ok = t->download_fd >= 0 && cache_name(&name, m, suffix, NULL) &&
		  fstatat(t->download_fd, name.data, &st, 0) == 0;

	buf_release(&name);
	return ok;
}

/* modfetch.DownloadDir: the tree is there, and whole as far as go looks. */
static bool dir_is_complete(const struct tree *t, struct modver m, const char *dir)
{
	return fs_is_dir(dir) && !has_file(t, m, "partial") &&
	       (has_file(t, m, "ziphash") || str_eq(m.path, "golang.org/fips140"));
}

static bool work_cached_dir(struct source *s, struct answer *a, struct modver m, struct err *e)
{
	(void)e;
	a->data = tree_module_dir(&s->gomodcache, m);
	return a->data && dir_is_complete(&s->gomodcache, m, a->data);
}

const char *source_cached_dir(struct source *s, struct modver m)
{
	const struct answer *a = source_ask(s, ASK_CACHED_DIR, m, work_cached_dir);

	return a->ok ? a->data : NULL;
}
