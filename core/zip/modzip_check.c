/* Whether a zip is one of a module, and may be extracted. */
#include "zip/modzip.h"

#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "gofiles/modpath.h"
#include "zip/namecheck_impl.h"

#define MAX_COMPLAINTS 100u /* of a zip; a hostile one may have one per entry */

/* module.CheckFilePath; appends what is wrong to b. */
static bool check_file_path(const char *s, size_t n, struct buf *b)
{
	struct err e = ERR_INIT;
	bool ok = modpath_check_file_n(s, n, &e);

	if (!ok)
		buf_addstr(b, e.text);
	err_release(&e);
	return ok;
}

struct checker {
	const struct modzip *z;
	struct namecheck names;
	struct buf why;
	int64_t size;
	bool too_large;
	size_t complaints;
	struct buf text;
};

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
	if (!n || !namecheck_is_clean(name, n))
		return buf_addstr(&c->why, "file path is not clean"), false;
	if (!check_file_path(name, n, &c->why) ||
	    namecheck_collides(&c->names, &c->why, name, n, is_dir))
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
	namecheck_release(&c.names);
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
