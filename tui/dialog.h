/*
 * dialog.h - a question over the screen: a plan to confirm, yes or no, a message, a choice.
 *
 * A dialog shows a document (pager.h) in the middle of the screen and a row of answers. Nothing happens by accident:
 * enter takes the first answer, which is marked; esc always closes with DIALOG_CANCEL. Long texts scroll.
 *
 *	dialog_open(&d, "Repair", DIALOG_PLAN);
 *	doc_line(&d.doc); doc_add(&d.doc, ...);
 *	...
 *	switch (dialog_event(&d, ev)) { case DIALOG_OK: ...; dialog_close(&d); }
 */
#ifndef MODSCOPE_DIALOG_H
#define MODSCOPE_DIALOG_H

#include "pager.h"
#include "prompt.h"

enum dialog_kind {
	DIALOG_MESSAGE,		/* enter or esc: close */
	DIALOG_CONFIRM,		/* enter or y: yes; esc, n, q: no */
	DIALOG_PLAN,		/* enter: do it; esc: leave; wide, scrolls */
	DIALOG_CHOICE,		/* the answers given with dialog_answer(): arrows and enter, or the letter */
	DIALOG_INPUT,		/* a prompt below the text: enter takes it, esc leaves; dialog.prompt has the text */
};
enum { DIALOG_ANSWERS = 8 };

struct dialog {
	bool is_open;
	enum dialog_kind kind;
	const char *title;		/* borrowed */
	struct doc doc;
	struct pager pager;
	struct prompt prompt;
	struct {
		struct key key;
		const char *text;	/* borrowed: "save patch" */
		int value;
	} answer[DIALOG_ANSWERS];
	unsigned n_answers, current;
	int value;			/* of the answer taken (DIALOG_CHOICE) */
	const char *ok, *cancel;	/* words for the answers: "do it", "leave" by default; borrowed */
	struct area drawn;
};

void dialog_init(struct dialog *d);
void dialog_release(struct dialog *d);
/* Opens empty: fill d->doc afterwards. */
void dialog_open(struct dialog *d, const char *title, enum dialog_kind kind);
/* An answer of a DIALOG_CHOICE; `key` is a key name ("d") or NULL. */
void dialog_answer(struct dialog *d, const char *key, const char *text, int value);
void dialog_close(struct dialog *d);
void dialog_draw(struct dialog *d, struct area screen);

enum dialog_result {
	DIALOG_STAYS,		/* taken; nothing decided yet */
	DIALOG_OK,		/* enter; DIALOG_CHOICE: value says which */
	DIALOG_CANCEL,
};
enum dialog_result dialog_event(struct dialog *d, const struct event *ev);

#endif
