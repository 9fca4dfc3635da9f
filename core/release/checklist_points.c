#include "release/checklist_impl.h"

struct checklist_point *checklist_add(struct checklist_making *k, const char *id,
				      enum checklist_verdict verdict, const char *text)
{
	arena_vec_push(k->a, &k->points,
		       (struct checklist_point){ .id = id,
						 .verdict = verdict,
						 .text = text,
						 .file = "",
						 .remedy = "" });
	return &k->points.items[k->points.n - 1];
}

struct checklist_point *checklist_fail(struct checklist_making *k, const char *id, const char *text,
				       const char *file, int line, const char *remedy)
{
	struct checklist_point *p = checklist_add(k, id, CHECKLIST_FAIL, text);

	p->blocks = true;
	p->file = arena_strdup(k->a, file); /* a name from the commit is freed with its zip */
	p->line = line;
	p->remedy = remedy;
	return p;
}

void checklist_note(struct checklist_making *k, const char *id, const char *text, const char *file,
		    int line, const char *remedy)
{
	checklist_fail(k, id, text, file, line, remedy)->blocks = false;
}

void checklist_pass(struct checklist_making *k, const char *id, const char *text)
{
	for (size_t i = 0; i < k->points.n; i++)
		if (str_eq(k->points.items[i].id, id))
			return;
	checklist_add(k, id, CHECKLIST_PASS, text);
}
