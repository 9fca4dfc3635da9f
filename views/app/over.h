/*
 * over.h - overlays of a view: the filter and search line, the palette, the help screen, dialogs.
 *
 * The topmost overlay gets every event. All on the interface thread.
 */
#ifndef MODSCOPE_OVER_H
#define MODSCOPE_OVER_H

#include "app/app.h"

void over_init(struct app *app);
void over_release(struct app *app);
/* False: there is no overlay, or it does not handle this event. */
bool over_event(struct app *app, const struct event *ev);
void over_draw(struct app *app, struct area screen);
bool over_work(struct app *app);
void over_palette(struct app *app);
void over_help(struct app *app);
void over_filter(struct app *app);

#endif
