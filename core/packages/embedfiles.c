#include "packages/embedfiles.h"

#include <dirent.h>

#include "base/fs.h"
#include "base/map.h"
#include "gofiles/modpath.h"
#include "packages/imports_impl.h"

#define MAX_DEPTH 200u
#define MAX_PATTERNS ((size_t)10000)
#define MAX_FILES ((size_t)100000)

struct seek {
	struct arena *a;
	const char *dir; /* of the package */
	struct map patterns, files;
	struct err *e;
};

/* The text of a file, scanned for comments. */
struct cursor {
	const char *s, *end;
};

static void skip_quoted(struct cursor *c, char quote)
{
	for (c->s++; c->s < c->end && *c->s != quote && (quote == '`' || *c->s != '\n'); c->s++)
		if (*c->s == '\\' && quote != '`' && c->s + 1 < c->end)
			c->s++;
	if (c->s < c->end)
		c->s++;
}

static void skip_block(struct cursor *c)
{
	for (c->s += 2; c->s < c->end; c->s++)
		if (c->s[0] == '*' && c->s + 1 < c->end && c->s[1] == '/') {
			c->s += 2;
			return;
		}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* One argument of the comment, bare or quoted. Returns its length in the text; 0 if malformed. */
static size_t argument(struct seek *k, const char *s, const char *end, const char **arg)
{
	size_t n = 0;

	if (*s != '"' && *s != '`') {
		while (s + n < end && !is_blank(s[n]))
			n++;
		*arg = arena_strndup(k->a, s, n);
		return n;
	}
	for (n = 1; s + n < end && s[n] != *s; n++)
		if (s[n] == '\\' && *s == '"')
			n++;
	if (s + n >= end)
		return 0;
	*arg = imports_unquote(k->a, s, ++n);
	return *arg && (s + n == end || is_blank(s[n])) ? n : 0;
}

static void take_patterns(struct seek *k, const char *s, const char *end)
{
	VEC(const char *) list = { 0 };
	bool good = true;

	while (good) {
		const char *arg = NULL;
		size_t n;

		while (s < end && is_blank(*s))
			s++;
		if (s == end)
			break;
		n = argument(k, s, end, &arg);
		good = n > 0;
		if (good)
			vec_push(&list, arg);
		s += n;
	}
	for (size_t i = 0; good && i < list.n && k->patterns.n < MAX_PATTERNS; i++)
		map_put(&k->patterns, list.items[i], k);
	vec_release(&list);
}

static void take_comment(struct seek *k, struct cursor *c)
{
	static const char word[] = "//go:embed";
	const char *nl = memchr(c->s, '\n', (size_t)(c->end - c->s)), *end = nl ? nl : c->end;
	size_t n = sizeof(word) - 1;

	if ((size_t)(end - c->s) > n && strncmp(c->s, word, n) == 0 && is_blank(c->s[n]))
		take_patterns(k, c->s + n, end);
	c->s = end;
}

static void read_comments(struct seek *k, const char *data, size_t len)
{
	struct cursor c = { data, data + len };

	while (c.s < c.end) {
		char next = c.s + 1 < c.end ? c.s[1] : '\0';

		if (*c.s == '"' || *c.s == '`' || *c.s == '\'')
			skip_quoted(&c, *c.s);
		else if (*c.s == '/' && next == '*')
			skip_block(&c);
		else if (*c.s == '/' && next == '/')
			take_comment(k, &c);
		else
			c.s++;
	}
}

static bool imports_embed(const struct imports_file *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->specs[i].path, "embed"))
			return true;
	return false;
}

static bool read_patterns(struct seek *k, bool tests)
{
	struct imports_scan s;
	bool ok = imports_scan_start(&s, k->dir, NULL, NULL, true, k->e);

	for (size_t i = 0; ok && i < s.n; i++) {
		const struct imports_scanned *f = &s.files[i];
		struct buf b = BUF_INIT;

		if (f->hidden || err_is_set(&f->error) || (f->test && !tests) ||
		    !imports_embed(&f->file))
			continue;
		ok = fs_read_buf(&b, path_join(&s.tmp, k->dir, f->name), IMPORTS_MAX_FILE, k->e);
		if (ok)
			read_comments(k, b.data, b.len);
		buf_release(&b);
	}
	imports_scan_end(&s);
	return ok;
}

