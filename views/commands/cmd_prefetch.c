#include "commands/cache_report.h"
#include "commands/loaded.h"
#include "gauge.h"
#include "gofiles/goenv.h"
#include "offline/prefetch.h"
#include "offline/schedule.h"

/* Of one project. */
struct prefetch {
	struct cli *c;
	json_t *doc;
	bool yes;
	unsigned levels;
	const char *dir, *names; /* of the levels */
};

/* The size of the row's k-th file, unless an earlier row has it. */
static int64_t new_bytes(const struct levels *l, size_t row, size_t k)
{
	const struct levels_missing *x = &l->rows[row].missing[k];

	for (size_t i = 0; i < row; i++)
		for (size_t m = 0; m < l->rows[i].n_missing; m++)
			if (str_eq(l->rows[i].missing[m].file, x->file))
				return 0;
	return MAX(x->bytes, 0);
}

static int64_t bytes_of(const struct levels *l)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->rows[i].n_missing; k++)
			sum += new_bytes(l, i, k);
	return sum;
}

/* A file missing in several levels is counted once. */
static size_t files_of(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->steps[i].op == PLAN_WRITE;
	return n;
}

static bool any_failed(const struct levels *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (*l->rows[i].failed || l->rows[i].unsure)
			return true;
	return false;
}

static void tell_failures(struct prefetch *p, const struct levels *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (*l->rows[i].failed)
			report_notef(p->c->r, "%s: %s", levels_command(l->rows[i].level),
				     l->rows[i].failed);
}

static void print_plan(struct prefetch *p, const struct plan *plan, const struct levels *l)
{
	struct buf b = BUF_INIT;

	gauge_bytes(&b, (uint64_t)bytes_of(l));
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].op == PLAN_WRITE)
			report_textf(p->c->r, "%s\n", plan->steps[i].path);
	report_textf(p->c->r, "%s: %zu file%s%s, %s", p->dir, files_of(plan),
		     files_of(plan) == 1 ? "" : "s", any_failed(l) ? " or more" : "", b.data);
	if (!files_of(plan))
		report_textf(p->c->r,
			     any_failed(l) ? "; what is missing for %s is not known"
					   : "; nothing is missing for %s",
			     p->names);
	else if (!p->yes)
		report_textf(p->c->r, "; run with --yes to put them into GOMODCACHE");
	report_textf(p->c->r, "\n");
	buf_release(&b);
}

static void on_placed(void *ctx, const struct prefetch_progress *at)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%zu of %zu modules, ", at->done, at->total);
	prefetch_progress_text(at, &b);
	report_progress(ctx, b.data);
	buf_release(&b);
}

static int place(struct prefetch *p, struct cachejob *j, const struct plan *plan, json_t *row,
		 struct err *e)
{
	struct arena a = ARENA_INIT;
	struct execute_result *results = NULL;
	int status = -1;
	size_t n;

	if (prefetch_run(j, plan, &a, on_placed, p->c->r, &results, &n, e))
		status = cache_report_print_results(p->c, row, results, n);
	arena_release(&a);
	return status;
}

static int act(struct prefetch *p, const struct levels *l, struct cachejob *j, struct err *e)
{
	json_t *row = p->doc ? report_add_row(json_object_get(p->doc, "projects")) : NULL;
	int status = any_failed(l) ? STATUS_UNKNOWN : STATUS_FINE, placed;
	struct plan plan;

	prefetch_plan(&plan, cachejob_root(j), l, LEVELS_ALL);
	tell_failures(p, l);
	if (row) {
		report_set_str(row, "Dir", p->dir);
		report_set_int(row, "Files", (long long)files_of(&plan));
		report_set_int(row, "Bytes", bytes_of(l));
		cache_report_json_plan(row, &plan);
	} else {
		print_plan(p, &plan, l);
	}
	if (p->yes && plan.n) {
		placed = place(p, j, &plan, row, e);
		status = placed != STATUS_FINE ? placed : status;
	} else if (plan.n && status == STATUS_FINE) {
		status = STATUS_NO;
	}
	plan_release(&plan);
	return status;
}

