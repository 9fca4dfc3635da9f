#include <dirent.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "packages/vendor_impl.h"

#define MAX_FILES ((size_t)1000000)
#define MAX_DEPTH 200u
#define MAX_FILE ((size_t)512 << 20) /* go's cap for a whole module zip is 500 MiB */

/* A regular file below vendor/. */
struct found {
	const char *name;
	mode_t mode;
	struct vendor_row *row;
	const char *source; /* the file to compare with; NULL */
	bool expected;
	enum { SAME, DIFFERS, LINE_ENDS } result;
};

struct walk {
	struct vendor_report *r;
	struct arena *a;
	struct modload *ml;
	const struct overlay *overlay;
	struct map rows; /* module path -> struct vendor_row */
	struct map dirs; /* directories below vendor/ with a file */
	struct vendor_expected expected;
	bool *seen; /* by expected file */
	VEC(struct found) found;
	size_t n_problems;
	VEC(const char *) strays, walked;
	struct err *e;
};

const char *vendor_state_name(enum vendor_state s)
{
	static const char *const names[] = { "ok", "listed", "unknown", "modified" };

	return names[s];
}

static const struct {
	const char *name, *text;
} faults[] = {
	[VENDOR_EDITED] = { "edited", "differs from the module's file" },
	[VENDOR_LINE_ENDS] = { "line-ends",
			       "differs only in line endings (git's autocrlf or eol attribute)" },
	[VENDOR_FOREIGN] = { "foreign", "is not in the module" },
	[VENDOR_NOT_VENDORED] = { "not-vendored",
				  "is in the module, but go mod vendor does not copy it" },
	[VENDOR_MISSING] = { "missing", "is missing" },
	[VENDOR_NO_LICENCE] = { "licence", "is missing: a licence or notice" },
	[VENDOR_NO_EMBED] = { "embed", "is missing: a //go:embed line names it" },
	[VENDOR_NO_PACKAGE] = { "no-package",
				"is listed in modules.txt as a package, but has no files" },
	[VENDOR_MODE] = { "mode", "is executable; vendored files never are" },
	[VENDOR_IRREGULAR] = { "irregular", "is not a regular file" },
};

const char *vendor_fault_name(enum vendor_fault f)
{
	return faults[f].name;
}

const char *vendor_fault_text(enum vendor_fault f)
{
	return faults[f].text;
}

static void problem_add(struct walk *w, struct vendor_row *row, const char *file,
			enum vendor_fault fault, const char *source)
{
	size_t cap = row->n_problems; /* a power of two when full */

	row->state = VENDOR_MODIFIED;
	if (w->n_problems++ >= VENDOR_MAX_PROBLEMS) {
		w->r->cut = true;
		return;
	}
	if ((cap & (cap - 1)) == 0)
		row->problems = arena_grow(w->a, row->problems, row->n_problems, &cap,
					   sizeof(*row->problems));
	row->problems[row->n_problems++] = (struct vendor_problem){ arena_strdup(w->a, file), fault,
								    source };
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

/* Equal but for carriage returns before newlines. */
static bool same_lines(const struct buf *x, const struct buf *y)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i + 1 < x->len && x->data[i] == '\r' && x->data[i + 1] == '\n')
			i++;
		while (k + 1 < y->len && y->data[k] == '\r' && y->data[k + 1] == '\n')
			k++;
		if (i == x->len || k == y->len)
			return i == x->len && k == y->len;
		if (x->data[i++] != y->data[k++])
			return false;
	}
}

static bool compare_file(const struct walk *w, struct found *f, struct err *e)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	char *path = xasprintf("%s/%s", w->r->dir, f->name);
	bool ok = fs_read_buf(&x, overlay_actual(w->overlay, path), MAX_FILE, e) &&
		  fs_read_buf(&y, f->source, MAX_FILE, e);

	if (!ok || (x.len == y.len && memcmp(x.data, y.data, x.len) == 0))
		f->result = SAME;
	else
		f->result = same_lines(&x, &y) ? LINE_ENDS : DIFFERS;
	buf_release(&x);
	buf_release(&y);
	free(path);
	return ok;
}

struct comparison {
	struct walk *w;
	struct err *errors; /* by item; the first one counts */
};

static void compare_item(void *ctx, size_t i)
{
	struct comparison *c = ctx;
	struct found *f = &c->w->found.items[i];

	if (f->source && !cancel_is_set(modproject_cancel(modload_project(c->w->ml))))
		compare_file(c->w, f, &c->errors[i]);
}

static bool compare_all(struct walk *w)
{
	struct comparison c = { w, xcalloc(w->found.n + 1, sizeof(*c.errors)) };

	par_for(w->found.n, par_cpus(), compare_item, &c);
	for (size_t i = 0; i < w->found.n; i++) {
		if (err_is_set(&c.errors[i]))
			err_move(w->e, &c.errors[i]);
		err_release(&c.errors[i]);
	}
	free(c.errors);
	if (cancel_is_set(modproject_cancel(modload_project(w->ml))))
		err_set(w->e, ERR_CANCELLED, "cancelled");
	return !err_is_set(w->e);
}

