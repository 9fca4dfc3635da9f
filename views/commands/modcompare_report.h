/*
 * modcompare_report.h - the output of `compare M@A M@B`: the differences between two versions of a module as text, Markdown or JSON.
 */
#ifndef MODSCOPE_MODCOMPARE_REPORT_H
#define MODSCOPE_MODCOMPARE_REPORT_H

#include "commands/cli.h"
#include "parts/load.h"

/* The commits between two sides: `commits` of the document, and NoCommits, why they are not known, where it is not NULL. */
void modcompare_report_commits(json_t *doc, const struct githistory_commit *commits, size_t n, const char *why);

enum modcompare_report_form {
	MODCOMPARE_REPORT_TEXT,
	MODCOMPARE_REPORT_MARKDOWN,
	MODCOMPARE_REPORT_JSON,
	MODCOMPARE_REPORT_DIFF,	/* only the unified diff */
};
void modcompare_report(struct report *r, const struct load_modcompare *m, enum modcompare_report_form form);

#endif
