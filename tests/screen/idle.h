/*
 * idle.h - when a test of the interactive program may go on: no job waits or runs, no file has just changed, the cursor
 * is at rest, and sorting is done. Fits term_script's `idle`, with app as its context.
 */
#ifndef IDLE_H
#define IDLE_H

#include "app/app_private.h"

/* As far as the program knows: it looks at files in its own time. */
static inline bool app_rests(const struct app *app)
{
	return jobs_pending(app->wants.jobs) == 0 && !app->wants.changed_timer && !app->rest_timer &&
	       !app->loop.more_work;
}

static inline bool app_is_idle(void *ctx)
{
	struct app *app = ctx;

	wants_look(&app->wants); /* the script changes files faster than polling notices */
	return app_rests(app);
}

#endif
