/*
 * settings.h - settings with some of them set otherwise. Pure but for reading the environment and the go env files.
 */
#ifndef MODSCOPE_SETTINGS_H
#define MODSCOPE_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"

struct goenv;

/* As a process would see them that is started in the same directory with "KEY=value" set; NULL ends the list. The caller frees it, before
 * the arena. */
struct goenv *settings_with(const struct goenv *env, struct arena *a, const char *const *set, struct err *e);
/* "file:///home/u/go/pkg/mod/cache/download" for a path. */
const char *settings_file_url(struct arena *a, const char *path);

#endif
