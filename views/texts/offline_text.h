/*
 * offline_text.h - texts about levels (offline/levels.h), shared by the commands, the view and the header. These append; one thread.
 */
#ifndef MODSCOPE_OFFLINE_TEXT_H
#define MODSCOPE_OFFLINE_TEXT_H

#include "line.h"
#include "parts/load.h"

/* The total size of the missing files, as far as known. */
int64_t offline_text_bytes(const struct levels_row *row);
/* "12 files missing, or more, 3.4 MiB"; nothing if none are. */
void offline_text_missing(struct buf *b, const struct levels_row *row);
/* Why a prefetch for these levels (1 << level) brings nothing, and which other level lacks files. */
void offline_text_nothing(struct buf *b, const struct levels *l, unsigned wanted);
/* "go build ./... for linux/arm64". */
void offline_text_command(struct buf *b, const struct levels_row *row);
/* go's words, on lines with this indent after the first; a line that go repeats stands once, with how often. */
void offline_text_says(struct buf *b, const char *go_says, const char *indent);
/* The answer with servers, else that of the caches, for the settings' own platform. NULL if neither is loaded. */
struct part *offline_text_part(const struct snapshot *s);
/* "offline build ✓ tidy ✗": the first level, and the first other that is not ready, or the next. */
void offline_text_sign(struct line *l, const struct levels *levels);

#endif
