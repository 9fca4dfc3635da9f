/*
 * schedule.h - what runs `modscope prefetch` once a day: unit files, a crontab line, a job of a forge. Pure.
 */
#ifndef MODSCOPE_SCHEDULE_H
#define MODSCOPE_SCHEDULE_H

#include "base/buf.h"

/* Appended. kind is "systemd", "cron", "github" or "gitlab"; false if it is none. */
bool schedule_text(struct buf *b, const char *kind, const char *dir, const char *levels);

#endif
