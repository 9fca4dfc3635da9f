#include "graph/pruning.h"

#include "gofiles/gover.h"

enum pruning pruning_for(const char *go_version)
{
	return gover_compare(go_version, "1.17") < 0 ? PRUNING_UNPRUNED : PRUNING_PRUNED;
}
