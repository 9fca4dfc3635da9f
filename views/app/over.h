/*
 * over.h - what lies over a view: the line that filters or searches, the palette, the help screen, dialogs.
 *
 * The topmost takes every event. All on the interface thread.
 */
#ifndef MODSCOPE_OVER_H
#define MODSCOPE_OVER_H

#include "app/app.h"

void over_init(struct app *app);
void over_release(struct app *app);
/* False: nothing lies over the view, or what does has no use for this key. */
bool over_event(struct app *app, const struct event *ev);
void over_draw(struct app *app, struct area screen);
bool over_work(struct app *app);
void over_palette(struct app *app);
void over_help(struct app *app);
void over_filter(struct app *app);

#endif
