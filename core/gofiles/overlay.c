#include "gofiles/overlay.h"

#include <dirent.h>
#include <jansson.h>
#include <strings.h>

#include "base/gojson.h"
#include "base/map.h"

#define MAX_OVERLAY ((size_t)256 << 20)

struct replace {
	const char *from, *to; /* absolute; to "": deleted */
};

struct overlay {
	struct replace *items; /* by compare_paths */
	size_t n;
};

enum fate {
	AS_IS,
	DELETED,
	REPLACED, /* a file */
	DIRECTORY /* above a replaced one */
};

/* A separator sorts before any other byte, so that x/a comes right after x, before x.go. */
static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '/' || *b == '/')
		return !*b ? 1 : !*a ? -1 : *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int compare_replaces(const void *a, const void *b)
{
	return compare_paths(((const struct replace *)a)->from, ((const struct replace *)b)->from);
}

/* str.HasFilePathPrefix */
static bool is_at_or_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 &&
	       (!path[n] || path[n] == '/' || (n && dir[n - 1] == '/'));
}

static const char *absolute(struct arena *a, const char *cwd, const char *path)
{
	if (!*path)
		return "";
	return path_is_abs(path) ? path_clean(a, path) : path_join(a, cwd, path);
}

static const char *kind_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return "object";
	case JSON_ARRAY: return "array";
	case JSON_STRING: return "string";
	case JSON_INTEGER:
	case JSON_REAL: return "number";
	default: return "bool";
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_all(struct overlay *o, struct arena *a, json_t *map, const char *cwd, struct err *e)
{
	const char **names = arena_alloc(a, (json_object_size(map) + 1) * sizeof(*names)), *name;
	struct map seen = MAP_INIT;
	bool ok = true;
	json_t *v;

	o->items = arena_calloc(a, json_object_size(map) + 1, sizeof(*o->items));
	json_object_foreach(map, name, v) names[o->n++] = arena_strdup(a, name);
	if (o->n)
		qsort(names, o->n, sizeof(*names), compare_names);
	for (size_t i = 0; i < o->n && ok; i++) {
		const char *from = absolute(a, cwd, names[i]), *old = map_get(&seen, from);

		v = json_object_get(map, names[i]);
		o->items[i] = (struct replace){
			from, absolute(a, cwd, json_is_string(v) ? json_string_value(v) : "")
		};
		if (!*names[i])
			ok = err_set(e, ERR_SYNTAX, "empty string key in overlay map");
		else if (old)
			ok = err_set(e, ERR_SYNTAX, "duplicate paths %s and %s in overlay map", old,
				     names[i]);
		map_put(&seen, from, (void *)names[i]);
	}
	map_release(&seen);
	return ok;
}

/* As go looks for it here: nothing is below the root, whose name ends in a slash. */
static bool is_below(const char *path, const char *file)
{
	size_t n = strlen(file);

	return strncmp(path, file, n) == 0 && path[n] == '/';
}

/* A file and one below it cannot both exist. */
static bool check_nested(const struct overlay *o, struct err *e)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct replace *r = &o->items[i];

		for (size_t j = i + 1; *r->to && j < o->n && is_below(o->items[j].from, r->from);
		     j++)
			if (*o->items[j].to)
				return err_set(e, ERR_SYNTAX,
					       "inconsistent files %s and %s in overlay map",
					       r->from, o->items[j].from);
	}
	return true;
}

static bool check_values(json_t *map, struct err *e)
{
	const char *name;
	json_t *v;

	if (!json_is_object(map))
		return err_set(
			e, ERR_SYNTAX,
			"parsing overlay JSON: json: cannot unmarshal %s into Go struct field overlayJSON.Replace of type map[string]string",
			kind_of(map));
	json_object_foreach(map, name, v) if (!json_is_string(v) && !json_is_null(v)) return err_set(
		e, ERR_SYNTAX,
		"parsing overlay JSON: json: cannot unmarshal %s into Go struct field overlayJSON.Replace of type string",
		kind_of(v));
	return true;
}

static bool take_document(struct overlay *o, struct arena *a, json_t *doc, const char *cwd,
			  struct err *e)
{
	json_t *map = NULL, *v;
	const char *name;

	if (json_is_null(doc))
		return true;
	if (!json_is_object(doc))
		return err_set(
			e, ERR_SYNTAX,
			"parsing overlay JSON: json: cannot unmarshal %s into Go value of type fsys.overlayJSON",
			kind_of(doc));
	json_object_foreach(doc, name, v) if (strcasecmp(name, "replace") == 0 && !json_is_null(v))
		map = v;
	if (!map)
		return true;
	if (!check_values(map, e) || !add_all(o, a, map, cwd, e))
		return false;
	if (o->n)
		qsort(o->items, o->n, sizeof(*o->items), compare_replaces);
	return check_nested(o, e);
}

static bool parse(struct overlay *o, struct arena *a, const char *data, size_t len, const char *cwd,
		  struct err *e)
{
	json_error_t why;
	json_t *doc;
	bool ok;

	if (!gojson_check(data, len, e))
		return err_wrap(e, "parsing overlay JSON: ");
	doc = json_loadb(data, len, JSON_DECODE_ANY, &why);
	if (!doc)
		return err_set(e, ERR_SYNTAX, "parsing overlay JSON: %s", why.text);
	ok = take_document(o, a, doc, cwd, e);
	json_decref(doc);
	return ok;
}

bool overlay_load(const struct overlay **out, struct arena *a, const char *file, const char *cwd,
		  struct err *e)
{
	struct overlay *o = arena_calloc(a, 1, sizeof(*o));
	const char *path = absolute(a, cwd, file);
	char *data;
	size_t len;

