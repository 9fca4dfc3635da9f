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

bool imports_builds(const char *dir, const struct constraint_env *env, bool *is_main)
{
	struct imports_scan s;
	struct buf b = BUF_INIT;
	bool builds = false, main = false;

	if (imports_scan_start(&s, dir, NULL, NULL, false, NULL))
		for (size_t i = 0; i < s.n && !builds; i++)
			builds = !s.files[i].hidden && constraint_file_name(s.files[i].name, env) &&
				 file_builds(dir, s.files[i].name, env, &b, &main);
	if (is_main)
		*is_main = main;
	buf_release(&b);
	imports_scan_end(&s);
	return builds;
}

bool imports_has_files(const char *dir)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;
	bool found = false;

	if (!fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n && !found; i++) {
		const struct fs_dirent *d = &entries[i];

		found = str_has_suffix(d->name, ".go") && !imports_is_hidden(d->name) &&
			d->type != DT_DIR &&
			!(d->type == DT_LNK && fs_is_dir(arena_fmt(&tmp, "%s/%s", dir, d->name)));
	}
	arena_release(&tmp);
	return found;
}
