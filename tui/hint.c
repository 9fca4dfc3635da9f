#include "hint.h"

enum { HINT_GAP = 3 };

/* True if the key runs it here: no layer above binds the key. */
static bool reaches(const struct keymap_scope *sc, const struct keymap_row *r,
		    const struct buf *name)
{
	struct key k;
	void *ctx;

	return key_parse(&k, name->data, name->len) && keymap_lookup(sc, k, &ctx) == r->action;
}

struct hint {
	struct buf key;
	const char *word;
	int width;
	int x; /* from the first; -1: no room */
	const struct action *action;
	void *ctx;
};
struct hints {
	VEC(struct hint) all;
	int width; /* of all, with gaps */
};

static void collect_hints(struct hints *h, const struct keymap_scope *sc, bool ascii)
{
	struct keymap_row *rows;
	size_t n = keymap_rows(sc, &rows);

	for (size_t i = 0; i < n; i++) {
		struct hint t = {
			BUF_INIT, rows[i].action->hint, 0, -1, rows[i].action, rows[i].ctx
		};

		if (rows[i].enabled && t.word &&
		    keymap_first_key(rows[i].layer, rows[i].action, &t.key) &&
		    reaches(sc, &rows[i], &t.key)) {
			t.width = width_text(t.key.data, ascii) + 1 + width_text(t.word, ascii);
			h->width += t.width + (h->all.n ? HINT_GAP : 0);
			vec_push(&h->all, t);
		} else {
			buf_release(&t.key);
		}
	}
	free(rows);
}

static void draw_hint(struct area a, int x, int y, const struct hint *t)
{
	int used = area_text(a, x, y, -1, STYLE_KEY, CUT_NONE, t->key.data) + 1;

	area_text(a, x + used, y, -1, STYLE_HINT, CUT_NONE, t->word);
}

/* If not all fit, the last one stays: it leads to the rest ("? keys"). Returns columns used. */
static int place_hints(struct hints *h, int w)
{
	int used = 0, room = w;

	if (h->all.n && h->width > w)
		room -= h->all.items[h->all.n - 1].width + HINT_GAP;
	for (size_t i = 0; i < h->all.n; i++) {
		bool last = i + 1 == h->all.n;

		if (used + h->all.items[i].width <= (last ? w : room)) {
			h->all.items[i].x = used;
			used += h->all.items[i].width + HINT_GAP;
		} else if (!last) {
			room = 0; /* do not let a shorter one slip in */
		}
	}
	return MAX(0, used - HINT_GAP);
}

static void release_hints(struct hints *h)
{
	for (size_t i = 0; i < h->all.n; i++)
		buf_release(&h->all.items[i].key);
	vec_release(&h->all);
}

static int hints_room(struct area a, int x, int w)
{
	return w < 0 || w > a.w - x ? a.w - x : w;
}

int hints_draw(struct area a, int x, int y, int w, const struct keymap_scope *sc)
{
	struct hints h = { { 0 } };
	int used;

	collect_hints(&h, sc, a.g->ascii);
	used = place_hints(&h, hints_room(a, x, w));
	for (size_t i = 0; i < h.all.n; i++)
		if (h.all.items[i].x >= 0)
			draw_hint(a, x + h.all.items[i].x, y, &h.all.items[i]);
	release_hints(&h);
	return used;
}

const struct action *hints_at(struct area a, int x, int w, const struct keymap_scope *sc, int at,
			      void **ctx)
{
	struct hints h = { { 0 } };
	const struct action *found = NULL;

	collect_hints(&h, sc, a.g->ascii);
	place_hints(&h, hints_room(a, x, w));
	for (size_t i = 0; i < h.all.n; i++) {
		const struct hint *t = &h.all.items[i];

		if (t->x < 0 || at < x + t->x || at >= x + t->x + t->width)
			continue;
		found = t->action;
		*ctx = t->ctx;
	}
	release_hints(&h);
	return found;
}
