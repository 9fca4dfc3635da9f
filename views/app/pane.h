/*
 * pane.h - a view on the screen: its title line, its widget, and the detail beside or above it.
 */
#ifndef MODSCOPE_PANE_H
#define MODSCOPE_PANE_H

#include "app/app.h"
#include "layout.h"

extern const struct action pane_actions[];	/* the layer "detail" */

/* The key layers active here, the frame's own last. */
void pane_scope(struct view *v, struct keymap_scope *sc);
void pane_draw(struct view *v, const struct layout *l);
/* The list's share of the width in percent. Moving the divider is false if the panes are not side by side. */
int pane_share(const struct view *v);
bool pane_move_divider(struct view *v, int percent);
/* The split for layout_compute: the list's width; for a detail pane above the list, the rows that it would fill. */
enum { PANE_LEAST_DETAIL = 38 };	/* minimum width beside a list wider than its share */
int pane_split(struct view *v, int width, int height, bool ascii);
bool pane_event(struct view *v, const struct event *ev);
bool pane_work(struct view *v);
void pane_filter(struct view *v, const char *text);
bool pane_search_next(struct view *v, int dir);
/* Leaves one level: the view's own state, the detail pane, the filter, the marks. False: there is none. */
bool pane_back(struct view *v);
void pane_release(struct view *v);
void pane_export_text(struct view *v, struct buf *b);

#endif
