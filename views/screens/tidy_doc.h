/*
 * tidy_doc.h - the documents beside the rows of the view Tidy: a file, a changed line, a file to fetch, why tidy fails. Pure: uses
 * only the part.
 */
#ifndef MODSCOPE_TIDY_DOC_H
#define MODSCOPE_TIDY_DOC_H

#include "list.h"
#include "pager.h"
#include "packages/tidy.h"
#include "parts/load.h"

void tidy_doc_failure(const struct load_tidy *t, struct doc *d);
void tidy_doc_change(const struct load_tidy *t, const struct load_change *c, struct doc *d);
/* "zip", "mod", "info", "list of versions", "latest version". */
const char *tidy_doc_file_name(const struct tidy_need *w);
void tidy_doc_want(const struct load_tidy *t, const struct tidy_need *w, struct doc *d);
/* The list of files that are lacking, where what tidy would do is not known. */
enum { TIDY_DOC_WANT_COLUMNS = 4 };
extern const struct list_column tidy_doc_want_columns[TIDY_DOC_WANT_COLUMNS];
void tidy_doc_want_cell(const struct tidy_need *w, unsigned column, struct line *out);
/* 0 go.mod, 1 go.sum. */
void tidy_doc_file(const struct load_tidy *t, size_t file, struct doc *d);

#endif