/* isBadEmbedName */
static bool is_bad_name(const char *name)
{
	return !modpath_check_file_n(name, strlen(name), NULL) || str_eq(name, ".git") ||
	       str_eq(name, ".hg") || str_eq(name, ".svn") || str_eq(name, ".bzr");
}

static void take_file(struct seek *k, const char *rel)
{
	if (k->files.n < MAX_FILES && !map_has(&k->files, rel))
		map_put(&k->files, arena_strdup(k->a, rel), k);
}

/* All files below a directory that matches a pattern, within its module. */
static bool take_tree(struct seek *k, const char *rel, bool all, unsigned depth)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;
	bool ok = depth < MAX_DEPTH && fs_list(&tmp, path_join(&tmp, k->dir, rel),
					       IMPORTS_MAX_ENTRIES, &entries, &n, k->e);

	for (size_t i = 0; ok && i < n; i++) {
		const char *name = entries[i].name, *sub = path_join(&tmp, rel, name);

		if (is_bad_name(name) || ((name[0] == '.' || name[0] == '_') && !all))
			continue;
		if (entries[i].type == DT_REG)
			take_file(k, sub);
		else if (entries[i].type == DT_DIR &&
			 !fs_exists(path_join3(&tmp, k->dir, sub, "go.mod")))
			ok = take_tree(k, sub, all, depth + 1);
	}
	arena_release(&tmp);
	return ok || depth >= MAX_DEPTH;
}

static bool take_match(struct seek *k, const char *rel, unsigned char type, bool all)
{
	struct arena tmp = ARENA_INIT;
	bool ok = true;

	if (type == DT_REG)
		take_file(k, rel);
	else if (type == DT_DIR && !fs_exists(path_join3(&tmp, k->dir, rel, "go.mod")))
		ok = take_tree(k, rel, all, 0);
	arena_release(&tmp);
	return ok;
}

/* filepath.Glob, element by element. */
static bool expand(struct seek *k, const char *rel, const char *pattern, bool all)
{
	size_t n = strcspn(pattern, "/");
	struct arena tmp = ARENA_INIT;
	const char *element = arena_strndup(&tmp, pattern, n);
	struct fs_dirent *entries;
	size_t count = 0;
	bool ok = true;

	if (fs_is_dir(path_join(&tmp, k->dir, rel)))
		ok = fs_list(&tmp, path_join(&tmp, k->dir, rel), IMPORTS_MAX_ENTRIES, &entries,
			     &count, k->e);
	for (size_t i = 0; ok && i < count; i++) {
		const char *sub = path_join(&tmp, rel, entries[i].name);

		if (is_bad_name(entries[i].name) || !modpath_match_glob(element, entries[i].name))
			continue;
		if (!pattern[n])
			ok = take_match(k, sub, entries[i].type, all);
		else if (entries[i].type == DT_DIR &&
			 !fs_exists(path_join3(&tmp, k->dir, sub, "go.mod")))
			ok = expand(k, sub, pattern + n + 1, all);
	}
	arena_release(&tmp);
	return ok;
}

static bool resolve(struct seek *k, const char *pattern)
{
	const char *glob = str_cut_prefix(pattern, "all:");

	if (!glob)
		glob = pattern;
	return !path_is_local(glob) || str_eq(glob, ".") || expand(k, "", glob, glob != pattern);
}

bool embedfiles_find(struct arena *a, const char *dir, bool tests, const char ***files, size_t *n,
		     struct err *e)
{
	struct seek k = { .a = a, .dir = dir, .e = e };
	bool ok = read_patterns(&k, tests);

	for (size_t i = 0; ok && i < k.patterns.n; i++)
		ok = resolve(&k, k.patterns.entries[i].key);
	*n = k.files.n;
	*files = arena_calloc(a, k.files.n + 1, sizeof(**files));
	for (size_t i = 0; i < k.files.n; i++)
		(*files)[i] = k.files.entries[i].key;
	map_release(&k.patterns);
	map_release(&k.files);
	return ok;
}
