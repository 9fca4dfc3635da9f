#include "release/tagged.h"

#define MAX_FILE ((int64_t)64 << 20) /* of a Go file */

static const struct modfiles_file *file_at(const struct tagged *t, size_t i)
{
	return &t->files.source->files[t->files.valid.items[i]];
}

static bool read_at(const struct tagged *t, size_t i, struct buf *b, struct err *e)
{
	return t->files.source->read(t->files.source->ctx, t->files.valid.items[i], b, e);
}

/* Common names; go only copies LICENSE. */
static bool is_license(const char *name)
{
	return !strchr(name, '/') &&
	       (str_has_prefix(name, "LICENSE") || str_has_prefix(name, "LICENCE") ||
		str_has_prefix(name, "COPYING") || str_has_prefix(name, "UNLICENSE"));
}

static bool leave(void *ctx, const char *path, const char *version, const char **resolved,
		  bool *inner, struct err *e)
{
	(void)ctx, (void)path, (void)inner, (void)e;
	*resolved = version;
	return true;
}

static bool read_gomod(struct tagged *t, size_t i, struct err *e)
{
	struct gomod_fixer fixer = { .query = leave };
	struct gomod_options o = { .name = "go.mod", .fixer = &fixer };
	struct buf b = BUF_INIT;
	bool ok = read_at(t, i, &b, e);

	if (ok && !gomod_parse(&t->gomod, t->a, &o, b.data, b.len, NULL))
		t->gomod = NULL;
	buf_release(&b);
	return ok;
}

bool tagged_open(struct tagged *t, struct arena *a, struct gitrepo *r, const char *revision,
		 const char *dir, const struct cancel *cancel, struct err *e)
{
	struct gitrepo_commit *c;

	*t = (struct tagged){ .a = a, .cancel = cancel, .license = "" };
	if (!gitrepo_find(&c, r, revision, e))
		return false;
	t->commit = arena_strdup(a, gitrepo_id(c));
	if (!gitzip_open(&t->zip, r, c, dir, cancel, e) ||
	    !modfiles_check(&t->files, a, gitzip_source(t->zip), e))
		return false;
	for (size_t i = 0; i < t->files.valid.n; i++) {
		const char *path = file_at(t, i)->path;

		if (!t->license[0] && is_license(path))
			t->license = arena_strdup(a, path);
		if (str_eq(path, "go.mod") && !read_gomod(t, i, e))
			return false;
	}
	return true;
}

void tagged_close(struct tagged *t)
{
	gitzip_free(t->zip);
	t->zip = NULL;
}

bool tagged_sum(char sum[DIRHASH_LEN + 1], const struct tagged *t, struct modver m, struct err *e)
{
	return modfiles_valid(&t->files, e) && modfiles_hash(sum, &t->files, m, t->cancel, e);
}

bool tagged_api(struct goapi *api, const struct tagged *t, const char *go, struct err *e)
{
	struct goapi_reader *r = goapi_reader_new(t->a, go);
	bool ok = true;

	for (size_t i = 0; ok && i < t->files.valid.n; i++) {
		const struct modfiles_file *f = file_at(t, i);
		struct buf b = BUF_INIT;

		if (!goapi_counts(f->path) || f->size > MAX_FILE)
			continue;
		ok = (!t->cancel || !cancel_is_set(t->cancel) ||
		      err_set(e, ERR_CANCELLED, "cancelled")) &&
		     read_at(t, i, &b, e);
		if (ok)
			goapi_reader_add(r, f->path, b.data, b.len);
		buf_release(&b);
	}
	goapi_reader_end(r, api);
	return ok;
}

struct attributes {
	struct arena *a;
	ARENA_VEC(struct tagged_attribute) found;
};

/* The attributes that a line other than a comment sets. */
static void find_in_line(struct attributes *k, const char *file, int line, const char *s, size_t n)
{
	static const char *const names[] = { "export-ignore", "export-subst" };
	char *copy = arena_strndup(k->a, s, n), *save = NULL;

	if (n && s[0] == '#')
		return;
	for (char *word = strtok_r(copy, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save))
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (word != copy && str_eq(word, names[i]))
				arena_vec_push(k->a, &k->found,
					       (struct tagged_attribute){ file, line, names[i] });
}

static void find_in_file(struct attributes *k, const char *file, const struct buf *b)
{
	const char *s = b->data, *end = b->data + b->len;

	for (int line = 1; s < end; line++) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t n = nl ? (size_t)(nl - s) : (size_t)(end - s);

		find_in_line(k, file, line, s, n);
		s += n + 1;
	}
}

bool tagged_attributes(const struct tagged *t, struct tagged_attribute **out, size_t *n,
		       struct err *e)
{
	struct attributes k = { .a = t->a };
	bool ok = true;

	for (size_t i = 0; ok && i < t->files.valid.n; i++) {
		const struct modfiles_file *f = file_at(t, i);
		const char *slash = strrchr(f->path, '/');
		struct buf b = BUF_INIT;

		if (!str_eq(slash ? slash + 1 : f->path, ".gitattributes") || f->size > MAX_FILE)
			continue;
		ok = read_at(t, i, &b, e);
		if (ok)
			find_in_file(&k, f->path, &b);
		buf_release(&b);
	}
	*out = k.found.items;
	*n = k.found.n;
	return ok;
}
