#include "zip/namecheck_impl.h"

#include <utf8proc.h>

#include "base/text.h"

struct namecheck_taken {
	const char *path;
	bool is_dir;
};

bool namecheck_is_clean(const char *s, size_t n)
{
	bool parents = true; /* only ".." so far: these may stay at the front */

	if (n == 1 && (s[0] == '.' || s[0] == '/'))
		return true;
	for (size_t start = 0; start <= n;) {
		const char *slash = memchr(s + start, '/', n - start);
		size_t end = slash ? (size_t)(slash - s) : n, len = end - start;
		bool dotdot = len == 2 && s[start] == '.' && s[start + 1] == '.';

		if (len == 0 && !(start == 0 && slash))
			return false; /* a slash at the end or two in a row; one at the front makes it absolute */
		if (len == 0)
			parents = false;
		if ((len == 1 && s[start] == '.') || (dotdot && !parents))
			return false;
		if (!dotdot)
			parents = false;
		start = end + 1;
	}
	return true;
}

/* One rune for all that are equal under simple case folding (zip.strToFold). */
static uint32_t fold_rune(uint32_t r)
{
	if (r < 0x80)
		return r >= 'A' && r <= 'Z' ? r + ('a' - 'A') : r;
	if (r == 0x130 || r == 0x131) /* the Turkish i's fold to themselves only */
		return r;
	return (uint32_t)utf8proc_tolower(utf8proc_toupper((utf8proc_int32_t)r));
}

static const char *fold(struct arena *a, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	const char *out;

	for (size_t i = 0; i < n;) {
		uint32_t r = 0;

		i += text_rune(s + i, n - i, &r);
		text_add_rune(&b, fold_rune(r));
	}
	out = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return out;
}

/* zip.collisionChecker: the path, then each of its parents as a directory */
bool namecheck_collides(struct namecheck *c, struct buf *why, const char *path, size_t n,
			bool is_dir)
{
	for (;;) {
		const char *p = arena_strndup(&c->arena, path, n), *slash;
		const char *folded = fold(&c->arena, p, n);
		bool added;
		struct map_entry *entry = map_entry(&c->taken, folded, strlen(folded), &added);
		struct namecheck_taken *old = entry->value;

		if (added) {
			old = arena_alloc(&c->arena, sizeof(*old));
			*old = (struct namecheck_taken){ p, is_dir };
			entry->value = old;
		} else if (!str_eq(old->path, p)) {
			buf_addstr(why, "case-insensitive file name collision: ");
			text_quote(why, old->path, strlen(old->path));
			buf_addstr(why, " and ");
			text_quote(why, p, n);
			return true;
		} else if (old->is_dir != is_dir) {
			buf_addstr(why, "entry ");
			text_quote(why, p, n);
			buf_addstr(why, " is both a file and a directory");
			return true;
		} else if (!is_dir) {
			buf_addstr(why, "multiple entries for file ");
			text_quote(why, p, n);
			return true;
		} else {
			return false; /* this directory's parents have been seen with it */
		}
		slash = memrchr(path, '/', n);
		if (!slash || slash == path)
			return false;
		n = (size_t)(slash - path);
		is_dir = true;
	}
}

void namecheck_release(struct namecheck *c)
{
	map_release(&c->taken);
	arena_release(&c->arena);
}
