/*
 * goenv_impl.h - checks of single settings, shared by goenv_*.c.
 */
#ifndef MODSCOPE_GOENV_IMPL_H
#define MODSCOPE_GOENV_IMPL_H

#include "gofiles/goenv.h"

/* Our own cache below the directory for caches: "modscope", or "modscope-own" if GOMODCACHE (ignored unless absolute) is in that one, or shares
 * its folder of modules. Writes nothing. NULL if it is in both. */
const char *goenv_place_own(struct arena *a, const char *caches, const char *modcache);
/* GOOS and GOARCH are this machine's. */
bool goenv_is_native(const struct goenv *env);
/* The value in the process's environment; "" if there is none. */
const char *goenv_process(const struct goenv *env, const char *name);
/* ERR_USAGE with go's message: an entry is relative, or starts with a tilde. */
bool goenv_check_gopath(const struct goenv *env, struct err *e);
/* ERR_REFUSED with go's message: not "auto", "off" or an absolute path. */
bool goenv_check_gowork(const struct goenv *env, struct err *e);
/* buildcfg.Check: ERR_USAGE for experiments and targets in the process's environment. */
bool goenv_check_buildcfg(const struct goenv *env, struct err *e);
/* cfg.ExperimentErr: ERR_REFUSED, for a value set in a file. */
bool goenv_check_experiments(const struct goenv *env, struct err *e);
/* fips140.Init: ERR_REFUSED. tags_count: the command has a flag -tags. */
bool goenv_check_fips(const struct goenv *env, bool tags_count, struct err *e);
/* A value of GOAUTH without its commands' arguments, which may be secret. */
const char *goenv_mask_auth(struct arena *a, const char *value);
/* The value without credentials, fit to be shown. */
const char *goenv_mask(struct arena *a, const struct goenv_var *v);
/* The values of the flags in GOFLAGS that the command has. */
bool goenv_check_flags(const struct goenv *env, enum goflags_command c, struct err *e);
/* Build flags and values of CC, CXX and FC that `go list -m` refuses. */
bool goenv_check_list(const struct goenv *env, struct err *e);

#endif
