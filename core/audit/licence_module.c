#include "audit/licence_module.h"

#include "audit/licence.h"
#include "base/fs.h"
#include "fetch/source.h"
#include "zip/modzip.h"

enum { MAX_ENTRIES = 100000, MAX_FILES = 32 };

struct reading {
	struct arena *a;
	struct buf expression;
	ARENA_VEC(const char *) files;
	bool unknown; /* a licence file was not recognised */
};

static void take_text(struct reading *r, const char *name, const struct buf *text)
{
	arena_vec_push(r->a, &r->files, arena_strdup(r->a, name));
	if (!licence_add(&r->expression, text->data ? text->data : "", text->len))
		r->unknown = true;
}

static bool read_dir(struct reading *r, const char *dir, struct err *e)
{
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(r->a, dir, MAX_ENTRIES, &entries, &n, e))
		return false;
	for (size_t i = 0; i < n && r->files.n < MAX_FILES; i++) {
		struct buf text = BUF_INIT;
		struct err why = ERR_INIT;

		if (licence_is_file(entries[i].name) &&
		    fs_read_buf(&text, path_join(r->a, dir, entries[i].name), LICENCE_MAX_BYTES,
				&why))
			take_text(r, entries[i].name, &text);
		err_release(&why);
		buf_release(&text);
	}
	return true;
}

/* The name of an entry at the root of the module; NULL for deeper ones. */
static const char *root_name(const struct modzip *z, const struct modzip_entry *f, struct modver m)
{
	const char *name = modzip_name(z, f);
	size_t n = strlen(m.path), k = strlen(m.version);

	if (f->name_len <= n + k + 2 || strlen(name) != f->name_len)
		return NULL;
	name += n + k + 2;
	return strchr(name, '/') ? NULL : name;
}

static bool read_zip(struct reading *r, const char *file, struct modver m, struct err *e)
{
	struct modzip_reader *reader;
	struct modzip z;

	if (!modzip_open(&z, file, e))
		return false;
	reader = modzip_reader_new();
	for (size_t i = 0; i < z.n && r->files.n < MAX_FILES; i++) {
		const char *name = root_name(&z, &z.entries[i], m);
		struct buf text = BUF_INIT;
		struct err why = ERR_INIT;

		if (name && licence_is_file(name) &&
		    modzip_read_file(reader, &z, m, name, LICENCE_MAX_BYTES, &text, &why))
			take_text(r, name, &text);
		err_release(&why);
		buf_release(&text);
	}
	modzip_reader_free(reader);
	modzip_close(&z);
	return true;
}

static bool read_module(struct reading *r, struct source *source, struct modver m, struct err *e)
{
	const char *dir, *file;

	if (!*m.version)
		return read_dir(r, m.path, e);
	dir = source_cached_dir(source, m);
	if (dir)
		return read_dir(r, dir, e);
	return source_zip(source, m, &file, e) && read_zip(r, file, m, e);
}

void licence_module_read(struct licence_module *out, struct arena *a, struct source *source,
			 struct modver m)
{
	struct reading r = { .a = a, .expression = BUF_INIT };
	struct err e = ERR_INIT;

	*out = (struct licence_module){ "", "", NULL, 0 };
	if (!read_module(&r, source, m, &e))
		out->why = e.code == ERR_OFFLINE || e.code == ERR_NOT_FOUND
				   ? "its files are not in the module cache"
				   : arena_fmt(a, "its files could not be read: %s", e.text);
	else if (!r.files.n)
		out->why = "it has no licence file";
	else if (r.unknown)
		out->why = arena_fmt(a, "the text of %s matches no known licence",
				     r.files.items[0]);
	else
		out->expression = arena_strdup(a, r.expression.data);
	out->files = r.files.items;
	out->n_files = r.files.n;
	err_release(&e);
	buf_release(&r.expression);
}
