/*
 * idle.h - what tests of the interactive program wait for: no job waits or runs, no file changed a moment ago, the cursor has
 * rested, nothing is half sorted. Fits term_script's `idle` with app as its context.
 */
#ifndef IDLE_H
#define IDLE_H

#include "app/app_private.h"

static inline bool app_is_idle(void *ctx)
{
	struct app *app = ctx;

	wants_look(&app->wants); /* the script changes files faster than poll tells of it */
	return jobs_pending(app->wants.jobs) == 0 && !app->wants.changed_timer && !app->rest_timer &&
	       !app->loop.more_work;
}

#endif
