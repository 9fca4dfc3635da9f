/*
 * settings.h - settings with some of them overridden. Pure, except for reading the environment and the go env files.
 */
#ifndef MODSCOPE_SETTINGS_H
#define MODSCOPE_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"

struct goenv;

/* The settings of a process started in the same directory with "KEY=value" set; NULL ends the list. Our own cache
 * remains the same, unless XDG_CACHE_HOME is set. The caller frees it, before
 * the arena. */
struct goenv *settings_with(const struct goenv *env, struct arena *a, const char *const *set, struct err *e);
/* The URL of a path: "file:///home/u/go/pkg/mod/cache/download". */
const char *settings_file_url(struct arena *a, const char *path);

#endif
