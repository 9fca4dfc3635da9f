/*
 * palette.h - `:`: a prompt and the best matches below it, for actions, views and any number of items.
 *
 * Items come from a source by number and are matched by fuzzy.h in slices (palette_work from the loop's work hook), best
 * first. Text after the first space of a line whose first word is an item that takes arguments stays with the owner:
 * on PALETTE_RUN, palette.item is the chosen item and palette_argument() the rest of the line.
 */
#ifndef MODSCOPE_PALETTE_H
#define MODSCOPE_PALETTE_H

#include "list.h"
#include "prompt.h"

struct palette_item {
	const char *text;	/* matched and shown; what tab completes to */
	const char *help;	/* what it does; NULL */
	const char *group;	/* "view", "module", "action"; NULL */
	const char *key;	/* key that does the same; NULL */
	bool disabled;		/* shown dim, cannot be run */
	bool takes_argument;
};
struct palette_ops {
	size_t (*count)(void *ctx);
	/* Strings are borrowed until the next call. */
	void (*item)(void *ctx, size_t i, struct palette_item *out);
};

struct palette {
	bool is_open;
	bool any;		/* what is typed counts where no item is of that name: then item is SIZE_MAX and the line the argument. A
				 * click beside it changes nothing */
	const struct palette_ops *ops;
	void *ctx;
	struct prompt prompt;
	struct rows rows;
	struct list list;
	size_t item;		/* chosen: PALETTE_RUN */
	char *argument;
	size_t fixed;		/* the item that the line names and whose argument is being typed, SIZE_MAX */
	struct buf match;
	struct area drawn;
};

/* history may be NULL. */
void palette_init(struct palette *p, const struct palette_ops *ops, void *ctx, struct prompt_history *history);
void palette_release(struct palette *p);
/* Opens with some text in it ("" for none). */
void palette_open(struct palette *p, const char *label, const char *text);
void palette_close(struct palette *p);
bool palette_work(struct palette *p, unsigned budget_us);
void palette_draw(struct palette *p, struct area screen);
/* "" if there is none. */
const char *palette_argument(const struct palette *p);

enum palette_result { PALETTE_STAYS, PALETTE_RUN, PALETTE_CANCEL };
enum palette_result palette_event(struct palette *p, const struct event *ev);

#endif
