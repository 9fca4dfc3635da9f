/*
 * prompt.h - one line of input: editing by grapheme clusters, history, completion.
 *
 * The owner passes every event while the prompt is open and checks the result. Keys: left right home end ctrl-a ctrl-e
 * ctrl-b ctrl-f alt-b alt-f backspace delete ctrl-w ctrl-u ctrl-k, up down (history), tab shift-tab (completion),
 * enter, esc ctrl-c ctrl-g. A paste goes in with its newlines as spaces. At most PROMPT_MAX bytes.
 */
#ifndef MODSCOPE_PROMPT_H
#define MODSCOPE_PROMPT_H

#include "area.h"
#include "event.h"

enum { PROMPT_MAX = 4096, PROMPT_HISTORY = 200 };

struct prompt_history {
	VEC(char *) lines;	/* oldest first, no line twice */
};
void prompt_history_release(struct prompt_history *h);
void prompt_history_add(struct prompt_history *h, const char *line);

/* Completion: candidate number `i` (0..) for the text before the cursor, appended to out in place of text[*from..cursor]; false if
 * there is no such candidate. */
typedef bool prompt_complete_fn(void *ctx, const char *text, size_t cursor, size_t i, size_t *from, struct buf *out);

struct prompt {
	struct buf text;
	size_t cursor;			/* byte, on a cluster boundary */
	bool offered;			/* the text was not typed: what is typed now takes its place */
	const char *label;		/* "/", ":", "Save as "; borrowed */
	const char *ghost;		/* what is shown while it is empty; borrowed, NULL */
	struct prompt_history *history;	/* borrowed, NULL */
	prompt_complete_fn *complete;	/* NULL */
	void *ctx;
	size_t history_at;
	char *draft;			/* what was typed before history was visited */
	size_t complete_at, complete_from;
	char *complete_text;		/* the text that is being completed, NULL if none is */
	size_t complete_cursor;
	int scroll;			/* columns cut at the left */
};

void prompt_init(struct prompt *p, const char *label);
void prompt_release(struct prompt *p);
void prompt_set(struct prompt *p, const char *text);
/* The same as an offer: enter takes it, a move edits it, and typing replaces it. */
void prompt_offer(struct prompt *p, const char *text);
static inline const char *prompt_text(const struct prompt *p)
{
	return p->text.data;
}

enum prompt_result {
	PROMPT_IGNORED,		/* not an editing key (up and down without history, function keys): the owner may use it */
	PROMPT_HANDLED,		/* moved, nothing else */
	PROMPT_CHANGED,		/* the text changed */
	PROMPT_ACCEPT,		/* enter; added to the history */
	PROMPT_CANCEL,		/* esc, or backspace on an empty line */
};
enum prompt_result prompt_event(struct prompt *p, const struct event *ev);
/* Draws label and text in one row and puts the terminal's cursor there (if focused). Returns the columns used. */
int prompt_draw(struct prompt *p, struct area a, int x, int y, int w, bool focused);

#endif
