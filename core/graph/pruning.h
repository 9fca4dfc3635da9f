/*
 * pruning.h - whether a graph leaves out requirements of dependencies' dependencies (https://go.dev/ref/mod#graph-pruning).
 *
 * Follows modPruning of cmd/go/internal/modload/modfile.go. Pure.
 */
#ifndef MODSCOPE_PRUNING_H
#define MODSCOPE_PRUNING_H

enum mod_pruning {
	MOD_PRUNED, /* requirements of dependencies' dependencies at go >= 1.17 are left out */
	MOD_UNPRUNED,
	MOD_WORKSPACE,
};

/* pruningForGoVersion: MOD_PRUNED or MOD_UNPRUNED. */
enum mod_pruning mod_pruning_for(const char *go_version);

#endif
