#include "compare/modcompare.h"

#include <stdlib.h>

#include "base/map.h"
#include "gofiles/gover.h"

const char *modcompare_name(const struct modcompare_version *v, const struct modzip_entry *f)
{
	return modzip_name(&v->zip, f) + strlen(v->mod.path) + strlen(v->mod.version) + 2;
}

static int by_name(const void *va, const void *vb)
{
	const struct modcompare_file *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

/* Names with go's prefix; modzip's names may contain NULs, which end such a name. */
static void list_files(struct modcompare_version *v, struct arena *a)
{
	const char *prefix = arena_fmt(a, "%s@%s/", v->mod.path, v->mod.version);
	struct map names = MAP_INIT;

	v->files = arena_calloc(a, v->zip.n + 1, sizeof(*v->files));
	for (size_t i = 0; i < v->zip.n; i++) {
		const struct modzip_entry *f = &v->zip.entries[i];
		const char *name = modzip_name(&v->zip, f);

		if (strlen(name) == f->name_len && str_has_prefix(name, prefix) &&
		    name[strlen(prefix)] && !modzip_is_dir(&v->zip, f) &&
		    map_put(&names, name, NULL))
			v->files[v->n_files++] = f;
	}
	map_release(&names);
}

bool modcompare_open(struct modcompare_version *v, struct arena *a, struct modver mod,
		     const char *zip, const char *gomod, size_t len, struct err *e)
{
	struct gomod_options strict = { .name = "go.mod" }, o = { .name = "go.mod", .lax = true };

	*v = (struct modcompare_version){ .mod = mod, .zip = { .fd = -1 } };
	/* the lax reader, which go uses for dependencies, ignores toolchain lines */
	if (!gomod_parse(&v->gomod, a, &strict, gomod, len, NULL) &&
	    !gomod_parse(&v->gomod, a, &o, gomod, len, e))
		return err_wrap(e, "%s@%s: ", mod.path, mod.version);
	if (!modzip_open(&v->zip, zip, e)) {
		v->zip.fd = -1;
		return false;
	}
	v->reader = modzip_reader_new();
	list_files(v, a);
	return true;
}

void modcompare_close(struct modcompare_version *v)
{
	if (v->reader) {
		modzip_reader_free(v->reader);
		modzip_close(&v->zip);
	}
	v->reader = NULL;
}

/* Requirements */

struct requires
{
	struct arena *a;
	ARENA_VEC(struct modcompare_require) all;
};

static void add_require(struct requires *r, enum compare_kind kind, const char *path,
			const char *was, const char *is, int was_line, int is_line)
{
	arena_vec_push(r->a, &r->all,
		       (struct modcompare_require){ path, kind, was, is, was_line, is_line });
}

static void compare_require(struct requires *r, const struct gomod_require *was,
			    const struct gomod_require *is)
{
	int order = gover_mod_compare(is->mod.path, is->mod.version, was->mod.version);
	int old = modsyntax_line_number(was->line), new = modsyntax_line_number(is->line);

	if (order)
		add_require(r, order > 0 ? COMPARE_UP : COMPARE_DOWN, is->mod.path,
			    was->mod.version, is->mod.version, old, new);
	if (was->indirect != is->indirect)
		add_require(r, is->indirect ? COMPARE_INDIRECT : COMPARE_DIRECT, is->mod.path,
			    was->mod.version, is->mod.version, old, new);
}

static void index_requires(struct map *m, const struct gomod *f)
{
	for (size_t i = 0; i < f->require.n; i++) {
		struct map_entry *entry = map_entry(m, f->require.items[i].mod.path,
						    strlen(f->require.items[i].mod.path), NULL);
		const struct gomod_require *old = entry->value;

		if (!old || gover_mod_compare(entry->key, f->require.items[i].mod.version,
					      old->mod.version) > 0)
			entry->value = (void *)(uintptr_t)&f->require.items[i];
	}
}

static void compare_lines(struct requires *r, const struct gomod *was, const struct gomod *is)
{
	if (!str_eq(was->go, is->go))
		add_require(r, COMPARE_GO_LINE, "go", was->go, is->go,
			    modsyntax_line_number(was->go_line),
			    modsyntax_line_number(is->go_line));
	if (!str_eq(was->toolchain, is->toolchain))
		add_require(r, COMPARE_TOOLCHAIN_LINE, "toolchain", was->toolchain, is->toolchain,
			    modsyntax_line_number(was->toolchain_line),
			    modsyntax_line_number(is->toolchain_line));
}

static int worst_first(const void *va, const void *vb)
{
	const struct modcompare_require *a = va, *b = vb;
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	return order ? order : strcmp(a->path, b->path);
}

static void compare_requires(struct modcompare *out, struct arena *a, const struct gomod *was,
			     const struct gomod *is)
{
	struct map old = MAP_INIT, new = MAP_INIT;
	struct requires r = { .a = a };

	index_requires(&old, was);
	index_requires(&new, is);
	for (size_t i = 0; i < old.n; i++) {
		const struct gomod_require *q = old.entries[i].value,
					   *twin = map_get(&new, old.entries[i].key);

		if (twin)
			compare_require(&r, q, twin);
		else
			add_require(&r, COMPARE_REMOVED, q->mod.path, q->mod.version, "",
				    modsyntax_line_number(q->line), 0);
	}
	for (size_t i = 0; i < new.n; i++) {
		const struct gomod_require *q = new.entries[i].value;

		if (!map_has(&old, new.entries[i].key))
			add_require(&r, COMPARE_ADDED, q->mod.path, "", q->mod.version, 0,
				    modsyntax_line_number(q->line));
	}
	compare_lines(&r, was, is);
	map_release(&old);
	map_release(&new);
	if (r.all.n)
		qsort(r.all.items, r.all.n, sizeof(*r.all.items), worst_first);
	out->requires = r.all.items;
	out->n_requires = r.all.n;
}

/* Files */

static bool is_licence(const char *name)
{
	static const char *const words[] = { "licen",	"copying", "copyright",
					     "patents", "notice",  "unlicense" };
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

	if (str_has_suffix(base, ".go"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncasecmp(base, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static bool same_file(const struct modzip_entry *a, const struct modzip_entry *b)
{
	return a->size == b->size && a->crc == b->crc;
}

struct comparison {
	struct modcompare *out;
	struct arena *a;
	const struct modcompare_version *was, *is;
	const char *go;
	struct map dirs; /* of packages with a file that differs */
	const struct cancel *cancel;
};

static const char *dir_of(struct arena *a, const char *name)
{
	const char *slash = strrchr(name, '/');

	return arena_strndup(a, name, slash ? (size_t)(slash - name) : 0);
}

static void add_file(struct comparison *c, const char *name, const struct modzip_entry *was,
		     const struct modzip_entry *is)
{
	struct modcompare *out = c->out;

	if (was && is && same_file(was, is)) {
		out->n_same++;
		return;
	}
	out->files[out->n_files++] = (struct modcompare_file){
		name,
		!was  ? COMPARE_ADDED
		: !is ? COMPARE_REMOVED
		      : COMPARE_REPLACED,
		was ? was->size : 0,
		is ? is->size : 0,
		is_licence(name),
	};
	out->licence = out->licence || is_licence(name);
	if (goapi_counts(name))
		map_put(&c->dirs, dir_of(c->a, name), c);
}

static void compare_files(struct comparison *c)
{
	struct map old = MAP_INIT, new = MAP_INIT;

	c->out->files = arena_calloc(c->a, c->was->n_files + c->is->n_files + 1,
				     sizeof(*c->out->files));
	for (size_t i = 0; i < c->is->n_files; i++)
		map_put(&new, modcompare_name(c->is, c->is->files[i]),
			(void *)(uintptr_t)c->is->files[i]);
	for (size_t i = 0; i < c->was->n_files; i++) {
		const char *name = modcompare_name(c->was, c->was->files[i]);

		map_put(&old, name, c);
		add_file(c, name, c->was->files[i], map_get(&new, name));
	}
	for (size_t i = 0; i < new.n; i++)
		if (!map_has(&old, new.entries[i].key))
			add_file(c, new.entries[i].key, NULL, new.entries[i].value);
	qsort(c->out->files, c->out->n_files, sizeof(*c->out->files), by_name);
	map_release(&old);
	map_release(&new);
}

/* Contents */

static bool collect(void *ctx, const void *data, size_t len, struct err *e)
{
	struct buf *b = ctx;

	if (b->len + len > MODCOMPARE_MAX_FILE)
		return err_set(e, ERR_LIMIT, "over %zu bytes", MODCOMPARE_MAX_FILE);
	buf_add(b, data, len);
	return true;
}

static bool read_entry(const struct modcompare_version *v, const struct modzip_entry *f,
		       struct buf *b, struct err *e)
{
	return modzip_read(v->reader, &v->zip, f, collect, b, e) ||
	       err_wrap(e, "%s: ", modzip_name(&v->zip, f));
}

bool modcompare_text(const struct modcompare_version *v, const char *name, struct buf *b,
		     struct err *e)
{
	for (size_t i = 0; i < v->n_files; i++)
		if (str_eq(modcompare_name(v, v->files[i]), name))
			return read_entry(v, v->files[i], b, e);
	return true;
}

static bool read_api(struct comparison *c, struct goapi *api, const struct modcompare_version *v,
		     struct err *e)
{
	struct goapi_reader *r = goapi_reader_new(c->a, c->go);
	struct buf b = BUF_INIT;
	bool ok = true;

	for (size_t i = 0; i < v->n_files && ok; i++) {
		const char *name = modcompare_name(v, v->files[i]);

		if (!goapi_counts(name) || v->files[i]->size > MODCOMPARE_MAX_FILE ||
		    !map_has(&c->dirs, dir_of(c->a, name)))
			continue;
		buf_clear(&b);
		ok = cancel_is_set(c->cancel) ? err_set(e, ERR_CANCELLED, "cancelled")
					      : read_entry(v, v->files[i], &b, e);
		if (ok)
			goapi_reader_add(r, name, b.data, b.len);
	}
	goapi_reader_end(r, api);
	buf_release(&b);
	return ok;
}

bool modcompare_versions(struct modcompare *out, struct arena *a,
			 const struct modcompare_version *was, const struct modcompare_version *is,
			 const char *go, const struct cancel *cancel, struct err *e)
{
	struct comparison c = {
		.out = out, .a = a, .was = was, .is = is, .go = go, .cancel = cancel
	};
	bool ok;

	*out = (struct modcompare){ 0 };
	compare_requires(out, a, was->gomod, is->gomod);
	compare_files(&c);
	ok = read_api(&c, &out->was_api, was, e) && read_api(&c, &out->is_api, is, e);
	if (ok)
		goapi_compare(&out->api, a, &out->was_api, &out->is_api);
	map_release(&c.dirs);
	return ok;
}
