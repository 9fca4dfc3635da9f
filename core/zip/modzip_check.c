/* Whether a zip is one of a module, and may be extracted. */
#include "zip/modzip.h"

#include <strings.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/text.h"
#include "gofiles/modpath.h"

#define MAX_COMPLAINTS 100u /* of a zip; a hostile one may have one for each of its entries */

/* module.CheckFilePath; what is wrong goes to b. */
static bool check_file_path(const char *s, size_t n, struct buf *b)
{
	struct err e = ERR_INIT;
	bool ok = modpath_check_file_n(s, n, &e);

	if (!ok)
		buf_addstr(b, e.text);
	err_release(&e);
	return ok;
}

/* path.Clean(name) == name, for a relative name that is not empty */
static bool is_clean(const char *s, size_t n)
{
	bool parents = true; /* only ".." so far: these may stay at the front */

	if (n == 1 && s[0] == '.')
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

struct taken {
	const char *path;
	bool is_dir;
};

struct checker {
	const struct modzip *z;
	struct arena arena;
	struct map taken; /* folded path -> struct taken */
	struct buf why;
	int64_t size;
	bool too_large;
	size_t complaints;
	struct buf text;
};

/* zip.collisionChecker: the path, then each of its parents as a directory */
static bool collides(struct checker *c, const char *path, size_t n, bool is_dir)
{
	for (;;) {
		const char *p = arena_strndup(&c->arena, path, n), *slash;
		const char *folded = fold(&c->arena, p, n);
		bool added;
		struct map_entry *entry = map_entry(&c->taken, folded, strlen(folded), &added);
		struct taken *old = entry->value;

		if (added) {
			old = arena_alloc(&c->arena, sizeof(*old));
			*old = (struct taken){ p, is_dir };
			entry->value = old;
		} else if (!str_eq(old->path, p)) {
			buf_addstr(&c->why, "case-insensitive file name collision: ");
			text_quote(&c->why, old->path, strlen(old->path));
			buf_addstr(&c->why, " and ");
			text_quote(&c->why, p, n);
			return true;
		} else if (old->is_dir != is_dir) {
			buf_addstr(&c->why, "entry ");
			text_quote(&c->why, p, n);
			buf_addstr(&c->why, " is both a file and a directory");
			return true;
		} else if (!is_dir) {
			buf_addstr(&c->why, "multiple entries for file ");
			text_quote(&c->why, p, n);
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

/* What is wrong with one entry, in c->why; true if nothing is. */
static bool check_entry(struct checker *c, const struct modzip_entry *f, const char *prefix,
			size_t prefix_len)
{
	const char *name = modzip_name(c->z, f), *base;
	size_t n = f->name_len;
	int64_t size = (int64_t)f->size;
	bool is_dir;

	if (n < prefix_len || memcmp(name, prefix, prefix_len) != 0) {
		buf_addstr(&c->why, "path does not have prefix ");
		return text_quote(&c->why, prefix, prefix_len), false;
	}
	name += prefix_len;
	n -= prefix_len;
	if (n == 0)
		return true;
	is_dir = name[n - 1] == '/';
	n -= is_dir;
	if (!n || !is_clean(name, n))
		return buf_addstr(&c->why, "file path is not clean"), false;
	if (!check_file_path(name, n, &c->why) || collides(c, name, n, is_dir))
		return false;
	if (is_dir)
		return true;
	base = memrchr(name, '/', n);
	base = base ? base + 1 : name;
	if ((size_t)(name + n - base) == 6 && strncasecmp(base, "go.mod", 6) == 0) {
		if (base != name)
			return buf_addstr(&c->why, "go.mod file not in module root directory"),
			       false;
		if (memcmp(name, "go.mod", 6) != 0)
			return buf_addstr(&c->why, "go.mod files must have lowercase names"), false;
	}
	if (size >= 0 && MODZIP_MAX_FILE - c->size >= size)
		c->size += size;
	else
		c->too_large = true;
	if ((n == 6 && memcmp(name, "go.mod", 6) == 0) ||
	    (n == 7 && memcmp(name, "LICENSE", 7) == 0)) {
		if (size > MODZIP_MAX_GOMOD) {
			buf_addf(&c->why, "%.*s file too large (max size is %lld bytes)", (int)n,
				 name, (long long)MODZIP_MAX_GOMOD);
			return false;
		}
	}
	return true;
}

bool modzip_check(const struct modzip *z, struct modver m, struct err *e)
{
	struct checker c = { .z = z, .why = BUF_INIT, .text = BUF_INIT };
	char *prefix = xasprintf("%s@%s/", m.path, m.version);
	bool ok;

	if (z->file_size > MODZIP_MAX_FILE) {
		free(prefix);
		return err_set(e, ERR_LIMIT,
			       "module zip file is too large (%lld bytes; limit is %lld bytes)",
			       (long long)z->file_size, (long long)MODZIP_MAX_FILE);
	}
	for (size_t i = 0; i < z->n && c.complaints < MAX_COMPLAINTS; i++) {
		const struct modzip_entry *f = &z->entries[i];

		if (check_entry(&c, f, prefix, strlen(prefix)))
			continue;
		if (c.complaints++)
			buf_addch(&c.text, '\n');
		buf_add(&c.text, modzip_name(z, f), f->name_len);
		buf_addf(&c.text, ": %s", c.why.data);
		buf_clear(&c.why);
	}
	ok = !c.too_large && !c.complaints;
	if (c.too_large)
		err_set(e, ERR_LIMIT,
			"total uncompressed size of module contents too large (max size is %lld bytes)",
			(long long)MODZIP_MAX_FILE);
	else if (!ok)
		err_set(e, ERR_SYNTAX, "%s", c.text.data);
	free(prefix);
	buf_release(&c.why);
	buf_release(&c.text);
	map_release(&c.taken);
	arena_release(&c.arena);
	return ok;
}

bool modzip_check_names(const struct modzip *z, struct modver m, struct err *e)
{
	char *prefix = xasprintf("%s@%s/", m.path, m.version);
	size_t n = strlen(prefix);
	bool ok = true;

	for (size_t i = 0; ok && i < z->n; i++) {
		const char *name = modzip_name(z, &z->entries[i]);

		if (strncmp(name, prefix, n) != 0)
			ok = err_set(e, ERR_SYNTAX, "zip for %.*s has unexpected file %s",
				     (int)n - 1, prefix, name);
	}
	free(prefix);
	return ok;
}