static bool find_file(struct walk *w, const char *rel, const char *file)
{
	struct found f = { .name = arena_strdup(w->a, rel), .row = owner(w, rel) };
	size_t at = (size_t)(uintptr_t)map_get(&w->expected.names, rel);
	struct stat st;

	if (!f.row) {
		if (!str_eq(rel, "modules.txt"))
			vec_push(&w->strays, f.name);
		return true;
	}
	if (w->found.n >= MAX_FILES)
		return err_set(w->e, ERR_LIMIT, "%s: more than %zu files", w->r->dir, MAX_FILES);
	f.row->files++;
	if (lstat(overlay_actual(w->overlay, file), &st) == 0)
		f.mode = st.st_mode;
	if (at) {
		w->seen[at - 1] = f.expected = true;
		f.source = w->expected.files.items[at - 1].source;
	} else if (f.row->source) {
		f.source = path_join(w->a, f.row->source, rel + strlen(f.row->module->mod.path));
		if (!fs_is_file(f.source))
			f.source = NULL;
	}
	vec_push(&w->found, f);
	return true;
}

static void find_irregular(struct walk *w, const char *rel)
{
	struct vendor_row *row = owner(w, rel);
	size_t at = (size_t)(uintptr_t)map_get(&w->expected.names, rel);

	if (!row)
		return;
	if (at)
		w->seen[at - 1] = true;
	problem_add(w, row, rel, VENDOR_IRREGULAR, NULL);
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
	ok = overlay_list(w->overlay, &tmp, path_join(&tmp, w->r->dir, rel), MAX_FILES, &entries,
			  &n, w->e);
	for (size_t i = 0; ok && i < n; i++) {
		const char *name = path_join(&tmp, rel, entries[i].name);

		if (cancel_is_set(modproject_cancel(modload_project(w->ml)))) {
			ok = err_set(w->e, ERR_CANCELLED, "cancelled");
		} else if (entries[i].type == DT_DIR) {
			ok = walk_dir(w, name, depth + 1);
		} else if (entries[i].type == DT_REG) {
			any = true;
			ok = find_file(w, name, path_join(&tmp, w->r->dir, name));
		} else {
			any = true;
			find_irregular(w, name);
		}
	}
	if (any)
		map_put(&w->dirs, arena_strdup(w->a, rel), w);
	vec_push(&w->walked, path_join(w->a, w->r->dir, rel));
	arena_release(&tmp);
	return ok;
}

/* The directory with the module's own files: the replacement's, or the extracted tree of the cache. */
static void find_source(struct walk *w, struct vendor_row *row)
{
	struct modproject *mp = modload_project(w->ml);
	struct modver actual = modproject_resolve(mp, row->module->mod);
	struct err e = ERR_INIT;

	row->why_unknown = "";
	if (!*actual.version) {
		row->source = modproject_dir_of(mp, actual);
		if (!fs_is_dir(row->source)) {
			row->why_unknown = fs_is_gone(row->source)
						   ? "the replacement's directory does not exist"
						   : "the replacement's directory cannot be read";
			row->source = NULL;
		}
	} else if (!source_dir(modproject_source(mp), actual, &row->source, NULL, &e)) {
		row->source = NULL;
		row->why_unknown = arena_strdup(w->a, e.text);
	}
	if (row->source)
		row->source = arena_strdup(w->a, row->source);
	err_release(&e);
}

static void rows_make(struct walk *w, const struct modulestxt *t)
{
	struct vendor_report *r = w->r;
	struct map by_module = MAP_INIT;

	r->rows = arena_calloc(w->a, t->n_modules, sizeof(*r->rows));
	for (size_t i = 0; i < t->n_modules; i++) {
		const struct modulestxt_module *m = t->modules[i];

		/* the line of a wildcard replacement has no vendored packages */
		if (!*m->mod.version)
			continue;
		r->rows[r->n].why_unknown = "";
		r->rows[r->n++].module = m;
	}
	for (size_t i = 0; i < r->n; i++)
		map_put(&by_module,
			arena_fmt(w->a, "%s %s", r->rows[i].module->mod.path,
				  r->rows[i].module->mod.version),
			&r->rows[i]);
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct modulestxt_module *m = t->packages.entries[i].value;
		struct vendor_row *row = map_get(&by_module, arena_fmt(w->a, "%s %s", m->mod.path,
								       m->mod.version));

		if (row)
			row->packages++;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!r->rows[i].packages)
			continue;
		map_put(&w->rows, r->rows[i].module->mod.path, &r->rows[i]);
		find_source(w, &r->rows[i]);
	}
	map_release(&by_module);
}

static bool expect_all(struct walk *w, const struct modulestxt *t)
{
	const char *go = modproject_go_version(modload_project(w->ml));

	for (size_t i = 0; i < t->packages.n; i++) {
		const struct modulestxt_module *m = t->packages.entries[i].value;
		const struct vendor_row *row = map_get(&w->rows, m->mod.path);

		if (row && row->module == m && row->source &&
		    !vendor_expect(&w->expected, m->mod.path, row->source,
				   t->packages.entries[i].key, go, w->e))
			return false;
	}
	w->seen = xcalloc(w->expected.files.n + 1, sizeof(*w->seen));
	return true;
}

