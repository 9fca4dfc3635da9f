/*
 * tmpdir.h - a temporary directory for a group of tests, and short functions for its files.
 *
 *	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
 *
 * Names are relative to it. Strings live in tmp_arena until the group ends.
 */
#ifndef MODSCOPE_TMPDIR_H
#define MODSCOPE_TMPDIR_H

#include "unit.h"

#include <unistd.h>

#include "base/fs.h"

static char tmp_dir[64];
static struct arena tmp_arena;

static inline int tmp_setup(void **state)
{
	(void)state;
	/* in memory if possible: some tests sync a lot */
	snprintf(tmp_dir, sizeof(tmp_dir), "%s/modscope-unit-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	return mkdtemp(tmp_dir) ? 0 : -1;
}

static inline int tmp_teardown(void **state)
{
	(void)state;
	fs_remove_all(tmp_dir, NULL);
	arena_release(&tmp_arena);
	return 0;
}

static inline const char *tmp_path(const char *name)
{
	return arena_fmt(&tmp_arena, "%s/%s", tmp_dir, name);
}

static inline void tmp_write_n(const char *name, const void *data, size_t len)
{
	struct err e = ERR_INIT;

	if (!fs_write_atomic(tmp_path(name), data, len, 0644, false, &e))
		fail_msg("%s", e.text);
}

static inline void tmp_write(const char *name, const char *text)
{
	tmp_write_n(name, text, strlen(text));
}

static inline void tmp_mkdir(const char *name)
{
	struct err e = ERR_INIT;

	if (!fs_mkdir_all(tmp_path(name), &e))
		fail_msg("%s", e.text);
}

/* The file's text; NULL if it cannot be read. */
static inline const char *tmp_read(const char *name)
{
	size_t len;
	char *data;

	return fs_read(&tmp_arena, tmp_path(name), (size_t)64 << 20, &data, &len, NULL) ? data : NULL;
}

static inline void tmp_tree_into(struct buf *b, const char *dir, const char *rel)
{
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(&tmp_arena, dir, 100000, &entries, &n, NULL))
		fail_msg("cannot list %s", dir);
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_fmt(&tmp_arena, "%s/%s", dir, entries[i].name);
		const char *name = arena_fmt(&tmp_arena, "%s%s", rel, entries[i].name);
		char target[256] = "", *data = target;
		struct stat st;
		size_t len;

		assert_int_equal(lstat(path, &st), 0);
		if (S_ISLNK(st.st_mode))
			assert_true(readlink(path, target, sizeof(target) - 1) > 0);
		else if (S_ISREG(st.st_mode))
			assert_true(fs_read(&tmp_arena, path, (size_t)1 << 20, &data, &len, NULL));
		buf_addf(b, "%06o %s %s\n", (unsigned)st.st_mode, name, data);
		if (S_ISDIR(st.st_mode))
			tmp_tree_into(b, path, arena_fmt(&tmp_arena, "%s/", name));
	}
}

/* Everything below a directory: modes, names and contents, one line each. */
static inline const char *tmp_tree(const char *name)
{
	struct buf b = BUF_INIT;
	const char *kept;

	tmp_tree_into(&b, tmp_path(name), "");
	kept = arena_strndup(&tmp_arena, b.data, b.len);
	buf_release(&b);
	return kept;
}

/* Asserts the error's code and text, and clears it; "%s" in the text stands for the directory. */
static inline void tmp_assert_err(struct err *e, enum err_code code, const char *text)
{
	const char *mark = strstr(text, "%s"), *want = text;

	if (mark)
		want = arena_fmt(&tmp_arena, "%.*s%s%s", (int)(mark - text), text, tmp_dir, mark + 2);
	assert_non_null(e->text);
	assert_string_equal(e->text, want);
	assert_int_equal(e->code, code);
	err_clear(e);
}

#endif
