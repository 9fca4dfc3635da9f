/*
 * origin_report.h - the commit that a version is, as JSON members.
 */
#ifndef MODSCOPE_ORIGIN_REPORT_H
#define MODSCOPE_ORIGIN_REPORT_H

#include "commands/report.h"
#include "compare/modorigin.h"

/* Sets "Origin". */
void origin_report(json_t *o, const struct modorigin *m);
/* Sets "CommitCount", "commits" and "NoCommits": since the version that it is compared with. */
void origin_report_since(json_t *o, const struct modorigin *m);

#endif