static void judge_found(struct walk *w)
{
	for (size_t i = 0; i < w->found.n; i++) {
		const struct found *f = &w->found.items[i];

		if (f->mode & S_IXUSR)
			problem_add(w, f->row, f->name, VENDOR_MODE, f->source);
		if (f->result != SAME)
			problem_add(w, f->row, f->name,
				    f->result == DIFFERS ? VENDOR_EDITED : VENDOR_LINE_ENDS,
				    f->source);
		else if (!f->expected && f->row->source)
			problem_add(w, f->row, f->name,
				    f->source ? VENDOR_NOT_VENDORED : VENDOR_FOREIGN, f->source);
	}
}

static void judge_missing(struct walk *w)
{
	static const enum vendor_fault missing[] = { VENDOR_MISSING, VENDOR_NO_LICENCE,
						     VENDOR_NO_EMBED };

	for (size_t i = 0; i < w->expected.files.n; i++) {
		const struct vendor_file *f = &w->expected.files.items[i];
		struct vendor_row *row = w->seen[i] ? NULL : owner(w, f->name);

		if (row)
			problem_add(w, row, f->name, missing[f->why], f->source);
	}
}

/* Missing files are reported by these. */
static bool is_told(const struct walk *w, const char *package)
{
	for (size_t i = 0; i < w->expected.files.n; i++)
		if (!w->seen[i] && path_under(w->expected.files.items[i].name, package))
			return true;
	return false;
}

static int by_file(const void *va, const void *vb)
{
	const struct vendor_problem *a = va, *b = vb;
	int c = strcmp(a->file, b->file);

	return c ? c : (int)a->fault - (int)b->fault;
}

static void judge(struct walk *w, const struct modulestxt *t)
{
	judge_found(w);
	judge_missing(w);
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct map_entry *p = &t->packages.entries[i];
		const struct modulestxt_module *m = p->value;
		struct vendor_row *row = map_get(&w->rows, m->mod.path);

		if (row && row->module == m && !map_has(&w->dirs, p->key) && !is_told(w, p->key))
			problem_add(w, row, p->key, VENDOR_NO_PACKAGE, NULL);
	}
	for (size_t i = 0; i < w->r->n; i++) {
		struct vendor_row *row = &w->r->rows[i];

		if (row->n_problems)
			qsort(row->problems, row->n_problems, sizeof(*row->problems), by_file);
		if (row->state != VENDOR_MODIFIED)
			row->state = !row->packages ? VENDOR_LISTED
				     : row->source  ? VENDOR_OK
						    : VENDOR_UNKNOWN;
	}
}

static bool requires_modules(const struct modproject *mp)
{
	const struct modproject_main *mains;
	size_t n = modproject_mains(mp, &mains), required = 0;

	for (size_t i = 0; i < n; i++)
		required += mains[i].file->require.n;
	return required > 0;
}

static enum vendor_verdict verdict_of(const struct vendor_report *r, struct modload *ml)
{
	struct arena tmp = ARENA_INIT;
	enum vendor_verdict v = VENDOR_AGREES;

	if (!modproject_has_root(modload_project(ml)))
		v = VENDOR_NO_PROJECT;
	else if (!overlay_is_dir(r->overlay, r->dir))
		v = requires_modules(modload_project(ml)) ? VENDOR_NOT_MADE : VENDOR_NO_DIR;
	else if (fs_is_gone(path_join(&tmp, r->dir, "modules.txt")))
		v = VENDOR_NO_LIST;
	arena_release(&tmp);
	return v;
}

static void walk_release(struct walk *w)
{
	vec_release(&w->strays);
	vec_release(&w->walked);
	vec_release(&w->found);
	map_release(&w->rows);
	map_release(&w->dirs);
	vendor_expect_release(&w->expected);
	free(w->seen);
}

bool vendor_check(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e)
{
	const struct modulestxt *t = modproject_vendor(modload_project(ml));
	struct walk w = { .r = r, .a = a, .ml = ml, .expected = { .a = a }, .e = e };
	bool ok;

	*r = (struct vendor_report){ .dir = modproject_vendor_dir(modload_project(ml), a),
				     .overlay = goenv_overlay(
					     modproject_env(modload_project(ml))) };
	w.overlay = r->overlay;
	r->verdict = verdict_of(r, ml);
	if (!t || r->verdict != VENDOR_AGREES)
		return true;
	rows_make(&w, t);
	ok = expect_all(&w, t) && walk_dir(&w, "", 0) && compare_all(&w);
	if (ok)
		judge(&w, t);
	r->strays = arena_memdup(a, w.strays.items, w.strays.n * sizeof(*w.strays.items));
	r->n_strays = w.strays.n;
	r->dirs = arena_memdup(a, w.walked.items, w.walked.n * sizeof(*w.walked.items));
	r->n_dirs = w.walked.n;
	walk_release(&w);
	return ok && vendor_needs(r, a, ml, e);
}
