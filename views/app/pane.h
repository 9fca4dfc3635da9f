/*
 * pane.h - a view on the screen: its title line, its widget, and the detail beside or above it.
 */
#ifndef MODSCOPE_PANE_H
#define MODSCOPE_PANE_H

#include "app/app.h"
#include "layout.h"

extern const struct action pane_actions[];	/* the layer "detail" */

/* The layers of keys that work here, the frame's own last. */
void pane_scope(struct view *v, struct keymap_scope *sc);
void pane_draw(struct view *v, const struct layout *l);
/* The list's share of the width in percent; moving it: false where the panes are not side by side. */
int pane_share(const struct view *v);
bool pane_move_divider(struct view *v, int percent);
/* What layout_compute is to be told as split: the list's width; for a detail pane above the list, the rows that it would fill. */
enum { PANE_LEAST_DETAIL = 38 };	/* beside a list that is wider than its share */
int pane_split(struct view *v, int width, int height, bool ascii);
bool pane_event(struct view *v, const struct event *ev);
bool pane_work(struct view *v);
void pane_filter(struct view *v, const char *text);
bool pane_search_next(struct view *v, int dir);
/* One step out: of the view's own state, the detail pane, the filter, the marks. False: there is none. */
bool pane_back(struct view *v);
void pane_release(struct view *v);
void pane_export_text(struct view *v, struct buf *b);

#endif
