#include "keymap.h"

#include <assert.h>

#include "base/text.h"

enum { KEY_FILE_MAX = 1 << 20 };

void keymap_init(struct keymap *km)
{
	memset(km, 0, sizeof(*km));
}

void keymap_release(struct keymap *km)
{
	for (size_t i = 0; i < km->layers.n; i++)
		vec_release(&km->layers.items[i].bindings);
	vec_release(&km->layers);
}

const struct keymap_layer *keymap_layer(const struct keymap *km, const char *name)
{
	for (size_t i = 0; i < km->layers.n; i++)
		if (str_eq(km->layers.items[i].name, name))
			return &km->layers.items[i];
	return NULL;
}

/* The next word of a list by spaces; NULL at its end. */
static const char *next_word(const char **s, size_t *n)
{
	const char *word = *s + strspn(*s, " \t");

	*n = strcspn(word, " \t");
	*s = word + *n;
	return *n > 0 ? word : NULL;
}

void keymap_add(struct keymap *km, const char *name, const struct action *actions)
{
	struct keymap_layer l = { .name = name, .actions = actions };

	assert(!keymap_layer(km, name));
	for (const struct action *a = actions; a->id; a++) {
		const char *keys = a->keys ? a->keys : "", *word;
		size_t n;

		while ((word = next_word(&keys, &n))) {
			struct key k;
			bool parsed = key_parse(&k, word, n);

			assert(parsed && "a key name of an action table");
			/* actions that are never enabled together may share a key; the first one wins */
			if (parsed)
				vec_push(&l.bindings, (struct keymap_binding){ k, a });
		}
	}
	vec_push(&km->layers, l);
}

static const struct action *action_named(const struct keymap_layer *l, const char *id)
{
	for (const struct action *a = l->actions; a->id; a++)
		if (str_eq(a->id, id))
			return a;
	return NULL;
}

struct rebind {
	size_t layer;
	struct key key;
	const struct action *action; /* NULL: none */
};
struct rebinds {
	VEC(struct rebind) all;
};

static bool bad_line(struct err *e, const char *name, int line, const char *what, const char *word,
		     const char *near)
{
	struct buf b = BUF_INIT;

	text_quote(&b, word, strlen(word));
	if (near)
		err_set(e, ERR_SYNTAX, "%s:%d: %s %s; did you mean %s?", name, line, what, b.data,
			near);
	else
		err_set(e, ERR_SYNTAX, "%s:%d: %s %s", name, line, what, b.data);
	buf_release(&b);
	return err_at(e, name, line, 1);
}

static const char *near_layer(const struct keymap *km, const char *word)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < km->layers.n; i++) {
		unsigned d = text_distance(word, km->layers.items[i].name);

		if (d < least) {
			least = d;
			best = km->layers.items[i].name;
		}
	}
	return best;
}

static const char *near_action(const struct keymap_layer *l, const char *word)
{
	const char *best = NULL;
	unsigned least = 4;

	for (const struct action *a = l->actions; a->id; a++) {
		unsigned d = text_distance(word, a->id);

		if (d < least) {
			least = d;
			best = a->id;
		}
	}
	return best;
}

static bool parse_rebind(const struct keymap *km, char *const word[3], const char *name, int line,
			 struct rebinds *out, struct err *e)
{
	const struct keymap_layer *l = keymap_layer(km, word[0]);
	struct rebind r = { 0 };

	if (!l)
		return bad_line(e, name, line, "no such layer:", word[0], near_layer(km, word[0]));
	r.layer = (size_t)(l - km->layers.items);
	if (!key_parse(&r.key, word[1], strlen(word[1])))
		return bad_line(e, name, line, "no such key:", word[1], NULL);
	if (!str_eq(word[2], "none")) {
		r.action = action_named(l, word[2]);
		if (!r.action)
			return bad_line(e, name, line, "no such action:", word[2],
					near_action(l, word[2]));
	}
	vec_push(&out->all, r);
	return true;
}

/* Splits a line in place: at most 3 words are kept, the number of all is returned. A # begins a comment where a word
 * would begin, unless it stands for the key of that name. */
static size_t split(char *line, char *word[3])
{
	size_t n = 0;

	while (*(line += strspn(line, " \t\r"))) {
		size_t len = strcspn(line, " \t\r");

		if (*line == '#' && !(n == 1 && len == 1))
			break;
		if (n < 3)
			word[n] = line;
		n++;
		line += len;
		if (*line)
			*line++ = '\0';
	}
	return n;
}