static int one(struct prefetch *p)
{
	const struct request *r = REQUEST(PART_OFFLINE, .offline = { .levels = p->levels });
	struct loaded x = loaded_open_progress(p->c, p->dir);
	struct cachejob *j = NULL;
	struct err e = ERR_INIT;
	const struct load_graph *g = loaded_part(&x, REQUEST(PART_GRAPH), &e);
	const struct load_offline *lo = g ? loaded_part(&x, r, &e) : NULL;
	int status = -1;

	/* the project's go.sum verifies the files */
	if (lo && cachejob_new(&j,
			       &(struct cachejob_options){ .env = g->env->env,
							   .sums = g->sums,
							   .offline = p->c->offline,
							   .ask_database = true,
							   .zips_unhashed = true },
			       &e))
		status = act(p, lo->levels, j, &e);
	cachejob_free(j);
	loaded_close(&x);
	if (status < 0)
		status = cli_fail(p->c, &e);
	err_release(&e);
	return status;
}

static bool take_levels(const char *s, unsigned *levels)
{
	while (*s) {
		size_t n = strcspn(s, ", "), k = 0;

		while (k < LEVELS_COUNT && (strlen(levels_name((enum levels_level)k)) != n ||
					    strncmp(levels_name((enum levels_level)k), s, n) != 0))
			k++;
		if (k == LEVELS_QUERIES || k == LEVELS_COUNT)
			return false;
		*levels |= 1u << k;
		s += n + (s[n] != '\0');
	}
	return *levels != 0;
}

/* The project by absolute path, since the scheduler starts elsewhere. */
static int print_schedule(struct cli *c, const char *kind, const char *levels)
{
	struct loaded x = loaded_open(c, c->n_args ? c->args[0] : NULL);
	struct err e = ERR_INIT;
	const struct load_env *env = loaded_part(&x, REQUEST(PART_ENV), &e);
	struct buf b = BUF_INIT;
	int status = STATUS_FINE;

	if (!env)
		status = cli_fail(c, &e);
	else if (schedule_text(&b, kind, goenv_cwd(env->env), levels))
		report_raw(c->r, b.data, b.len);
	else
		status = cli_usage(c, "--schedule takes systemd, cron, github or gitlab");
	buf_release(&b);
	loaded_close(&x);
	return status;
}

static int run(struct cli *c)
{
	const char *levels = cli_flag(c, "level"), *schedule = cli_flag(c, "schedule");
	struct prefetch p = { .c = c, .yes = cli_has(c, "yes"), .dir = "." };
	int status = STATUS_FINE;

	p.names = levels = levels ? levels : "build,test";
	if (!take_levels(levels, &p.levels))
		return cli_usage(c, "the levels are build, test, list, tidy, why, vendor");
	if (schedule)
		return print_schedule(c, schedule, levels);
	if (p.yes && c->read_only)
		return cli_usage(c, "--read-only forbids it");
	if (c->r->json) {
		p.doc = report_doc("prefetch");
		report_set_rows(p.doc, "projects");
	}
	for (size_t i = 0; i < MAX(c->n_args, (size_t)1); i++) {
		int one_status;

		p.dir = c->n_args ? c->args[i] : ".";
		one_status = one(&p);
		status = MAX(status, one_status);
	}
	if (p.doc)
		report_json(c->r, p.doc);
	return status;
}

static const struct cli_flag flags[] = {
	{ "level", "LIST", "of build, test, list, tidy, why, vendor; build,test without it" },
	{ "yes", NULL,
	  "put the files into GOMODCACHE; without it, only into modscope's own cache" },
	{ "schedule", "KIND", "print a daily schedule for systemd, cron, github or gitlab" },
	{ NULL },
};

const struct cli_command cmd_prefetch = {
	.name = "prefetch",
	.args = "[PROJECT...]",
	.summary = "fill the module cache, so that go works without the network",
	.help = "Fetches the files that the level lacks (`modscope offline` names them) into modscope's own cache, checked against go.sum or the\n"
		"checksum database, and shows them with their sizes. With --yes they are put into GOMODCACHE, under go's locks, each by\n"
		"one rename; what is there is left alone, and go.sum is not touched. A run that is broken off is finished by the\n"
		"next one. `modscope undo` takes it back.\n"
		"The exit status is 0 if nothing is missing any more, 1 if files are missing, 3 if some were unavailable.\n",
	.complete = "none",
	.flags = flags,
	.max_args = SIZE_MAX,
	.view = "offline",
	.view_arg = "",
	.run = run,
};
