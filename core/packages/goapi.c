#include "packages/goapi_impl.h"

#include <stdlib.h>

#include "base/map.h"
#include "packages/constraint.h"

static bool element_is(const char *s, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(s, name, n) == 0;
}

bool goapi_counts(const char *file)
{
	const char *at = file;

	if (!str_has_suffix(file, ".go") || str_has_suffix(file, "_test.go"))
		return false;
	for (;;) {
		size_t n = strcspn(at, "/");

		if (!n || *at == '.' || *at == '_')
			return false;
		if (!at[n])
			return true;
		if (element_is(at, n, "testdata") || element_is(at, n, "vendor"))
			return false;
		at += n + 1;
	}
}

bool goapi_is_internal(const char *package)
{
	for (const char *at = package;;) {
		size_t n = strcspn(at, "/");

		if (element_is(at, n, "internal"))
			return true;
		if (!at[n])
			return false;
		at += n + 1;
	}
}

/* An identifier while files are being added. */
struct entry {
	struct goapi_ident ident;
	ARENA_VEC(const char *) decls;
};

struct goapi_reader {
	struct arena *a;
	struct map packages,
		entries; /* directory -> its name or NULL; "directory name" -> struct entry */
	const char *package, *file; /* of the current file */
	int release;
	size_t n_broken;
};

struct goapi_reader *goapi_reader_new(struct arena *a, const char *go)
{
	struct goapi_reader *r = xcalloc(1, sizeof(*r));
	const char *minor = strchr(go, '.');

	r->release = minor ? (int)strtol(minor + 1, NULL, 10) : 0;
	r->a = a;
	return r;
}

static void add_decl(struct goapi_reader *r, struct entry *e, const char *decl)
{
	for (size_t i = 0; i < e->decls.n; i++)
		if (str_eq(e->decls.items[i], decl))
			return;
	arena_vec_push(r->a, &e->decls, arena_strdup(r->a, decl));
}

static void found(void *ctx, struct goapi_word owner, struct goapi_word name, const char *decl,
		  int line)
{
	struct goapi_reader *r = ctx;
	struct map_entry *entry;
	struct entry *e;
	struct buf key = BUF_INIT;
	size_t at;

	buf_addf(&key, "%s ", r->package);
	at = key.len;
	buf_add(&key, owner.s, owner.n);
	if (owner.n)
		buf_addch(&key, '.');
	buf_add(&key, name.s, name.n);
	entry = map_find_n(&r->entries, key.data, key.len);
	if (!entry) {
		const char *kept = arena_strndup(r->a, key.data, key.len);

		entry = map_entry(&r->entries, kept, key.len, NULL);
		e = entry->value = arena_calloc(r->a, 1, sizeof(*e));
		e->ident = (struct goapi_ident){
			.package = r->package, .name = kept + at, .file = r->file, .line = line
		};
	}
	e = entry->value;
	if (strcmp(r->file, e->ident.file) < 0) {
		e->ident.file = r->file;
		e->ident.line = line;
	}
	add_decl(r, e, decl);
	buf_release(&key);
}

static bool is_compiled(const struct goapi_reader *r, const char *data, size_t len)
{
	size_t mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	return constraint_file_release(data + mark, len - mark, r->release) == CONSTRAINT_BUILD;
}

void goapi_reader_add(struct goapi_reader *r, const char *file, const char *data, size_t len)
{
	const char *slash = strrchr(file, '/');
	const char *dir = arena_strndup(r->a, file, slash ? (size_t)(slash - file) : 0);
	struct map_entry *entry = map_entry(&r->packages, dir, strlen(dir), NULL);
	struct goapi_word name;

	if (!is_compiled(r, data, len))
		return;
	r->package = entry->key;
	r->file = arena_strdup(r->a, file);
	if (!goapi_file(&name, data, len, found, r))
		r->n_broken++;
	if (name.n && !entry->value)
		entry->value = arena_strndup(r->a, name.s, name.n);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *all_decls(struct arena *a, struct entry *e)
{
	struct buf b = BUF_INIT;
	const char *text;

	if (e->decls.n == 1)
		return e->decls.items[0];
	qsort(e->decls.items, e->decls.n, sizeof(*e->decls.items), by_text);
	for (size_t i = 0; i < e->decls.n; i++)
		buf_addf(&b, "%s%s", i ? "\n" : "", e->decls.items[i]);
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

static int order(const struct goapi_ident *a, const struct goapi_ident *b)
{
	int d = strcmp(a->package, b->package);

	return d ? d : strcmp(a->name, b->name);
}

static int by_name(const void *a, const void *b)
{
	return order(a, b);
}

static int by_dir(const void *a, const void *b)
{
	const struct goapi_package *x = a, *y = b;

	return strcmp(x->dir, y->dir);
}

static void end_packages(struct goapi_reader *r, struct goapi *out)
{
	out->n_packages = r->packages.n;
	out->packages = arena_calloc(r->a, out->n_packages + 1, sizeof(*out->packages));
	for (size_t i = 0; i < out->n_packages; i++) {
		const struct map_entry *entry = &r->packages.entries[i];

		out->packages[i] = (struct goapi_package){ entry->key,
							   entry->value ? entry->value : "" };
	}
	qsort(out->packages, out->n_packages, sizeof(*out->packages), by_dir);
}

void goapi_reader_end(struct goapi_reader *r, struct goapi *out)
{
	*out = (struct goapi){ .n = r->entries.n, .n_broken = r->n_broken };
	out->idents = arena_calloc(r->a, out->n + 1, sizeof(*out->idents));
	for (size_t i = 0; i < out->n; i++) {
		struct entry *e = r->entries.entries[i].value;

		e->ident.decl = all_decls(r->a, e);
		e->ident.decls = e->decls.items;
		e->ident.n_decls = e->decls.n;
		out->idents[i] = e->ident;
	}
	qsort(out->idents, out->n, sizeof(*out->idents), by_name);
	end_packages(r, out);
	map_release(&r->packages);
	map_release(&r->entries);
	free(r);
}

/* Differences */

const char *goapi_op_name(enum goapi_op op)
{
	static const char *const names[GOAPI_OPS] = {
		[GOAPI_REMOVED] = "removed",
		[GOAPI_CHANGED] = "changed",
		[GOAPI_ADDED] = "added",
	};

	return names[op];
}

static void add_change(struct goapi_changes *out, enum goapi_op op, const struct goapi_ident *was,
		       const struct goapi_ident *is)
{
	out->items[out->n++] = (struct goapi_change){ op, was, is };
	out->count[op]++;
}

void goapi_compare(struct goapi_changes *out, struct arena *a, const struct goapi *was,
		   const struct goapi *is)
{
	size_t i = 0, k = 0;

	*out = (struct goapi_changes){ 0 };
	out->items = arena_calloc(a, was->n + is->n + 1, sizeof(*out->items));
	while (i < was->n || k < is->n) {
		const struct goapi_ident *old = i < was->n ? &was->idents[i] : NULL;
		const struct goapi_ident *new = k < is->n ? &is->idents[k] : NULL;
		int d = !old ? 1 : !new ? -1 : order(old, new);

		if (d < 0)
			add_change(out, GOAPI_REMOVED, old, NULL);
		else if (d > 0)
			add_change(out, GOAPI_ADDED, NULL, new);
		else if (!str_eq(old->decl, new->decl))
			add_change(out, GOAPI_CHANGED, old, new);
		i += d <= 0;
		k += d >= 0;
	}
}