static bool parse_line(const struct keymap *km, char *text, const char *name, int line,
		       struct rebinds *out, struct err *e)
{
	char *word[3];
	size_t n = split(text, word);

	if (n == 0)
		return true;
	if (n != 3)
		return bad_line(e, name, line,
				"expected LAYER KEY ACTION, found a line that begins with", word[0],
				NULL);
	return parse_rebind(km, word, name, line, out, e);
}

static void unbind(struct keymap_layer *l, struct key k)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->bindings.n; i++)
		if (!key_eq(l->bindings.items[i].key, k))
			l->bindings.items[kept++] = l->bindings.items[i];
	l->bindings.n = kept;
}

static void apply(struct keymap *km, const struct rebind *r)
{
	struct keymap_layer *l = &km->layers.items[r->layer];

	unbind(l, r->key);
	if (r->action)
		vec_push(&l->bindings, (struct keymap_binding){ r->key, r->action });
}

bool keymap_load(struct keymap *km, const char *data, size_t len, const char *name, struct err *e)
{
	struct rebinds r = { { 0 } };
	bool ok = len <= KEY_FILE_MAX;
	int line = 0;

	if (!ok)
		err_set(e, ERR_LIMIT, "%s: a key file over %d bytes", name, KEY_FILE_MAX);
	while (ok && len > 0) {
		const char *nl = memchr(data, '\n', len);
		size_t n = nl ? (size_t)(nl - data) : len;
		char *text = xstrndup(data, n);

		ok = parse_line(km, text, name, ++line, &r, e);
		free(text);
		n += nl != NULL;
		data += n;
		len -= n;
	}
	for (size_t i = 0; ok && i < r.all.n; i++)
		apply(km, &r.all.items[i]);
	vec_release(&r.all);
	return ok;
}

void keymap_write(const struct keymap *km, struct buf *out)
{
	for (size_t i = 0; i < km->layers.n; i++) {
		const struct keymap_layer *l = &km->layers.items[i];

		for (size_t k = 0; k < l->bindings.n; k++) {
			struct buf key = BUF_INIT;

			key_write(&key, l->bindings.items[k].key);
			buf_addf(out, "%-10s %-12s %-20s # %s\n", l->name, key.data,
				 l->bindings.items[k].action->id,
				 l->bindings.items[k].action->help);
			buf_release(&key);
		}
	}
}

void keymap_keys(const struct keymap_layer *l, const struct action *a, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < l->bindings.n; i++) {
		if (l->bindings.items[i].action != a)
			continue;
		if (!first)
			buf_addch(out, ' ');
		first = false;
		key_write(out, l->bindings.items[i].key);
	}
}

bool keymap_first_key(const struct keymap_layer *l, const struct action *a, struct buf *out)
{
	for (size_t i = 0; i < l->bindings.n; i++) {
		if (l->bindings.items[i].action == a) {
			key_write(out, l->bindings.items[i].key);
			return true;
		}
	}
	return false;
}

void keymap_scope_push(struct keymap_scope *sc, const char *name, void *ctx)
{
	const struct keymap_layer *l = keymap_layer(sc->km, name);

	if (!l || sc->n == KEYMAP_SCOPE_MAX)
		return;
	sc->part[sc->n].layer = l;
	sc->part[sc->n].ctx = ctx;
	sc->n++;
}

const struct action *keymap_lookup(const struct keymap_scope *sc, struct key k, void **ctx)
{
	for (size_t i = 0; i < sc->n; i++) {
		const struct keymap_layer *l = sc->part[i].layer;

		for (size_t b = 0; b < l->bindings.n; b++) {
			const struct action *a = l->bindings.items[b].action;

			if (key_eq(l->bindings.items[b].key, k) &&
			    action_enabled(a, sc->part[i].ctx)) {
				*ctx = sc->part[i].ctx;
				return a;
			}
		}
	}
	return NULL;
}

bool keymap_press(const struct keymap_scope *sc, struct key k)
{
	void *ctx;
	const struct action *a = keymap_lookup(sc, k, &ctx);

	if (!a)
		return false;
	a->run(ctx, a->arg);
	return true;
}

size_t keymap_rows(const struct keymap_scope *sc, struct keymap_row **out)
{
	VEC(struct keymap_row) rows = { 0 };

	for (size_t i = 0; i < sc->n; i++)
		for (const struct action *a = sc->part[i].layer->actions; a->id; a++)
			vec_push(&rows, (struct keymap_row){ sc->part[i].layer, a, sc->part[i].ctx,
							     action_enabled(a, sc->part[i].ctx) });
	*out = rows.items;
	return rows.n;
}
