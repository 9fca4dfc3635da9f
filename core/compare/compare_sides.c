#include "compare/compare_impl.h"

#include <stdlib.h>

#include "gofiles/gover.h"

const char *compare_kind_name(enum compare_kind kind)
{
	static const char *const names[COMPARE_KINDS] = {
		[COMPARE_REMOVED] = "removed",	 [COMPARE_DOWN] = "down",
		[COMPARE_REPLACED] = "replaced", [COMPARE_UNREPLACED] = "unreplaced",
		[COMPARE_ADDED] = "added",	 [COMPARE_UP] = "up",
		[COMPARE_DIRECT] = "direct",	 [COMPARE_INDIRECT] = "indirect",
		[COMPARE_GO_LINE] = "go",	 [COMPARE_TOOLCHAIN_LINE] = "toolchain",
	};

	return names[kind];
}

struct comparison {
	struct arena *a;
	struct compare_index *was, *is;
	ARENA_VEC(struct compare_change) changes;
};

static struct compare_change *add(struct comparison *c, enum compare_kind kind, const char *path,
				  const char *was, const char *is)
{
	arena_vec_push(c->a, &c->changes,
		       (struct compare_change){
			       .path = path, .kind = kind, .was = was, .is = is, .file = "" });
	return &c->changes.items[c->changes.n - 1];
}

static void explain(struct comparison *c, struct compare_change *ch, unsigned kinds,
		    const char *path)
{
	compare_causes_of_lines(ch, c->a, c->was, c->is, kinds, (struct modver){ path, NULL });
}

static const char *replacement(struct comparison *c, const struct compare_module *m)
{
	if (!m->replaced.path[0])
		return "";
	return m->replaced.version[0]
		       ? arena_fmt(c->a, "%s@%s", m->replaced.path, m->replaced.version)
		       : m->replaced.path;
}

static void compare_replacements(struct comparison *c, const struct compare_module *was,
				 const struct compare_module *is)
{
	const char *old = replacement(c, was), *new = replacement(c, is);

	if (!str_eq(old, new))
		explain(c, add(c, *new ? COMPARE_REPLACED : COMPARE_UNREPLACED, is->path, old, new),
			1u << COMPARE_REPLACE, is->path);
}

static void compare_versions(struct comparison *c, const struct compare_module *was,
			     const struct compare_module *is)
{
	struct compare_change *ch;
	int order;

	if (was->main != is->main) {
		ch = add(c, is->main ? COMPARE_REPLACED : COMPARE_UNREPLACED, is->path,
			 was->version, is->version);
		explain(c, ch, 1u << COMPARE_USE, NULL);
		return;
	}
	order = gover_mod_compare(is->path, is->version, was->version);
	if (!order)
		return;
	ch = add(c, order > 0 ? COMPARE_UP : COMPARE_DOWN, is->path, was->version, is->version);
	if (order > 0)
		compare_causes_of_version(ch, c->a, c->is, c->was, was->version, true);
	else
		compare_causes_of_version(ch, c->a, c->was, c->is, is->version, false);
}

static bool has_file(const struct compare_side *s, const char *file)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (str_eq(s->lines[i].file, file))
			return true;
	return false;
}

/* The line counts only while a workspace uses its module. */
static void compare_direct(struct comparison *c, const struct compare_module *was,
			   const struct compare_module *is)
{
	struct compare_change *ch = add(c, is->direct ? COMPARE_DIRECT : COMPARE_INDIRECT, is->path,
					was->version, is->version);
	size_t n;

	explain(c, ch, 1u << COMPARE_REQUIRE | 1u << COMPARE_EXCLUDE, is->path);
	n = ch->n_causes;
	for (size_t i = 0; i < n; i++)
		if ((ch->causes[i].is && !has_file(c->was->side, ch->causes[i].is->file)) ||
		    (ch->causes[i].was && !has_file(c->is->side, ch->causes[i].was->file)))
			explain(c, ch, 1u << COMPARE_USE, NULL);
}

static void compare_both(struct comparison *c, const struct compare_module *was,
			 const struct compare_module *is)
{
	compare_versions(c, was, is);
	compare_replacements(c, was, is);
	if (was->direct != is->direct && !was->main && !is->main)
		compare_direct(c, was, is);
}