	*out = NULL;
	if (!fs_read(a, path, MAX_OVERLAY, &data, &len, e)) {
		err_rename(e, path, file); /* go opens it by the name it was given */
		return err_wrap(e, "reading overlay: ");
	}
	if (!parse(o, a, data, len, cwd, e))
		return false;
	*out = o;
	return true;
}

/* The first entry that does not come before path. */
static size_t search(const struct overlay *o, const char *path)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_paths(o->items[mid].from, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* fsys.stat; paths are absolute. */
static enum fate fate_of(const struct overlay *o, const char *path, const char **actual)
{
	size_t i;

	*actual = path;
	if (!o)
		return AS_IS;
	i = search(o, path);
	if (i < o->n && str_eq(o->items[i].from, path)) {
		if (!*o->items[i].to)
			return DELETED;
		*actual = o->items[i].to;
		return REPLACED;
	}
	if (i < o->n && is_at_or_below(o->items[i].from, path))
		return DIRECTORY;
	return i && is_at_or_below(path, o->items[i - 1].from) ? DELETED : AS_IS;
}

const char *overlay_actual(const struct overlay *o, const char *path)
{
	const char *actual;

	return fate_of(o, path, &actual) == DELETED ? "" : actual;
}

const char *overlay_below(const struct overlay *o, const char *dir)
{
	size_t i = o ? search(o, dir) : 0;

	return o && i < o->n && is_at_or_below(o->items[i].from, dir) ? o->items[i].from : NULL;
}

bool overlay_touches(const struct overlay *o, const char *dir)
{
	const char *actual;

	return fate_of(o, dir, &actual) != AS_IS;
}

bool overlay_is_file(const struct overlay *o, const char *path)
{
	const char *actual;
	enum fate f = fate_of(o, path, &actual);
	struct stat st;

	return (f == AS_IS || f == REPLACED) && stat(actual, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool overlay_is_dir(const struct overlay *o, const char *path)
{
	const char *actual;
	enum fate f = fate_of(o, path, &actual);

	return f == DIRECTORY || (f == AS_IS && fs_is_dir(actual));
}

bool overlay_read(const struct overlay *o, struct arena *a, const char *path, size_t max,
		  char **data, size_t *len, struct err *e)
{
	const char *actual;

	if (fate_of(o, path, &actual) == DELETED)
		return err_set(e, ERR_NOT_FOUND, "open %s: file does not exist", path);
	return fs_read(a, actual, max, data, len, e);
}

struct listing {
	struct arena *a;
	VEC(struct fs_dirent) v;
};

static void put(struct listing *l, const char *name, unsigned char type)
{
	for (size_t i = 0; i < l->v.n; i++)
		if (str_eq(l->v.items[i].name, name)) {
			l->v.items[i].type = type;
			return;
		}
	vec_push(&l->v, (struct fs_dirent){ name, type });
}

static void take(struct listing *l, const char *name)
{
	for (size_t i = 0; i < l->v.n; i++)
		if (str_eq(l->v.items[i].name, name))
			l->v.items[i--] = l->v.items[--l->v.n];
}

/* One replaced file: what is not there is neither a file nor a link. */
static bool put_file(struct listing *l, const char *dir, const char *name, const char *to,
		     struct err *e)
{
	struct stat st;
	bool there = stat(to, &st) == 0;

	if (there && S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYS, "read %s: overlay maps child %s to directory", dir,
			       name);
	put(l, name, there ? DT_REG : DT_UNKNOWN);
	return true;
}

/* fsys.info.children */
static bool merge(struct listing *l, const struct overlay *o, const char *dir, struct err *e)
{
	const char *skip = NULL; /* entries below a child were listed with it */
	size_t n = strlen(dir);

	for (size_t i = search(o, dir); i < o->n && is_at_or_below(o->items[i].from, dir); i++) {
		const struct replace *r = &o->items[i];
		const char *name = r->from + n + (n && dir[n - 1] == '/' ? 0 : 1),
			   *slash = strchr(name, '/');

		if (skip && is_at_or_below(r->from, skip))
			continue;
		skip = slash ? NULL : r->from;
		if (slash && *r->to)
			put(l, arena_strndup(l->a, name, (size_t)(slash - name)), DT_DIR);
		else if (!slash && !*r->to)
			take(l, name);
		else if (!slash && !put_file(l, dir, name, r->to, e))
			return false;
	}
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct fs_dirent *)a)->name, ((const struct fs_dirent *)b)->name);
}

bool overlay_list(const struct overlay *o, struct arena *a, const char *dir, size_t max,
		  struct fs_dirent **entries, size_t *n, struct err *e)
{
	struct listing l = { .a = a };
	struct err own = ERR_INIT;
	const char *actual;
	bool ok;

	switch (fate_of(o, dir, &actual)) {
	case AS_IS: return fs_list(a, dir, max, entries, n, e);
	case DELETED: return err_set(e, ERR_NOT_FOUND, "read %s: file does not exist", dir);
	case REPLACED: return err_set(e, ERR_SYS, "read %s: not a directory", dir);
	default: break;
	}
	if (!fs_list(a, dir, max, entries, n, &own) && own.code != ERR_NOT_FOUND)
		return err_move(e, &own);
	for (size_t i = 0; !err_is_set(&own) && i < *n; i++)
		vec_push(&l.v, (*entries)[i]);
	ok = merge(&l, o, dir, e) && (l.v.n || !err_is_set(&own) || err_move(e, &own));
	err_release(&own);
	if (l.v.n)
		qsort(l.v.items, l.v.n, sizeof(*l.v.items), compare_entries);
	*entries = arena_memdup(a, l.v.n ? (void *)l.v.items : (void *)"",
				l.v.n * sizeof(*l.v.items));
	*n = l.v.n;
	vec_release(&l.v);
	return ok;
}
