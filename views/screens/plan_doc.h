/*
 * plan_doc.h - a plan as a document for a dialog, and its outcome as a message. For views that change the module cache.
 */
#ifndef MODSCOPE_PLAN_DOC_H
#define MODSCOPE_PLAN_DOC_H

#include "app/app.h"
#include "change/execute.h"

/* Each step with its effect and undo, then the equivalent shell commands. For app_ask with a struct plan. */
void plan_doc_fill(void *plan, struct doc *d);
/* "prefetch: 12 done; `modscope undo` takes it back". */
void plan_doc_tell(struct view *v, const char *verb, const char *undo, const struct execute_result *results, size_t n);

#endif
