#include "base/path.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/buf.h"

char *path_clean(struct arena *a, const char *path)
{
	size_t n = strlen(path), r = 0, w = 0, dotdot = 0;
	bool rooted = path[0] == '/';
	char *out;

	if (n == 0)
		return arena_strdup(a, ".");
	out = arena_alloc(a, n + 2);
	if (rooted) {
		out[w++] = '/';
		r = dotdot = 1;
	}
	while (r < n) {
		if (path[r] == '/') {
			r++;
		} else if (path[r] == '.' && (r + 1 == n || path[r + 1] == '/')) {
			r++;
		} else if (path[r] == '.' && path[r + 1] == '.' &&
			   (r + 2 == n || path[r + 2] == '/')) {
			r += 2;
			if (w > dotdot) {
				w--;
				while (w > dotdot && out[w] != '/')
					w--;
			} else if (!rooted) {
				if (w > 0)
					out[w++] = '/';
				out[w++] = '.';
				out[w++] = '.';
				dotdot = w;
			}
		} else {
			if ((rooted && w != 1) || (!rooted && w != 0))
				out[w++] = '/';
			while (r < n && path[r] != '/')
				out[w++] = path[r++];
		}
	}
	if (w == 0)
		out[w++] = '.';
	out[w] = '\0';
	return out;
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
	if (!*dir && !*name)
		return arena_strdup(a, "");
	if (!*dir)
		return path_clean(a, name);
	if (!*name)
		return path_clean(a, dir);
	return path_clean(a, arena_fmt(a, "%s/%s", dir, name));
}

char *path_join3(struct arena *a, const char *p, const char *q, const char *r)
{
	return path_join(a, path_join(a, p, q), r);
}

char *path_dir(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return arena_strdup(a, ".");
	return path_clean(a, arena_strndup(a, path, (size_t)(slash - path) + 1));
}

const char *path_base(struct arena *a, const char *path)
{
	size_t n = strlen(path), start;

	if (n == 0)
		return ".";
	while (n > 0 && path[n - 1] == '/')
		n--;
	if (n == 0)
		return "/";
	for (start = n; start > 0 && path[start - 1] != '/'; start--)
		;
	return arena_strndup(a, path + start, n - start);
}

char *path_rel(struct arena *a, const char *base_path, const char *target)
{
	char *base = path_clean(a, base_path), *targ = path_clean(a, target);
	size_t bl, tl, b0 = 0, bi = 0, t0 = 0, ti = 0;
	struct buf out = BUF_INIT;
	char *result;

	if (str_eq(base, targ))
		return arena_strdup(a, ".");
	if (str_eq(base, "."))
		base = arena_strdup(a, "");
	bl = strlen(base);
	tl = strlen(targ);
	if ((bl > 0 && base[0] == '/') != (tl > 0 && targ[0] == '/'))
		return NULL;
	for (;;) { /* ends: they differ somewhere */
		while (bi < bl && base[bi] != '/')
			bi++;
		while (ti < tl && targ[ti] != '/')
			ti++;
		if (bi - b0 != ti - t0 || memcmp(base + b0, targ + t0, bi - b0) != 0)
			break;
		if (bi < bl)
			bi++;
		if (ti < tl)
			ti++;
		b0 = bi;
		t0 = ti;
	}
	if (bi - b0 == 2 && strncmp(base + b0, "..", 2) == 0)
		return NULL;
	if (b0 != bl) {
		buf_addstr(&out, "..");
		for (size_t i = b0; i < bl; i++)
			if (base[i] == '/')
				buf_addstr(&out, "/..");
		if (t0 != tl)
			buf_addch(&out, '/');
	}
	buf_addstr(&out, targ + t0);
	result = b0 != bl ? path_clean(a, out.data) : arena_strdup(a, out.data);
	buf_release(&out);
	return result;
}

/* 0, or why it has no status. */
static int stat_errno(const char *path, struct stat *st)
{
	return stat(path, st) ? errno : 0;
}

/* base.sameFile: if ".." crosses a symbolic link, rel may be a different file. Two missing files count as the same, two that cannot be
 * looked at do not. */
static bool is_same_file(struct arena *a, const char *cwd, const char *rel, const char *path)
{
	struct stat st, rel_st;
	int why = stat_errno(path, &st), rel_why;

	if (!str_has_prefix(rel, ".."))
		return !why || why == ENOENT;
	rel_why = stat_errno(arena_fmt(a, "%s/%s", cwd, rel), &rel_st);
	if (why || rel_why)
		return why == ENOENT && rel_why == ENOENT;
	return st.st_dev == rel_st.st_dev && st.st_ino == rel_st.st_ino;
}

const char *path_short(struct arena *a, const char *cwd, const char *path)
{
	char *rel = path_rel(a, cwd, path);

	return rel && strlen(rel) < strlen(path) && is_same_file(a, cwd, rel, path) ? rel : path;
}

bool path_under(const char *path, const char *dir)
{
	const char *rest = str_cut_prefix(path, dir);

	return rest && (*rest == '\0' || *rest == '/' || str_eq(dir, "/"));
}

bool path_is_local(const char *rel)
{
	const char *s = rel;

	if (!*rel || *rel == '/' || strchr(rel, '\\'))
		return false;
	for (;;) {
		size_t n = strcspn(s, "/");

		if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
	}
}
