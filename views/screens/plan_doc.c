#include "screens/plan_doc.h"

#include "gauge.h"

#define TOTAL_FROM 8u /* from this many steps on, show their total first */

/* The plan as shown: each step with its effect and undo, then the equivalent shell commands. */

static void step_doc(struct doc *d, const struct plan_step *s)
{
	struct buf b = BUF_INIT;

	doc_field(d, plan_op_name(s->op));
	doc_add(d, STYLE_STRONG, s->path);
	if (s->bytes) {
		gauge_bytes(&b, s->bytes);
		doc_addf(d, STYLE_QUIET, "  %s", b.data);
	}
	doc_newline(d);
	doc_add(d, STYLE_QUIET, s->why);
	if (s->undo[0])
		doc_addf(d, STYLE_QUIET, "; undo: %s", s->undo);
	buf_release(&b);
}

static void shell_doc(struct doc *d, const char *s)
{
	while (*s) {
		int len = (int)strcspn(s, "\n");

		doc_line(d);
		doc_addf(d, STYLE_NORMAL, "  %.*s", len, s);
		s += len + (s[len] == '\n');
	}
}

void plan_doc_fill(void *ctx, struct doc *d)
{
	const struct plan *p = ctx;
	struct buf b = BUF_INIT;
	bool shell = false;

	if (p->n > TOTAL_FROM) { /* more than fits on the screen */
		gauge_bytes(&b, p->bytes);
		doc_line(d);
		doc_addf(d, STYLE_STRONG, "%s steps, %s", GAUGE_N(p->n), b.data);
		doc_blank(d);
		buf_release(&b);
	}
	if (*p->note) {
		doc_line(d);
		doc_add(d, STYLE_ATTENTION, p->note);
		doc_blank(d);
	}
	for (size_t i = 0; i < p->n; i++)
		step_doc(d, &p->steps[i]);
	for (size_t i = 0; i < p->n; i++) {
		if (!p->steps[i].shell[0])
			continue;
		if (!shell) {
			doc_blank(d);
			doc_line(d);
			doc_add(d, STYLE_TITLE, "the same in a shell");
		}
		shell = true;
		shell_doc(d, p->steps[i].shell);
	}
}

void plan_doc_tell(struct view *v, const char *verb, const char *undo,
		   const struct execute_result *results, size_t n)
{
	size_t done = 0, part = 0, failed = 0, skipped = 0;
	const char *error = "";

	for (size_t i = 0; i < n; i++) {
		const struct execute_result *r = &results[i];

		done += r->outcome == EXECUTE_CHANGED;
		part += r->outcome == EXECUTE_PART;
		failed += r->outcome == EXECUTE_FAILED;
		skipped += r->outcome == EXECUTE_NOTHING;
		if (*r->error && !*error)
			error = r->error;
	}
	if (part)
		app_message(v->app, STYLE_BAD, "%s: %s done, %s only in part, %s not: %s", verb,
			    GAUGE_N(done), GAUGE_N(part), GAUGE_N(failed), error);
	else if (failed)
		app_message(v->app, STYLE_BAD, "%s: %s done, %s not: %s", verb, GAUGE_N(done),
			    GAUGE_N(failed), error);
	else if (skipped)
		app_message(v->app, STYLE_GOOD, "%s: %s done, %s no longer needed; %s", verb,
			    GAUGE_N(done), GAUGE_N(skipped), undo);
	else
		app_message(v->app, STYLE_GOOD, "%s: %s done; %s", verb, GAUGE_N(done), undo);
}
