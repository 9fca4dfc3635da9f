/*
 * cache_report.h - shared by the commands on the module cache: the build list in the cache's form, entries as text
 * and JSON, plans and their outcome.
 *
 * Used by cmd_verify, cmd_cache, cmd_repair, cmd_prune and cmd_undo. One thread.
 */
#ifndef MODSCOPE_CACHE_REPORT_H
#define MODSCOPE_CACHE_REPORT_H

#include "cache/cachescan.h"
#include "commands/project.h"


/* The graph's selected versions. `sources`: with replacements instead of the originals (what a build reads),
 * else as in go mod verify. Without main modules, go and toolchain; sorted like the cache report. */
bool cache_report_build_list(struct project *p, bool sources, struct cachescan_list *out);
/* The same with replacements, for finding damage: if damage prevents loading the graph, reports that on
 * standard error, sets *whole to false, and lists the readable part. */
bool cache_report_known_list(struct project *p, struct cli *c, struct cachescan_list *out, bool *whole);
/* The same for another directory, which is closed again. */
bool cache_report_build_list_of(const char *dir, struct cli *c, struct arena *a, struct cachescan_list *out, struct err *e);
/* Parses "PATH@VERSION" arguments; false if one is malformed. */
bool cache_report_parse_args(struct cli *c, struct arena *a, struct cachescan_list *out);

/* A row of "entries". */
void cache_report_json_entry(json_t *rows, const struct cache_entry *entry);
void cache_report_json_others(json_t *doc, const struct cache_report *r);
/* "1.2 MB" */
const char *cache_report_size_text(struct arena *a, uint64_t bytes);
enum style_id cache_report_style(enum cache_state state);
/* Prints each problem of at least that severity, file first. Returns their number. */
size_t cache_report_print_problems(struct cli *c, const struct cache_problem *problems, size_t n, enum finding_severity least);

void cache_report_print_plan(struct cli *c, const struct plan *p);
void cache_report_json_plan(json_t *doc, const struct plan *p);
/* The outcome as text or in doc's "results"; the exit status that fits it. */
int cache_report_print_results(struct cli *c, json_t *doc, const struct execute_result *results, size_t n);
/* Executes a plan and prints the outcome; -1 with an error if it could not start. The arena owns the results. */
int cache_report_carry_out(struct cli *c, struct cachejob *j, const struct plan *p, json_t *doc, struct arena *a,
			   struct execute_result **results, size_t *n, struct err *e);

#endif
