/*
 * describe.h - texts for core's values: severities, findings, kinds of requirement. Shared by views and commands.
 *
 * Pure; strings are static or go into the caller's document or buffer.
 */
#ifndef MODSCOPE_DESCRIBE_H
#define MODSCOPE_DESCRIBE_H

#include "base/finding.h"
#include "parts/load.h"
#include "pager.h"
#include "style.h"

enum style_id describe_severity_style(enum finding_severity s);
enum glyph describe_severity_glyph(enum finding_severity s);
/* "cache" of "cache/zip-modified", copied into area (at most n bytes). */
void describe_finding_area(const struct finding *f, char *area, size_t n);
/* A description of n findings of an area and severity: "cache entries are damaged". */
const char *describe_finding_group(const char *area, enum finding_severity s, size_t n);
/* Adds a complete finding: evidence, go's words, remedy. */
void describe_finding_doc(struct doc *d, const struct finding *f);
/* What to do about an error that kept a part from being made. A finding about the graph that another part has names its cause, and the remedy. Borrowed
 * from the snapshot, or static. */
const char *describe_error_remedy(const struct snapshot *s, const struct err *e);
/* "direct", "indirect", "transitive", "main", "language". */
const char *describe_kind(enum load_kind k);
/* The best answer about tidy after the steps: with fetched zips if that was requested since. */
struct part *describe_tidy_part(const struct snapshot *s, const struct whatif_steps *steps);
/* The best report on the build list's cache entries: verified, else a scan of the files; NULL if neither. */
struct part *describe_cache_part(const struct snapshot *s);
/* The best answer about newer versions, retractions and deprecation of all modules: requested, else kept; NULL if neither. */
struct part *describe_outdated_part(const struct snapshot *s);
/* The request for the kept answers. */
const struct request *describe_outdated_glance(void);
/* The best answer about a module's versions: the proxies', else the caches'; NULL if neither. */
const struct load_versions *describe_known_versions(const struct snapshot *s, const char *path);
/* Appends "path@version", or just the path if there is no version. */
void describe_modver(struct buf *b, struct modver m);
/* Appends why a module has its version after what-if steps: "asked by M@V, 3 more", "required M@V". */
void describe_whatif_reason(const struct whatif_delta *d, struct buf *b);
/* Appends the steps as go commands, separated by `between`. */
void describe_whatif_commands(const struct whatif *w, const char *between, struct buf *b);
/* Appends a version for narrow rows: "v0.0.0-2024…-b975dcaa" for a pseudo-version; others unchanged. */
void describe_version(struct buf *b, const char *version);
/* The same into a line. */
void describe_line_version(struct line *out, unsigned style, const char *version);
/* Appends a text with each version after a blank or an @ shortened like that. */
void describe_versions(struct buf *b, const char *text);
/* Appends a version for a table of versions, where the row below or the detail has all of it: "v4.8.3+inc…" for v4.8.3+incompatible; a pseudo-version
 * as by describe_version or, with `brief`, still shorter: "2024…b975dca" of v0.0.0-, "v1.2.4…b975dca". */
void describe_newer_version(struct buf *b, const char *version, bool brief);

#endif
