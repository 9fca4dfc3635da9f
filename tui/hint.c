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
		struct hint t = { BUF_INIT, rows[i].action->hint, 0 };

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

static int draw_hint(struct area a, int x, int y, const struct hint *t)
{
	int used = area_text(a, x, y, -1, STYLE_KEY, CUT_NONE, t->key.data) + 1;

	return used + area_text(a, x + used, y, -1, STYLE_HINT, CUT_NONE, t->word);
}

/* If not all fit, the last one stays: it leads to the rest ("? keys"). */
int hints_draw(struct area a, int x, int y, int w, const struct keymap_scope *sc)
{
	struct hints h = { { 0 } };
	int used = 0, room;

	if (w < 0 || w > a.w - x)
		w = a.w - x;
	collect_hints(&h, sc, a.g->ascii);
	room = w;
	if (h.all.n && h.width > w)
		room -= h.all.items[h.all.n - 1].width + HINT_GAP;
	for (size_t i = 0; i < h.all.n; i++) {
		bool last = i + 1 == h.all.n;

		if (used + h.all.items[i].width <= (last ? w : room))
			used += draw_hint(a, x + used, y, &h.all.items[i]) + HINT_GAP;
		else if (!last)
			room = 0; /* do not let a shorter one slip in */
		buf_release(&h.all.items[i].key);
	}
	vec_release(&h.all);
	return MAX(0, used - HINT_GAP);
}
