#include "screens/versions_try.h"

#include "gauge.h"

static struct whatif_steps steps(const struct versions_view *s, struct whatif_step *step)
{
	*step = (struct whatif_step){ WHATIF_GET, s->try_path, s->try_version };
	return (struct whatif_steps){ step, 1 };
}

static void add_delta(const struct whatif *w, struct doc *d)
{
	size_t up = 0, down = 0, added = 0, removed = 0;

	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *x = &w->deltas[i];

		added += !x->before[0];
		removed += x->before[0] && !x->after[0];
		if (x->before[0] && x->after[0] && !str_eq(x->before, x->after))
			*(modtab_compare_versions(x->path, x->after, x->before) < 0 ? &down
										    : &up) += 1;
	}
	doc_addf(d, STYLE_STRONG, "build list  %s up  %s down  %s added  %s removed", GAUGE_N(up),
		 GAUGE_N(down), GAUGE_N(added), GAUGE_N(removed));
	for (size_t i = 0; i < w->n_deltas; i++) {
		const struct whatif_delta *x = &w->deltas[i];

		doc_field(d, "");
		doc_addf(d, STYLE_NORMAL, "%s  %s → %s", x->path, x->before[0] ? x->before : "-",
			 x->after[0] ? x->after : "-");
	}
}

void versions_try_add(struct view *v, const char *path, struct doc *d)
{
	const struct versions_view *s = versions_view_state(v);
	struct whatif_step step;
	const struct request *r;
	const struct whatif *w;
	const struct err *why;

	if (!s->try_path || !str_eq(s->try_path, path))
		return;
	r = REQUEST(PART_WHATIF, .steps = steps(s, &step));
	w = app_part(v->app, r);
	why = app_error(v->app, r);
	doc_blank(d);
	doc_field(d, "with");
	doc_addf(d, STYLE_STRONG, "%s", s->try_version);
	doc_field(d, "");
	if (w)
		add_delta(w, d);
	else
		doc_add(d, why ? STYLE_BAD : STYLE_QUIET,
			why ? why->text : "computing the build list");
}

void versions_try_choose(struct view *v, const char *path, const char *version)
{
	struct versions_view *s = versions_view_state(v);
	struct whatif_step step;
	char *p = xstrdup(path), *n = xstrdup(version);

	free(s->try_path);
	free(s->try_version);
	s->try_path = p;
	s->try_version = n;
	app_want(v->app, REQUEST(PART_WHATIF, .steps = steps(s, &step)));
	view_touch(v);
}
