#include "gofiles/modulestxt.h"

#include "base/text.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

struct parser {
	struct modulestxt *m;
	struct arena *a;
	const char *local, *shown;
	struct modulestxt_module *current; /* NULL: the lines that follow are ignored */
	VEC(struct modulestxt_module *) modules;
	VEC(const struct modulestxt_module *) list;
	VEC(const struct modulestxt_module *) replaced;
	int line;
};

static const char *field_str(struct arena *a, struct text_field f)
{
	return arena_strndup(a, f.s, f.len);
}

static bool field_is(struct text_field f, const char *s)
{
	return f.len == strlen(s) && memcmp(f.s, s, f.len) == 0;
}

static struct modulestxt_module *module_entry(struct parser *p, const char *path,
					      const char *version)
{
	char *key = arena_fmt(p->a, "%s %s", path, version);
	bool added;
	struct map_entry *e = map_entry(&p->m->by_mod, key, strlen(key), &added);
	struct modulestxt_module *v;

	if (!added)
		return e->value;
	v = arena_calloc(p->a, 1, sizeof(*v));
	v->mod = (struct modver){ path, version };
	v->replacement = (struct modver){ "", "" };
	v->go_version = "";
	v->line = p->line;
	e->value = v;
	vec_push(&p->modules, v);
	return v;
}

/* "# path version", "# path version => rpath [rversion]", "# path => rpath [rversion]" */
static void module_line(struct parser *p, const char *s, size_t len)
{
	struct text_field f[7] = { 0 };
	size_t n = text_fields(s, len, f, ARRAY_LEN(f)), i;
	struct modulestxt_module *v;

	if (n < 3)
		return;
	if (semver_valid_n(f[2].s, f[2].len)) {
		p->current = module_entry(p, field_str(p->a, f[1]), field_str(p->a, f[2]));
		i = 3;
	} else if (field_is(f[2], "=>")) {
		p->current = module_entry(p, field_str(p->a, f[1]), "");
		i = 2;
	} else {
		p->current = NULL;
		return;
	}
	v = p->current;
	n -= i;
	if (n < 2 || !field_is(f[i], "=>"))
		return;
	if (n == 2)
		v->replacement = (struct modver){ field_str(p->a, f[i + 1]), "" };
	else if (n == 3 && semver_valid_n(f[i + 2].s, f[i + 2].len))
		v->replacement = (struct modver){ field_str(p->a, f[i + 1]),
						  field_str(p->a, f[i + 2]) };
	else
		return;
	v->replaced = true;
	vec_push(&p->replaced, v);
}

static bool annotation(struct parser *p, const char *s, size_t len, struct err *e)
{
	struct modulestxt_module *v = p->current;

	text_trim(&s, &len);
	if (len == 8 && memcmp(s, "explicit", 8) == 0)
		v->explicit_mark = true;
	if (len <= 3 || memcmp(s, "go ", 3) != 0)
		return true;
	v->go_version = arena_strndup(p->a, s + 3, len - 3);
	if (gover_compare(v->go_version, p->local) > 0) {
		err_set(e, ERR_REFUSED, "%s in %s requires go >= %s (running go %s)", v->mod.path,
			p->shown, v->go_version, p->local);
		return err_at(e, p->shown, p->line, 0);
	}
	return true;
}

static bool annotations_line(struct parser *p, const char *s, size_t len, struct err *e)
{
	while (len) {
		const char *semi = memchr(s, ';', len);
		size_t n = semi ? (size_t)(semi - s) : len;

		if (!annotation(p, s, n, e))
			return false;
		if (!semi)
			break;
		s += n + 1;
		len -= n + 1;
	}
	return true;
}

static void package_line(struct parser *p, const char *s, size_t len)
{
	struct text_field f[1];
	const char *path, *version;
	struct modulestxt_module *v = p->current;

	if (text_fields(s, len, f, 1) != 1)
		return;
	path = field_str(p->a, f[0]);
	if (!modpath_check_import(path, NULL))
		return;
	map_put(&p->m->packages, path, v);
	version = map_get(&p->m->versions, v->mod.path);
	if (version && gover_mod_compare(v->mod.path, version, v->mod.version) >= 0)
		return;
	vec_push(&p->list, v);
	map_put(&p->m->versions, v->mod.path, (void *)(uintptr_t)v->mod.version);
}

static bool line_parse(struct parser *p, const char *s, size_t len, struct err *e)
{
	if (len >= 2 && memcmp(s, "# ", 2) == 0) {
		module_line(p, s, len);
		return true;
	}
	if (!p->current)
		return true;
	if (len >= 3 && memcmp(s, "## ", 3) == 0)
		return annotations_line(p, s + 3, len - 3, e);
	package_line(p, s, len);
	return true;
}

bool modulestxt_parse(struct modulestxt *m, struct arena *a, const char *data, size_t len,
		      const char *local, const char *shown, struct err *e)
{
	struct parser p = { .m = m, .a = a, .local = local, .shown = shown };
	const char *end = data + len;
	bool ok = true;

	*m = (struct modulestxt){ 0 };
	if (len > MODULESTXT_MAX_SIZE)
		return err_set(e, ERR_LIMIT, "%s: file is over %zu bytes", shown,
			       MODULESTXT_MAX_SIZE);
	while (ok && data < end) {
		const char *nl = memchr(data, '\n', (size_t)(end - data));
		const char *stop = nl ? nl : end;

		p.line++;
		ok = line_parse(&p, data, (size_t)(stop - data), e);
		data = nl ? nl + 1 : end;
	}
	m->modules = arena_memdup(a, p.modules.items, p.modules.n * sizeof(*p.modules.items));
	m->n_modules = p.modules.n;
	m->list = arena_memdup(a, p.list.items, p.list.n * sizeof(*p.list.items));
	m->n_list = p.list.n;
	m->replaced = arena_memdup(a, p.replaced.items, p.replaced.n * sizeof(*p.replaced.items));
	m->n_replaced = p.replaced.n;
	vec_release(&p.modules);
	vec_release(&p.list);
	vec_release(&p.replaced);
	if (!ok)
		modulestxt_release(m);
	return ok;
}

void modulestxt_release(struct modulestxt *m)
{
	map_release(&m->by_mod);
	map_release(&m->packages);
	map_release(&m->versions);
}

const struct modulestxt_module *modulestxt_find(const struct modulestxt *m, struct modver mod)
{
	char *key = xasprintf("%s %s", mod.path, mod.version);
	struct modulestxt_module *v = map_get(&m->by_mod, key);

	free(key);
	return v;
}

bool modulestxt_is_workspace(const char *data, size_t len)
{
	const char *nl;

	len = MIN(len, (size_t)512);
	nl = memchr(data, '\n', len);
	if (nl)
		len = (size_t)(nl - data);
	if (len < 3 || memcmp(data, "## ", 3) != 0)
		return false;
	data += 3;
	len -= 3;
	while (len) {
		const char *semi = memchr(data, ';', len), *s = data;
		size_t n = semi ? (size_t)(semi - data) : len, trimmed = n;

		text_trim(&s, &trimmed);
		if (trimmed == 9 && memcmp(s, "workspace", 9) == 0)
			return true;
		if (!semi)
			break;
		data += n + 1;
		len -= n + 1;
	}
	return false;
}
