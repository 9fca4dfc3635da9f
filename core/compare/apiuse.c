#include "compare/apiuse.h"

#include <stdlib.h>

#include "base/map.h"
#include "packages/golex.h"

/* An identifier to look for: "Dial", or the "Stop" of Server. */
struct want {
	const char *owner; /* "" for none */
	size_t id;
	struct want *next;
};
struct package {
	const char *clause;
	struct map names; /* last name -> struct want */
};

struct apiuse {
	struct arena *a;
	struct map packages;
	VEC(struct apiuse_place) places;
};

struct apiuse *apiuse_new(struct arena *a)
{
	struct apiuse *u = xcalloc(1, sizeof(*u));

	u->a = a;
	return u;
}

void apiuse_want(struct apiuse *u, const char *package, const char *clause, const char *name,
		 size_t id)
{
	struct map_entry *entry = map_entry(&u->packages, package, strlen(package), NULL);
	struct package *p = entry->value;
	const char *dot = strchr(name, '.'), *last = dot ? dot + 1 : name;
	struct want *w = arena_calloc(u->a, 1, sizeof(*w));

	if (!p) {
		p = entry->value = arena_calloc(u->a, 1, sizeof(*p));
		p->clause = clause;
	}
	w->owner = dot ? arena_strndup(u->a, name, (size_t)(dot - name)) : "";
	w->id = id;
	entry = map_entry(&p->names, last, strlen(last), NULL);
	w->next = entry->value;
	entry->value = w;
}

/* One file */

struct import {
	const struct package *package;
	const char *name;
	size_t n;
	bool dot, shadowed;
};
struct scan {
	struct apiuse *u;
	const char *file;
	struct golex x;
	VEC(struct import) imports;
};

static bool text_is(const struct golex *x, const char *s, size_t n)
{
	return x->tok == GOLEX_IDENT && x->n == n && memcmp(x->text, s, n) == 0;
}

static void add_place(struct scan *s, size_t id, int line, bool maybe)
{
	for (size_t i = s->u->places.n; i > 0; i--) {
		struct apiuse_place *p = &s->u->places.items[i - 1];

		if (p->file != s->file)
			break;
		if (p->id == id && p->line == line) {
			p->maybe = p->maybe && maybe;
			return;
		}
	}
	vec_push(&s->u->places, (struct apiuse_place){ id, s->file, line, maybe });
}

static void import_spec(struct scan *s)
{
	struct golex name = s->x;
	struct import im = { 0 };
	struct map_entry *entry;
	bool named = name.tok == GOLEX_IDENT || golex_is_op(&name, ".");

	if (named)
		golex_next(&s->x);
	if (s->x.tok != GOLEX_STRING || s->x.n < 2)
		return;
	entry = map_find_n(&s->u->packages, s->x.text + 1, s->x.n - 2);
	if (!entry || (named && name.n == 1 && name.text[0] == '_'))
		return;
	im.package = entry->value;
	im.name = named ? name.text : im.package->clause;
	im.n = named ? name.n : strlen(im.name);
	im.dot = golex_is_op(&name, ".");
	vec_push(&s->imports, im);
}

/* Reads the package clause and the imports; leaves the scanner after them. */
static void read_imports(struct scan *s)
{
	while (s->x.tok != GOLEX_EOF && s->x.tok != GOLEX_SEMI)
		golex_next(&s->x);
	while (s->x.tok == GOLEX_SEMI)
		golex_next(&s->x);
	while (golex_is_keyword(&s->x, "import")) {
		golex_next(&s->x);
		if (golex_is_op(&s->x, "(")) {
			golex_next(&s->x);
			while (s->x.tok != GOLEX_EOF && !golex_is_op(&s->x, ")")) {
				import_spec(s);
				golex_next(&s->x);
			}
		} else {
			import_spec(s);
		}
		golex_next(&s->x);
		while (s->x.tok == GOLEX_SEMI)
			golex_next(&s->x);
	}
}

