#include "graph/pruning.h"

#include "gofiles/gover.h"

enum mod_pruning mod_pruning_for(const char *go_version)
{
	return gover_compare(go_version, "1.17") < 0 ? MOD_UNPRUNED : MOD_PRUNED;
}
