/* Which files are taken (x/mod/zip.checkFiles). */
#include "zip/modfiles.h"

#include <strings.h>

#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "zip/modzip.h"
#include "zip/namecheck_impl.h"

#define MAX_REMARKS 100000u /* of each kind; a hostile tree may have one per file */

struct checker {
	struct modfiles *m;
	struct arena *arena;
	struct map modules; /* directories with a go.mod, "" is the root, others end in a slash */
	struct map told;
	struct namecheck names;
	struct buf why;
	bool new_vendor; /* the rule of go 1.24 */
	int64_t room;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A path is reported once, whatever else is wrong with it. */
static void remark(struct checker *c, const char *path, enum modfiles_why why, const char *text)
{
	struct modfiles_remark r = { path, why, text };

	if (!map_put(&c->told, path, c))
		return;
	if (why == MODFILES_INVALID && c->m->invalid.n < MAX_REMARKS)
		arena_vec_push(c->arena, &c->m->invalid, r);
	else if (why != MODFILES_INVALID && c->m->omitted.n < MAX_REMARKS)
		arena_vec_push(c->arena, &c->m->omitted, r);
}

bool modfiles_vendors_anew(const char *gomod, size_t len)
{
	struct arena scratch = ARENA_INIT;
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct gomod *f;
	bool anew = gomod_parse(&f, &scratch, &o, gomod, len, NULL) && *f->go &&
		    gover_compare(f->go, "1.24") >= 0;

	arena_release(&scratch);
	return anew;
}

static bool read_go_line(struct checker *c, size_t i, struct err *e)
{
	const struct modfiles_source *s = c->m->source;
	struct buf b = BUF_INIT;
	bool ok = s->files[i].size > MODZIP_MAX_GOMOD || s->read(s->ctx, i, &b, e);

	if (ok)
		c->new_vendor = modfiles_vendors_anew(b.data, b.len);
	buf_release(&b);
	return ok;
}

static bool find_modules(struct checker *c, struct err *e)
{
	const struct modfiles_source *s = c->m->source;

	for (size_t i = 0; i < s->n; i++) {
		const char *path = s->files[i].path, *base = base_of(path);

		if (strcasecmp(base, "go.mod") != 0 || s->files[i].kind != MODFILES_REGULAR)
			continue;
		map_put(&c->modules, arena_strndup(c->arena, path, (size_t)(base - path)), c);
		if (str_eq(path, "go.mod") && !read_go_line(c, i, e))
			return false;
	}
	return true;
}

static bool is_nested(const struct checker *c, const char *path)
{
	for (const char *slash = strrchr(path, '/'); slash;
	     slash = slash == path ? NULL : memrchr(path, '/', (size_t)(slash - path)))
		if (map_find_n(&c->modules, path, (size_t)(slash - path) + 1))
			return true;
	return false;
}

bool modfiles_is_vendored(const char *path, bool anew)
{
	const char *inner;

	if (anew && str_eq(path, "vendor/modules.txt"))
		return true;
	if (str_has_prefix(path, "vendor/"))
		return strchr(path + 7, '/') != NULL;
	inner = strstr(path, "/vendor/");
	if (!inner)
		return false;
	return strchr(anew ? inner + 8 : path + 8, '/') != NULL;
}

/* True if the name is valid and the file is not left out. */
static bool check_name(struct checker *c, const char *path)
{
	size_t n = strlen(path);
	struct err e = ERR_INIT;

	if (!n || !namecheck_is_clean(path, n))
		return remark(c, path, MODFILES_INVALID, "file path is not clean"), false;
	if (*path == '/')
		return remark(c, path, MODFILES_INVALID, "file path is not relative"), false;
	if (modfiles_is_vendored(path, c->new_vendor))
		return remark(c, path, MODFILES_VENDORED, "file is in vendor directory"), false;
	if (is_nested(c, path))
		return remark(c, path, MODFILES_NESTED, "file is in another module"), false;
	if (str_eq(path, ".hg_archival.txt"))
		return remark(c, path, MODFILES_HG,
			      "file is inserted by 'hg archive' and is always omitted"),
		       false;
	if (!modpath_check_file_n(path, n, &e)) {
		remark(c, path, MODFILES_INVALID, arena_strdup(c->arena, e.text));
		err_release(&e);
		return false;
	}
	if (strcasecmp(path, "go.mod") == 0 && !str_eq(path, "go.mod"))
		return remark(c, path, MODFILES_INVALID, "go.mod files must have lowercase names"),
		       false;
	return true;
}

static bool check_kind(struct checker *c, const struct modfiles_file *f)
{
	buf_clear(&c->why);
	if (namecheck_collides(&c->names, &c->why, f->path, strlen(f->path), false))
		return remark(c, f->path, MODFILES_INVALID, arena_strdup(c->arena, c->why.data)),
		       false;
	if (f->kind == MODFILES_SYMLINK)
		return remark(c, f->path, MODFILES_LINK, "file is a symbolic link"), false;
	if (f->kind != MODFILES_REGULAR)
		return remark(c, f->path, MODFILES_IRREGULAR, "not a regular file"), false;
	return true;
}

static bool check_size(struct checker *c, const struct modfiles_file *f)
{
	if (f->size <= c->room)
		c->room -= f->size;
	else
		c->m->too_large = true;
	if (f->size <= MODZIP_MAX_GOMOD ||
	    (!str_eq(f->path, "go.mod") && !str_eq(f->path, "LICENSE")))
		return true;
	remark(c, f->path, MODFILES_INVALID,
	       arena_fmt(c->arena, "%s file too large (max size is %lld bytes)", f->path,
			 (long long)MODZIP_MAX_GOMOD));
	return false;
}

bool modfiles_check(struct modfiles *m, struct arena *a, const struct modfiles_source *s,
		    struct err *e)
{
	struct checker c = { .m = m, .arena = a, .why = BUF_INIT, .room = MODZIP_MAX_FILE };
	bool ok;

	*m = (struct modfiles){ .source = s };
	ok = find_modules(&c, e);
	for (size_t i = 0; ok && i < s->n; i++) {
		const struct modfiles_file *f = &s->files[i];

		if (check_name(&c, f->path) && check_kind(&c, f) && check_size(&c, f))
			arena_vec_push(a, &m->valid, i);
	}
	map_release(&c.modules);
	map_release(&c.told);
	namecheck_release(&c.names);
	buf_release(&c.why);
	return ok;
}

bool modfiles_valid(const struct modfiles *m, struct err *e)
{
	struct buf b = BUF_INIT;

	if (m->too_large)
		return err_set(e, ERR_LIMIT,
			       "create zip: module source tree too large (max size is %lld bytes)",
			       (long long)MODZIP_MAX_FILE);
	if (!m->invalid.n)
		return true;
	for (size_t i = 0; i < m->invalid.n; i++)
		buf_addf(&b, "%s%s: %s", i ? "\n" : "", m->invalid.items[i].path,
			 m->invalid.items[i].text);
	err_set(e, ERR_SYNTAX, "create zip: %s", b.data);
	buf_release(&b);
	return false;
}
