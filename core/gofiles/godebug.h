/*
 * godebug.h - the settings that godebug lines of go.mod and go.work may name.
 *
 * Follows cmd/go/internal/modload/init.go:CheckGodebug and internal/godebugs of the emulated go. Pure.
 */
#ifndef MODSCOPE_GODEBUG_H
#define MODSCOPE_GODEBUG_H

#include "base/err.h"

/* verb is "godebug"; local the emulated go version. ERR_SYNTAX with go's message. */
bool godebug_check(const char *verb, const char *key, const char *value, const char *local,
		   struct err *e);

#endif
