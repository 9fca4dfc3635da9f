#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "gofiles/modpath.h"
#include "fetch/source_impl.h"

/* What go would have to write into GOMODCACHE, and cannot. We write elsewhere, but our answers are go's. */

char *source_tree_dir(const struct source_disk *t, struct modver m)
{
	struct buf b = BUF_INIT;
	char *dir = NULL;

	if (t->dir && source_disk_is_cacheable(m.version) && modpath_escape(&b, m.path, NULL)) {
		buf_addch(&b, '@');
		if (modpath_escape_version(&b, m.version, NULL))
			dir = xasprintf("%s/%s", t->dir, b.data);
	}
	buf_release(&b);
	return dir;
}

static char *parent_of(const char *path)
{
	return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

/* What open(2) would say of a file, which it makes if it is not there, as it does the directory. */
static int open_errno(const char *file, const char *dir, int mode)
{
	struct stat st;
	bool there = stat(file, &st) == 0;

	if (!there && errno != ENOENT)
		return errno;
	if (!there && !fs_is_dir(dir))
		return 0;
	if (there && S_ISDIR(st.st_mode))
		return EISDIR;
	if (there && S_ISSOCK(st.st_mode))
		return ENXIO;
	return faccessat(AT_FDCWD, there ? file : dir, there ? mode : W_OK | X_OK, AT_EACCESS)
		       ? errno
		       : 0;
}

/* A file beside the .mod of a version: go makes its directory too. */
static bool may_open(struct source *s, struct modver m, const char *suffix, int mode, struct err *e)
{
	char *file = source_disk_version_file(&s->gomodcache, m, suffix), *dir;
	bool ok;
	int err;

	if (!file)
		return true;
	dir = parent_of(file);
	ok = fs_can_mkdir_all(dir, e);
	err = ok ? open_errno(file, dir, mode) : 0;
	if (err)
		ok = err_sys(e, err, "open %s", file);
	free(dir);
	free(file);
	return ok;
}

/* os.RemoveAll of what DownloadDir takes for a partial tree; its modes are not in the way. */
static bool may_remove(const char *dir, const char *parent, struct err *e)
{
	struct stat st;
	bool there = lstat(dir, &st) == 0;
	int err = there ? 0 : errno;

	if (err == ENOENT)
		return true;
	if (there && !faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS))
		return true;
	if (stat(parent, &st) == 0 && S_ISSOCK(st.st_mode))
		return err_sys(e, ENXIO, "open %s", parent);
	if (faccessat(AT_FDCWD, parent, R_OK, AT_EACCESS))
		return err_sys(e, errno, "open %s", parent);
	if (there)
		return err_sys(e, EACCES, "unlinkat %s", dir);
	return err_sys(e, err, "%s %s", err == EACCES ? "openfdat" : "unlinkat", dir);
}

/* modfetch.unzip, which has the lock and the zip. *made: the error is modzip.Unzip's. */
static bool may_extract(struct source *s, struct modver m, const char *dir, const char *parent,
			bool *made, struct err *e)
{
	struct stat st;
	bool absent = stat(dir, &st) && errno == ENOENT;

	if ((!absent && !may_remove(dir, parent, e)) || !fs_can_mkdir_all(parent, e) ||
	    !may_open(s, m, "partial", W_OK, e))
		return false;
	*made = true;
	return !absent || fs_can_mkdir_all(dir, e);
}

/* The marks of a whole tree. */
static bool may_look(struct source *s, struct modver m, struct err *e)
{
	static const char *const marks[] = { "partial", "ziphash" };
	struct stat st;
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_LEN(marks); i++) {
		char *file = source_disk_version_file(&s->gomodcache, m, marks[i]);

		if (file && stat(file, &st) && errno != ENOENT) {
			err = errno;
			err_sys(e, err, "stat %s", file);
		}
		free(file);
	}
	return !err;
}

/* Views need not fail as go does. */
static bool concerns_us(const struct source *s)
{
	return !s->o.own_counts && s->gomodcache.dir;
}

/* go's answer, not a failure of ours. */
static bool refused(struct err *why, struct err *e)
{
	err_set(e, ERR_REFUSED, "%s", why->text);
	err_release(why);
	return err_mark(e, ERR_FORM_BARE);
}

bool source_go_may_lock(struct source *s, struct modver m, struct err *e)
{
	struct err why = ERR_INIT;

	return !concerns_us(s) || may_open(s, m, "lock", R_OK | W_OK, &why) || refused(&why, e);
}

bool source_go_may_look(struct source *s, struct modver m, struct err *e)
{
	struct err why = ERR_INIT;
	char *dir = concerns_us(s) ? source_tree_dir(&s->gomodcache, m) : NULL;
	bool ok = !dir || !fs_is_dir(dir) || may_look(s, m, &why);

	free(dir);
	return ok || refused(&why, e);
}

bool source_go_may_unzip(struct source *s, struct modver m, struct err *e)
{
	struct err why = ERR_INIT;
	char *dir, *parent, *zip;
	bool ok, made = false;

	if (!concerns_us(s) || !(dir = source_tree_dir(&s->gomodcache, m)))
		return true;
	parent = parent_of(dir);
	zip = source_disk_version_file(&s->gomodcache, m, "zip");
	ok = may_open(s, m, "lock", R_OK | W_OK, &why) &&
	     may_extract(s, m, dir, parent, &made, &why);
	if (!ok && made)
		err_wrap(&why, "unzip %s: ", zip);
	free(zip);
	free(parent);
	free(dir);
	return ok || refused(&why, e);
}
