#include "packages/vendor.h"

#include <dirent.h>

#include "base/fs.h"

#define MAX_FILES ((size_t)1000000)
#define MAX_DEPTH 200u
#define MAX_FILE ((size_t)512 << 20) /* go's cap for a whole module zip is 500 MiB */

struct walk {
	struct vendor_report *r;
	struct arena *a;
	struct modload *ml;
	struct map rows;     /* module path -> struct vendor_row */
	struct map dirs;     /* directories below vendor/ that hold a file */
	const char **source; /* per row: where the module's files are, NULL if unknown */
	size_t n_files;
	VEC(const char *) strays;
	struct err *e;
};

const char *vendor_state_name(enum vendor_state s)
{
	static const char *const names[] = { "ok", "listed", "unknown", "modified" };

	return names[s];
}

static void problem_add(struct walk *w, struct vendor_row *row, const char *file,
			const char *problem)
{
	row->state = VENDOR_MODIFIED;
	if (row->n_problems == VENDOR_MAX_PROBLEMS) {
		row->n_more++;
		return;
	}
	if (!row->problems)
		row->problems = arena_calloc(w->a, VENDOR_MAX_PROBLEMS, sizeof(*row->problems));
	row->problems[row->n_problems++] = (struct vendor_problem){ file, problem };
}

/* The module whose path is the longest that is rel or a directory above it. */
static struct vendor_row *owner(const struct walk *w, const char *rel)
{
	for (size_t n = strlen(rel); n > 0; n--) {
		if (rel[n] != '/' && rel[n] != '\0')
			continue;
		struct map_entry *found = map_find_n(&w->rows, rel, n);

		if (found)
			return found->value;
	}
	return NULL;
}

static bool same_content(const char *a, const char *b, bool *same, struct err *e)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct err missing = ERR_INIT;
	bool ok = fs_read_buf(&x, a, MAX_FILE, e);

	*same = false;
	if (ok && !fs_read_buf(&y, b, MAX_FILE, &missing)) {
		ok = missing.code == ERR_NOT_FOUND || err_move(e, &missing);
		err_release(&missing);
	} else if (ok) {
		*same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	}
	buf_release(&x);
	buf_release(&y);
	return ok;
}

static bool check_file(struct walk *w, const char *rel)
{
	struct vendor_row *row = owner(w, rel);
	struct arena tmp = ARENA_INIT;
	const char *source, *theirs;
	bool same, ok = true;

	if (!row) {
		if (w->strays.n < VENDOR_MAX_PROBLEMS && !str_eq(rel, "modules.txt"))
			vec_push(&w->strays, arena_strdup(w->a, rel));
		return true;
	}
	row->files++;
	source = w->source[row - w->r->rows];
	if (source) {
		theirs = path_join(&tmp, source, rel + strlen(row->module->mod.path));
		ok = same_content(path_join(&tmp, w->r->dir, rel), theirs, &same, w->e);
		if (ok && !same)
			problem_add(w, row, arena_strdup(w->a, rel),
				    fs_exists(theirs) ? "differs from the module's file"
						      : "is not in the module");
	}
	arena_release(&tmp);
	return ok;
}

static bool walk_dir(struct walk *w, const char *rel, unsigned depth)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;
	bool ok, any = false;

	if (depth > MAX_DEPTH)
		return err_set(w->e, ERR_LIMIT, "%s/%s: directories are nested too deep", w->r->dir,
			       rel);
	ok = fs_list(&tmp, path_join(&tmp, w->r->dir, rel), MAX_FILES, &entries, &n, w->e);
	for (size_t i = 0; ok && i < n; i++) {
		const char *name = path_join(&tmp, rel, entries[i].name);

		if (cancel_is_set(modproject_cancel(modload_project(w->ml)))) {
			ok = err_set(w->e, ERR_CANCELLED, "cancelled");
		} else if (entries[i].type == DT_DIR) {
			ok = walk_dir(w, name, depth + 1);
		} else if (entries[i].type == DT_REG) {
			any = true;
			if (++w->n_files > MAX_FILES)
				ok = err_set(w->e, ERR_LIMIT, "%s: more than %zu files", w->r->dir,
					     MAX_FILES);
			else
				ok = check_file(w, name);
		} else {
			struct vendor_row *row = owner(w, name);

			if (row)
				problem_add(w, row, arena_strdup(w->a, name),
					    "is not a regular file");
		}
	}
	if (any)
		map_put(&w->dirs, arena_strdup(w->a, rel), w);
	arena_release(&tmp);
	return ok;
}

