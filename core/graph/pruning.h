/*
 * pruning.h - whether a graph omits requirements of dependencies' dependencies (https://go.dev/ref/mod#graph-pruning).
 *
 * Follows modPruning of cmd/go/internal/modload/modfile.go. Pure.
 */
#ifndef MODSCOPE_PRUNING_H
#define MODSCOPE_PRUNING_H

enum pruning {
	PRUNING_PRUNED, /* requirements of dependencies' dependencies at go >= 1.17 are omitted */
	PRUNING_UNPRUNED,
	PRUNING_WORKSPACE,
};

/* pruningForGoVersion: PRUNING_PRUNED or PRUNING_UNPRUNED. */
enum pruning pruning_for(const char *go_version);

#endif
