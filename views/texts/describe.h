/*
 * describe.h - how things of the core read: severities, findings, kinds of requirement. Shared by views and commands.
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
/* What n findings of an area and severity are, in words: "cache entries are damaged". */
const char *describe_finding_group(const char *area, enum finding_severity s, size_t n);
/* A finding whole: evidence, go's words, remedy. */
void describe_finding_doc(struct doc *d, const struct finding *f);
/* "direct", "indirect", "transitive", "main", "language". */
const char *describe_kind(enum load_kind k);
/* What tidy would change after the steps, with the zips fetched for it if somebody asked for that since it was last looked at. */
struct part *describe_tidy_part(const struct snapshot *s, const struct whatif_steps *steps);
/* What is best known of the build list's cache entries: verified, else as a look at the files tells; NULL if neither. */
struct part *describe_cache_part(const struct snapshot *s);
/* What is best known of newer versions, retractions and deprecation of all modules: as asked for, else what is kept; NULL if neither. */
struct part *describe_outdated_part(const struct snapshot *s);
/* The request for a look at what is kept of that. */
const struct request *describe_outdated_glance(void);
/* What is best known of a module's versions: as the proxies said, else as the caches tell; NULL if neither. */
const struct load_versions *describe_known_versions(const struct snapshot *s, const char *path);
/* "path@version", or the path alone where there is no version. Append. */
void describe_modver(struct buf *b, struct modver m);
/* Why a module is where it is after what-if steps: "asked by M@V, 3 more", "required M@V". Append. */
void describe_whatif_reason(const struct whatif_delta *d, struct buf *b);
/* The steps as go commands, with `between` between them. Append. */
void describe_whatif_commands(const struct whatif *w, const char *between, struct buf *b);
/* A version as narrow rows show it: "v0.0.0-2024…-b975dcaa" for a pseudo-version; else as it is. Append. */
void describe_version(struct buf *b, const char *version);
/* The same into a line. */
void describe_line_version(struct line *out, unsigned style, const char *version);
/* The same for each version in a text, behind a blank or an @. Append. */
void describe_versions(struct buf *b, const char *text);

#endif