/* A bare name, except as a key in a literal, is declared or used as something else. */
static void find_shadows(struct scan *s)
{
	struct golex x = s->x, next;
	bool after_dot = false;

	for (; x.tok != GOLEX_EOF; x = next) {
		next = x;
		golex_next(&next);
		for (size_t i = 0; !after_dot && i < s->imports.n; i++)
			if (text_is(&x, s->imports.items[i].name, s->imports.items[i].n) &&
			    !golex_is_op(&next, ".") && !golex_is_op(&next, ":"))
				s->imports.items[i].shadowed = true;
		after_dot = golex_is_op(&x, ".");
	}
}

/* "name.Last" or "name.Owner.Last", with x at the name. */
static void selector(struct scan *s, const struct import *im, struct golex x)
{
	struct golex owner;
	struct map_entry *entry;

	golex_next(&x);
	golex_next(&x);
	if (x.tok != GOLEX_IDENT)
		return;
	owner = x;
	entry = map_find_n(&im->package->names, x.text, x.n);
	for (struct want *w = entry ? entry->value : NULL; w; w = w->next)
		if (!*w->owner)
			add_place(s, w->id, x.line, im->shadowed);
	golex_next(&x);
	if (!golex_is_op(&x, "."))
		return;
	golex_next(&x);
	entry = x.tok == GOLEX_IDENT ? map_find_n(&im->package->names, x.text, x.n) : NULL;
	for (struct want *w = entry ? entry->value : NULL; w; w = w->next)
		if (*w->owner && text_is(&owner, w->owner, strlen(w->owner)))
			add_place(s, w->id, x.line, im->shadowed);
}

/* An identifier after a dot may be a method or a field; a bare one may come from a dot import. */
static void loose_name(struct scan *s, const struct golex *x, bool after_dot)
{
	for (size_t i = 0; i < s->imports.n; i++) {
		const struct import *im = &s->imports.items[i];
		struct map_entry *entry = map_find_n(&im->package->names, x->text, x->n);

		for (struct want *w = entry ? entry->value : NULL; w; w = w->next)
			if (*w->owner ? after_dot : (im->dot && !after_dot))
				add_place(s, w->id, x->line, true);
	}
}

static void find_uses(struct scan *s)
{
	struct golex next;
	bool after_dot = false;

	for (; s->x.tok != GOLEX_EOF; s->x = next) {
		next = s->x;
		golex_next(&next);
		for (size_t i = 0; !after_dot && i < s->imports.n; i++)
			if (golex_is_op(&next, ".") &&
			    text_is(&s->x, s->imports.items[i].name, s->imports.items[i].n))
				selector(s, &s->imports.items[i], s->x);
		if (s->x.tok == GOLEX_IDENT)
			loose_name(s, &s->x, after_dot);
		after_dot = golex_is_op(&s->x, ".");
	}
}

void apiuse_file(struct apiuse *u, const char *file, const char *data, size_t len)
{
	struct scan s = { .u = u };

	golex_start(&s.x, data, len);
	read_imports(&s);
	if (s.imports.n) {
		s.file = arena_strdup(u->a, file);
		find_shadows(&s);
		find_uses(&s);
	}
	vec_release(&s.imports);
}

static int in_order(const void *va, const void *vb)
{
	const struct apiuse_place *a = va, *b = vb;
	int order = (a->id > b->id) - (a->id < b->id);

	if (!order)
		order = strcmp(a->file, b->file);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

void apiuse_end(struct apiuse *u, struct apiuse_place **places, size_t *n)
{
	*n = u->places.n;
	*places = arena_calloc(u->a, *n + 1, sizeof(**places));
	if (*n) {
		memcpy(*places, u->places.items, *n * sizeof(**places));
		qsort(*places, *n, sizeof(**places), in_order);
	}
	for (size_t i = 0; i < u->packages.n; i++)
		map_release(&((struct package *)u->packages.entries[i].value)->names);
	map_release(&u->packages);
	vec_release(&u->places);
	free(u);
}
