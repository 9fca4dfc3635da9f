#include "screens/apply_plan.h"

#include "base/textdiff.h"
#include "change/execute.h"
#include "gauge.h"

enum { SHOWN_LINES = 400 };

bool apply_plan_enabled(const struct view *v)
{
	return !app_changing(v);
}

static const struct request_apply *request_of(const struct view *v, const struct apply_plan *p,
					      struct request_apply *r)
{
	*r = (struct request_apply){ .tidy = p->tidy, .plan = p->shown };
	if (p->steps)
		r->steps = *app_steps(v->app);
	return r;
}

void apply_plan_start(struct view *v, const struct apply_plan *p)
{
	struct request_apply r;

	app_change(v, REQUEST(PART_APPLY, .apply = *request_of(v, p, &r)));
}

void apply_plan_ask(struct view *v, struct apply_plan *p, bool steps, bool tidy)
{
	if (app_read_only(v->app)) {
		app_message(v->app, STYLE_ATTENTION, "--read-only forbids changes of the project");
		return;
	}
	*p = (struct apply_plan){ .steps = steps, .tidy = tidy };
	apply_plan_start(v, p);
}

static void diff_doc(const struct goedit_file *f, struct doc *d)
{
	struct arena a = ARENA_INIT;
	struct textdiff_line *lines;
	size_t n = textdiff_lines(&a, f->before.data, f->before.len, f->after.data, f->after.len,
				  &lines);

	doc_line(d);
	doc_add(d, STYLE_TITLE, f->path);
	for (size_t i = 0; i < n && i < SHOWN_LINES; i++) {
		unsigned style = lines[i].op == '+'   ? STYLE_ADDED
				 : lines[i].op == '-' ? STYLE_REMOVED
						      : STYLE_QUIET;

		doc_line(d);
		if (lines[i].op == '@')
			doc_add(d, style, lines[i].text);
		else
			doc_addf(d, style, "%c %s", lines[i].op, lines[i].text);
	}
	if (n > SHOWN_LINES) {
		doc_line(d);
		doc_addf(d, STYLE_QUIET, "and %s more lines", GAUGE_N(n - SHOWN_LINES));
	}
	doc_blank(d);
	arena_release(&a);
}

static void plan_doc(void *ctx, struct doc *d)
{
	const struct load_apply *la = ctx;
	const struct goedit_file *files[3];
	size_t n = goedit_changed(&la->edit, files);

	doc_field(d, "same as");
	doc_add(d, STYLE_STRONG, la->edit.command);
	doc_field(d, "undo");
	doc_add(d, STYLE_NORMAL, "the old files are kept: u in the view Cache, or modscope undo");
	doc_blank(d);
	for (size_t i = 0; i < n; i++)
		diff_doc(files[i], d);
}

static void ask(struct view *v, struct apply_plan *p, const struct load_apply *la,
		void (*confirmed)(struct view *v))
{
	if (!la->plan.n) {
		app_message(v->app, STYLE_GOOD, "go.mod and go.sum are like that already");
		return;
	}
	p->shown = plan_hash(&la->plan);
	app_ask(v, "Write: nothing is done before enter", plan_doc, (void *)(uintptr_t)la,
		confirmed);
}

static void tell(struct view *v, const struct load_apply *la)
{
	const struct execute_result *r = la->n ? &la->results[0] : NULL;

	if (r && r->outcome == EXECUTE_CHANGED)
		app_message(v->app, STYLE_GOOD, "written; modscope undo %s takes it back", r->id);
	else if (r && r->outcome == EXECUTE_PART)
		app_message(v->app, STYLE_BAD,
			    "written only in part: %s; modscope undo %s takes it back", r->error,
			    r->id);
	else
		app_message(v->app, STYLE_BAD, "nothing is written: %s",
			    r && *r->error ? r->error : "nothing was to be done");
}

void apply_plan_ended(struct view *v, struct apply_plan *p, const struct request *r,
		      const struct part *outcome, const struct err *e,
		      void (*confirmed)(struct view *v))
{
	if (e)
		app_message(v->app, STYLE_BAD, "nothing is written: %s", e->text);
	else if (!r->apply.plan)
		ask(v, p, outcome->data, confirmed);
	else
		tell(v, outcome->data);
	if (r->apply.plan)
		app_project_changed(v->app);
}
