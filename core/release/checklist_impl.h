/*
 * checklist_impl.h - what the files of checklist.h share: checklist_points.c keeps the rows, checklist_place.c compares path and directory, checklist_project.c checks go.mod and its modules, checklist_commit.c what a tag would
 * publish, checklist.c calls both.
 */
#ifndef MODSCOPE_CHECKLIST_IMPL_H
#define MODSCOPE_CHECKLIST_IMPL_H

#include "release/checklist.h"

struct checklist_making {
	struct checklist *c;
	struct arena *a;
	const struct checklist_input *in;
	struct err *e;
	ARENA_VEC(struct checklist_point) points;
	size_t n_unknown_modules; /* of which it is not known whether they are retracted or deprecated */
};

struct checklist_point *checklist_add(struct checklist_making *k, const char *id, enum checklist_verdict verdict,
				      const char *text);
/* A blocking failure. */
struct checklist_point *checklist_fail(struct checklist_making *k, const char *id, const char *text, const char *file, int line,
				       const char *remedy);
/* A warning. */
void checklist_note(struct checklist_making *k, const char *id, const char *text, const char *file, int line, const char *remedy);
/* The point passes, unless it has another row. */
void checklist_pass(struct checklist_making *k, const char *id, const char *text);

void checklist_project(struct checklist_making *k);
/* The path names the directory that the module is in. */
void checklist_place(struct checklist_making *k, const struct gitplace *g);
/* Whether everything is committed and pushed. */
void checklist_worktree(struct checklist_making *k, const struct gitplace *g);
/* Where a part of the repository is missing. */
extern const char checklist_unread_remedy[];
bool checklist_commit(struct checklist_making *k);

#endif
