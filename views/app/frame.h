/*
 * frame.h - the frame around a view: header, tabs, status line.
 */
#ifndef MODSCOPE_FRAME_H
#define MODSCOPE_FRAME_H

#include "app/app.h"

/* Draws everything; fits loop_ops.draw with app as its context. */
void frame_draw(void *app, struct grid *g);
/* The view whose tab is at column x; an invalid number if there is none. */
size_t frame_tab_at(const struct app *app, int x);
/* A click on the status line runs the hint at column x. */
void frame_click_status(struct app *app, int x);

#endif
