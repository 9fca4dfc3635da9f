/* cache_own.h - modscope cache --own: our own cache directory, shown or emptied. */
#ifndef MODSCOPE_CACHE_OWN_H
#define MODSCOPE_CACHE_OWN_H

#include "commands/cli.h"

int cache_own(struct cli *c);

#endif