/* The directory with the module's own files: the replacement's, or the extracted tree of the cache. */
static const char *source_of(struct walk *w, const struct modulestxt_module *m)
{
	struct modver actual = modproject_resolve(modload_project(w->ml), m->mod);

	if (!*actual.version)
		return fs_is_dir(modproject_dir_of(modload_project(w->ml), actual))
			       ? modproject_dir_of(modload_project(w->ml), actual)
			       : NULL;
	return source_cached_dir(modproject_source(modload_project(w->ml)), actual);
}

static void rows_make(struct walk *w, const struct modulestxt *t)
{
	struct vendor_report *r = w->r;

	r->rows = arena_calloc(w->a, t->n_modules, sizeof(*r->rows));
	w->source = arena_calloc(w->a, t->n_modules, sizeof(*w->source));
	for (size_t i = 0; i < t->n_modules; i++) {
		const struct modulestxt_module *m = t->modules[i];

		/* a wildcard replacement's line says nothing of what is vendored */
		if (*m->mod.version)
			r->rows[r->n++].module = m;
	}
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct modulestxt_module *m = t->packages.entries[i].value;

		for (size_t j = 0; j < r->n; j++)
			r->rows[j].packages += r->rows[j].module == m;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!r->rows[i].packages)
			continue;
		map_put(&w->rows, r->rows[i].module->mod.path, &r->rows[i]);
		w->source[i] = source_of(w, r->rows[i].module);
	}
}

static void judge(struct walk *w, const struct modulestxt *t)
{
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct map_entry *p = &t->packages.entries[i];
		const struct modulestxt_module *m = p->value;
		struct vendor_row *row = map_get(&w->rows, m->mod.path);

		if (row && row->module == m && !map_has(&w->dirs, p->key))
			problem_add(w, row, arena_strdup(w->a, p->key),
				    "the package is listed in modules.txt, but has no files");
	}
	for (size_t i = 0; i < w->r->n; i++) {
		struct vendor_row *row = &w->r->rows[i];

		if (row->state == VENDOR_MODIFIED)
			continue;
		row->state = !row->packages ? VENDOR_LISTED
			     : w->source[i] ? VENDOR_OK
					    : VENDOR_UNKNOWN;
	}
}

static enum vendor_verdict verdict_of(const struct vendor_report *r, struct modload *ml)
{
	struct arena tmp = ARENA_INIT;
	enum vendor_verdict v = VENDOR_AGREES;

	if (!modproject_has_root(modload_project(ml)))
		v = VENDOR_NO_PROJECT;
	else if (!fs_is_dir(r->dir))
		v = VENDOR_NO_DIR;
	else if (!fs_exists(path_join(&tmp, r->dir, "modules.txt")))
		v = VENDOR_NO_LIST;
	arena_release(&tmp);
	return v;
}

bool vendor_check(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e)
{
	const struct modulestxt *t = modproject_vendor(modload_project(ml));
	struct walk w = { .r = r, .a = a, .ml = ml, .e = e };
	bool ok;

	*r = (struct vendor_report){ .dir = modproject_vendor_dir(modload_project(ml), a) };
	r->verdict = verdict_of(r, ml);
	if (!t || r->verdict != VENDOR_AGREES)
		return true;
	rows_make(&w, t);
	ok = walk_dir(&w, "", 0);
	if (ok)
		judge(&w, t);
	r->strays = arena_memdup(a, w.strays.items, w.strays.n * sizeof(*w.strays.items));
	r->n_strays = w.strays.n;
	vec_release(&w.strays);
	map_release(&w.rows);
	map_release(&w.dirs);
	return ok;
}
