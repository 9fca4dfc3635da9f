/*
 * toolchainrepo.h - Go's own versions as a repository: the modules "go" and "toolchain", on top of golang.org/toolchain.
 *
 * Follows cmd/go/internal/modfetch/toolchain.go. The local version is always there; earlier ones of "go" are taken for granted.
 * Where an error is one of golang.org/toolchain's, as source.h words it, *dl says which module version it belongs to; else dl->path is "".
 * What is returned lives in the project's arena. Blocks (the network); the project's thread.
 */
#ifndef MODSCOPE_TOOLCHAINREPO_H
#define MODSCOPE_TOOLCHAINREPO_H

#include "fetch/source.h"
#include "graph/modproject.h"

/* Ascending. */
bool toolchainrepo_versions(struct modproject *mp, const struct route_hop *hop, const char *path,
			    const char *const **versions, size_t *n, struct modver *dl, struct err *e);
/* "1.22.0" and "go1.22.0" are both accepted of both; info->version has the right form. */
bool toolchainrepo_stat(struct modproject *mp, const struct route_hop *hop, const char *path, const char *rev,
			struct source_info *info, struct modver *dl, struct err *e);
bool toolchainrepo_latest(struct modproject *mp, const struct route_hop *hop, const char *path,
			  struct source_info *info, struct modver *dl, struct err *e);

#endif
