/*
 * schedule.h - ways to run `modscope prefetch` once a day: unit files, a crontab line, a forge's CI job. Pure.
 */
#ifndef MODSCOPE_SCHEDULE_H
#define MODSCOPE_SCHEDULE_H

#include "base/buf.h"

/* Appends the text. kind is "systemd", "cron", "github" or "gitlab"; false for any other. */
bool schedule_text(struct buf *b, const char *kind, const char *dir, const char *levels);

#endif
