/*
 * toolchainrepo.h - Go's own versions as a repository: the modules "go" and "toolchain", on top of golang.org/toolchain.
 *
 * Follows cmd/go/internal/modfetch/toolchain.go. The local version always exists; so do earlier ones of "go".
 * If an error is one of golang.org/toolchain's, worded as in source.h, *dl is the module version it belongs to; else dl->path is "".
 * Results live in the project's arena. Blocks (network); the project's thread.
 */
#ifndef MODSCOPE_TOOLCHAINREPO_H
#define MODSCOPE_TOOLCHAINREPO_H

#include "fetch/source.h"
#include "graph/modproject.h"

/* Ascending. */
bool toolchainrepo_versions(struct modproject *mp, const struct route_hop *hop, const char *path,
			    const char *const **versions, size_t *n, struct modver *dl, struct err *e);
/* Both paths accept "1.22.0" and "go1.22.0"; info->version has the right form. */
bool toolchainrepo_stat(struct modproject *mp, const struct route_hop *hop, const char *path, const char *rev,
			struct source_info *info, struct modver *dl, struct err *e);
bool toolchainrepo_latest(struct modproject *mp, const struct route_hop *hop, const char *path,
			  struct source_info *info, struct modver *dl, struct err *e);

#endif