/* Either may be NULL. */
static void compare_one(struct comparison *c, const struct compare_module *was,
			const struct compare_module *is)
{
	if (was && is)
		compare_both(c, was, is);
	else if (was)
		compare_causes_of_version(add(c, COMPARE_REMOVED, was->path, was->version, ""),
					  c->a, c->was, c->is, "", false);
	else if (is)
		compare_causes_of_version(add(c, COMPARE_ADDED, is->path, "", is->version), c->a,
					  c->is, c->was, "", true);
}

static void compare_lists(struct comparison *c)
{
	const struct compare_side *was = c->was->side, *is = c->is->side;
	size_t i = 0, k = 0;

	while (i < was->n_modules || k < is->n_modules) {
		int order = i == was->n_modules ? 1
			    : k == is->n_modules
				    ? -1
				    : strcmp(was->modules[i].path, is->modules[k].path);
		const struct compare_module *x = order <= 0 ? &was->modules[i++] : NULL;
		const struct compare_module *y = order >= 0 ? &is->modules[k++] : NULL;

		compare_one(c, x, y);
	}
}

void compare_module_changes(struct compare_changes *out, struct arena *a, struct compare_index *was,
			    struct compare_index *is, const char *path)
{
	struct comparison c = { .a = a, .was = was, .is = is };

	compare_one(&c, compare_find_module(was->side, path), compare_find_module(is->side, path));
	*out = (struct compare_changes){ .items = c.changes.items, .n = c.changes.n };
}

static const struct compare_line *line_of(const struct compare_side *s, const char *file,
					  enum compare_line_kind kind)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].kind == kind && str_eq(s->lines[i].file, file))
			return &s->lines[i];
	return NULL;
}

static void compare_line(struct comparison *c, enum compare_line_kind kind,
			 const struct compare_line *was, const struct compare_line *is)
{
	const char *old = was ? was->mod.version : "", *new = is ? is->mod.version : "";
	struct compare_change *ch;

	if (str_eq(old, new))
		return;
	ch = add(c, kind == COMPARE_GO ? COMPARE_GO_LINE : COMPARE_TOOLCHAIN_LINE,
		 kind == COMPARE_GO ? "go" : "toolchain", old, new);
	ch->file = is ? is->file : was->file;
	ch->causes = arena_calloc(c->a, 1, sizeof(*ch->causes));
	ch->causes[0] = (struct compare_cause){ was, is, { 0 } };
	ch->n_causes = (is ? is : was)->line > 0; /* a saved list has none */
}

static bool tells_language(const struct compare_line *l)
{
	return !l->replacement && (l->kind == COMPARE_GO || l->kind == COMPARE_TOOLCHAIN);
}

static void compare_language(struct comparison *c)
{
	const struct compare_side *was = c->was->side, *is = c->is->side;

	for (size_t i = 0; i < is->n_lines; i++)
		if (tells_language(&is->lines[i]))
			compare_line(c, is->lines[i].kind,
				     line_of(was, is->lines[i].file, is->lines[i].kind),
				     &is->lines[i]);
	for (size_t i = 0; i < was->n_lines; i++)
		if (tells_language(&was->lines[i]) &&
		    !line_of(is, was->lines[i].file, was->lines[i].kind))
			compare_line(c, was->lines[i].kind, &was->lines[i], NULL);
}

static int worst_first(const void *va, const void *vb)
{
	const struct compare_change *a = va, *b = vb;
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (!order)
		order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->file, b->file);
}

void compare_sides(struct compare_changes *out, struct arena *a, const struct compare_side *was,
		   const struct compare_side *is)
{
	struct comparison c = { .a = a,
				.was = compare_index_new(a, was),
				.is = compare_index_new(a, is) };

	compare_lists(&c);
	compare_language(&c);
	*out = (struct compare_changes){ .items = c.changes.items, .n = c.changes.n };
	if (out->n)
		qsort(out->items, out->n, sizeof(*out->items), worst_first);
	for (size_t i = 0; i < out->n; i++)
		out->count[out->items[i].kind]++;
	compare_index_release(c.was);
	compare_index_release(c.is);
}
