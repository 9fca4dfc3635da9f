#include "parts/load_private.h"

#include "base/path.h"
#include "fetch/source.h"
#include "graph/modload_open.h"

struct whole {
	struct load_vendored shown;
	struct source *source; /* owns the rows' modules */
	struct modload *ml;
};

static void release(void *data)
{
	struct whole *w = data;

	modload_free(w->ml);
	source_free(w->source);
	findings_release(&w->shown.findings);
}

static void find(struct load_vendored *v, const struct vendor_row *row)
{
	struct arena *a = v->findings.arena;

	for (size_t i = 0; i < row->n_problems; i++) {
		const struct vendor_problem *p = &row->problems[i];
		struct finding *f = finding_add(&v->findings, FINDING_WARNING, "vendor/file",
						arena_fmt(a, "vendor/%s", p->file),
						vendor_fault_text(p->fault));

		f->mod = row->module->mod;
		f->file = path_join(a, v->report.dir, p->file);
		f->go_says = "nothing: go does not check it";
		f->remedy = "go mod vendor; `modscope vendor --diff` shows the lines";
	}
}

static void find_packages(struct load_vendored *v, const struct vendor_package *list, size_t n,
			  enum finding_severity severity, const char *cause)
{
	for (size_t i = 0; i < n; i++)
		finding_add(&v->findings, severity, "vendor/package", list[i].path, cause)->remedy =
			"go mod vendor";
}

/* Without a directory go names each requirement; that there is none says more. */
static bool open_vendored(struct modload **ml, struct modload_options *o, struct err *e)
{
	struct vendor_report report;
	struct arena a = ARENA_INIT;
	struct err plain = ERR_INIT;
	bool ok = modload_open(ml, o, e), missing;

	if (ok || e->code != ERR_REFUSED)
		return ok;
	o->force_vendor = false;
	missing = modload_open(ml, o, &plain) && vendor_check(&report, &a, *ml, &plain) &&
		  report.verdict == VENDOR_NOT_MADE;
	if (missing) {
		err_clear(e);
	} else {
		modload_free(*ml);
		*ml = NULL;
	}
	err_release(&plain);
	arena_release(&a);
	return missing;
}

static bool check(struct load_work *w, struct whole *v, struct arena *a, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct modload_options mo = { .env = env->env,
				      .command = MODPROJECT_LIST,
				      .force_vendor = true,
				      .cancel = job_cancel(w->job) };

	v->source = source_new(&(struct source_options){ .env = env->env,
							 .offline = true,
							 .cancel = job_cancel(w->job),
							 .log = load_log(w->l),
							 .once = load_once(w) });
	mo.source = v->source;
	if (!open_vendored(&v->ml, &mo, e) || !vendor_check(&v->shown.report, a, v->ml, e))
		return false;
	modload_silence(v->ml);
	for (size_t i = 0; i < v->shown.report.n; i++)
		find(&v->shown, &v->shown.report.rows[i]);
	find_packages(&v->shown, v->shown.report.lacking, v->shown.report.n_lacking,
		      FINDING_WARNING, "it is needed, but not vendored");
	find_packages(&v->shown, v->shown.report.needless, v->shown.report.n_needless, FINDING_INFO,
		      "it is vendored, but no package here needs it");
	return true;
}

bool load_make_vendored(struct load_work *w, struct part **out, struct err *e)
{
	struct part *p = load_part_on(w, PART_ENV);
	struct whole *v = arena_calloc(&p->arena, 1, sizeof(*v));

	p->data = v;
	p->release = release;
	v->shown.findings.arena = &p->arena;
	if (check(w, v, &p->arena, e)) {
		*out = p;
		return true;
	}
	part_unref(p);
	return false;
}
