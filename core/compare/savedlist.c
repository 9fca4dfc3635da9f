#include "compare/savedlist.h"

#include <jansson.h>
#include <stdlib.h>

struct reading {
	struct arena *a;
	ARENA_VEC(struct compare_module) modules;
	ARENA_VEC(struct compare_line) lines;
};

static const char *text_of(struct reading *r, const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? arena_strdup(r->a, s) : "";
}

static void add_go_line(struct reading *r, const json_t *object, const char *path)
{
	const char *go = text_of(r, object, "GoVersion");

	if (*go)
		arena_vec_push(r->a, &r->lines,
			       (struct compare_line){ .kind = COMPARE_GO,
						      .file = arena_fmt(r->a, "%s/go.mod", path),
						      .main = path,
						      .mod = { "go", go },
						      .to = { "", "" } });
}

static bool add_module(struct reading *r, const json_t *object, struct err *e)
{
	const json_t *replace = json_object_get(object, "Replace");
	struct compare_module m = { .path = text_of(r, object, "Path") };

	if (!*m.path)
		return err_set(e, ERR_SYNTAX, "a module has no Path");
	if (str_eq(m.path, "go") || str_eq(m.path, "toolchain"))
		return true;
	m.main = json_is_true(json_object_get(object, "Main"));
	m.version = m.main ? "" : text_of(r, object, "Version");
	m.direct = !m.main && !json_is_true(json_object_get(object, "Indirect"));
	m.replaced = (struct modver){ text_of(r, replace, "Path"), text_of(r, replace, "Version") };
	if (m.main)
		add_go_line(r, object, m.path);
	arena_vec_push(r->a, &r->modules, m);
	return true;
}

/* One value of the text: a document of ours, or a module from go list. */
static bool add_value(struct reading *r, const json_t *value, struct err *e)
{
	const json_t *modules = json_object_get(value, "modules"), *m;
	size_t i;

	if (!json_is_object(value))
		return err_set(e, ERR_SYNTAX, "it has no list of modules");
	if (!modules)
		return add_module(r, value, e);
	if (!json_is_array(modules))
		return err_set(e, ERR_SYNTAX, "\"modules\" is not a list");
	json_array_foreach(modules, i, m)
	{
		if (!add_module(r, m, e))
			return false;
	}
	return true;
}

static bool add_values(struct reading *r, const char *data, size_t len, struct err *e)
{
	size_t at = 0;
	bool ok = true;

	while (ok && (at += strspn(data + at, " \t\r\n")) < len) {
		json_error_t why;
		json_t *value = json_loadb(data + at, len - at, JSON_DISABLE_EOF_CHECK, &why);

		if (!value)
			return err_set(e, ERR_SYNTAX, "it is not JSON: %s", why.text);
		ok = add_value(r, value, e);
		json_decref(value);
		at += (size_t)why.position;
	}
	return ok;
}

static int by_path(const void *va, const void *vb)
{
	const struct compare_module *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

bool savedlist_read(struct compare_side *side, struct arena *a, const char *data, size_t len,
		    struct err *e)
{
	struct reading r = { .a = a };

	*side = (struct compare_side){ 0 };
	if (!add_values(&r, data, len, e))
		return false;
	if (!r.modules.n)
		return err_set(e, ERR_SYNTAX, "it has no list of modules");
	qsort(r.modules.items, r.modules.n, sizeof(*r.modules.items), by_path);
	for (size_t i = 1; i < r.modules.n; i++)
		if (str_eq(r.modules.items[i - 1].path, r.modules.items[i].path))
			return err_set(e, ERR_SYNTAX, "it lists %s twice", r.modules.items[i].path);
	side->modules = r.modules.items;
	side->n_modules = r.modules.n;
	side->lines = r.lines.items;
	side->n_lines = r.lines.n;
	return true;
}
