#include <dirent.h>

#include "base/fs.h"
#include "packages/imports_impl.h"

/* Whether go/build skips a file whose constraints hold. It rejects a test that uses cgo. */
static bool left_out(const char *name, const struct imports_file *f, bool cgo)
{
	if (f->is_documentation)
		return true;
	for (size_t i = 0; !cgo && !str_has_suffix(name, "_test.go") && i < f->n; i++)
		if (str_eq(f->specs[i].path, "C"))
			return true;
	return false;
}

/* A file with a go/build error counts; an ignored one does not. */
static bool file_builds(const char *dir, const char *name, const struct constraint_env *env,
			struct buf *b, bool *is_main)
{
	struct arena tmp = ARENA_INIT;
	struct imports_file f = { 0 };
	struct err e = ERR_INIT;
	const char *path = arena_fmt(&tmp, "%s/%s", dir, name);
	bool read = imports_read_file(&tmp, path, b, &f, NULL, &e), builds = true;

	if (read || (e.code == ERR_SYNTAX && !f.nul_first))
		builds = constraint_file_env(b->data, read ? f.header_len : b->len, env) !=
			 CONSTRAINT_SKIP;
	if (builds && read && !f.strict_error)
		builds = !left_out(name, &f, env->cgo);
	*is_main = builds && f.is_main;
	err_release(&e);
	arena_release(&tmp);
	return builds;
}

/* What go/build takes for a file: no directory, nor a link to one. */
static bool is_source(struct arena *a, const char *dir, const struct fs_dirent *d)
{
	return str_has_suffix(d->name, ".go") && !imports_is_hidden(d->name) && d->type != DT_DIR &&
	       !(d->type == DT_LNK && fs_is_dir(arena_fmt(a, "%s/%s", dir, d->name)));
}

bool imports_builds(const char *dir, const struct constraint_env *env, bool *is_main)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	struct buf b = BUF_INIT;
	size_t n = 0;
	/* an error, even about the directory, is no NoGoError */
	bool builds = !fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, NULL), main = false;

	for (size_t i = 0; !builds && i < n; i++)
		builds = is_source(&tmp, dir, &entries[i]) &&
			 constraint_file_name(entries[i].name, env) &&
			 file_builds(dir, entries[i].name, env, &b, &main);
	if (is_main)
		*is_main = main;
	buf_release(&b);
	arena_release(&tmp);
	return builds;
}

bool imports_has_files(const char *dir)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	struct stat st;
	bool found = !fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, NULL) &&
		     stat(dir, &st) == 0;

	for (size_t i = 0; !found && i < n; i++)
		found = is_source(&tmp, dir, &entries[i]);
	arena_release(&tmp);
	return found;
}
