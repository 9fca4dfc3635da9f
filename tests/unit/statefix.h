/*
 * statefix.h - a universe of small modules, served from a directory, and projects whose files are a row of a table. TOP in a text is the
 * folder of all.
 */
#ifndef MODSCOPE_STATEFIX_H
#define MODSCOPE_STATEFIX_H

#include "cmdfix.h"

struct universe_module {
	struct modver m;
	const char *files[9]; /* names and texts, in turn; go.mod is the first */
};

static const struct universe_module universe[] = {
#include "gostates_modules.h"
};

static inline void state_serve(struct fix *f, const struct universe_module *u)
{
	const char *list = arena_fmt(&f->a, "%s/list", cachepath_dir(&f->a, f->up, u->m.path));
	struct fix_file files[ARRAY_LEN(u->files)];
	size_t n = 0, len;
	char *old;

	for (; u->files[2 * n]; n++)
		files[n] = (struct fix_file){ arena_fmt(&f->a, "%s@%s/%s", u->m.path, u->m.version,
							u->files[2 * n]),
					      u->files[2 * n + 1] };
	assert_true(fs_mkdir_all(cachepath_dir(&f->a, f->up, u->m.path), NULL));
	fix_zip(cachepath_file(&f->a, f->up, u->m, "zip"), files, n);
	fix_write_str(cachepath_file(&f->a, f->up, u->m, "mod"), u->files[1]);
	fix_write_str(cachepath_file(&f->a, f->up, u->m, "info"),
		      arena_fmt(&f->a, "{\"Version\":\"%s\",\"Time\":\"2024-02-29T12:00:00Z\"}",
				u->m.version));
	if (!fs_read(&f->a, list, 1000, &old, &len, NULL))
		old = arena_strdup(&f->a, "");
	fix_write_str(list, arena_fmt(&f->a, "%s%s\n", old, u->m.version));
}

static inline const char *state_replaced(struct arena *a, const char *text, const char *what, const char *with)
{
	const char *at;

	while ((at = strstr(text, what)))
		text = arena_fmt(a, "%.*s%s%s", (int)(at - text), text, with, at + strlen(what));
	return text;
}

static inline void state_empty(struct fix *f)
{
	static const char *const dirs[] = { "main", "other" };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		const char *dir = arena_fmt(&f->a, "%s/%s", f->top, dirs[i]);
		struct fs_dirent *entries;
		size_t n;

		if (!fs_list(&f->a, dir, 1000, &entries, &n, NULL))
			continue;
		for (size_t k = 0; k < n; k++)
			assert_true(fs_remove_all(arena_fmt(&f->a, "%s/%s", dir, entries[k].name),
						  NULL));
	}
}

/* Names below TOP and texts, in turn, until NULL or n. What was in TOP/main and TOP/other is removed. */
static inline void state_write(struct fix *f, const char *const *files, size_t n)
{
	state_empty(f);
	for (size_t i = 0; i + 1 < n && files[i]; i += 2) {
		const char *path = arena_fmt(&f->a, "%s/%s", f->top, files[i]);

		assert_true(fs_mkdir_all(path_dir(&f->a, path), NULL));
		fix_write_str(path, state_replaced(&f->a, files[i + 1], "TOP", f->top));
	}
}

/* For cmocka: *state is a struct fix; nothing is cached. */
static inline int state_setup(void **state)
{
	struct fix *f;

	if (cmd_setup(state))
		return -1;
	f = *state;
	assert_true(fs_remove_all(f->up, NULL));
	assert_true(fs_remove_all(f->root, NULL));
	state_empty(f);
	for (size_t i = 0; i < ARRAY_LEN(universe); i++)
		state_serve(f, &universe[i]);
	return 0;
}

#endif
