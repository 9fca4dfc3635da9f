/*
 * module_json.h - one module as `go list -m -json` writes it.
 */
#ifndef MODSCOPE_MODULE_JSON_H
#define MODSCOPE_MODULE_JSON_H

#include "fetch/jsonout.h"
#include "graph/modinfo.h"

void module_json_set(json_t *row, const struct modinfo *m);

#endif
