#include "commands/drill_live.h"
#include "commands/loaded.h"

#include "offline/standin.h"

#define TIMEOUT_MS 30000

struct live {
	struct cli *c;
	const struct drill_fault *fault;
	long for_ms;
};

static void json_line(struct cli *c, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);

	if (text)
		report_rawf(c->r, "%s\n", text);
	free(text);
	json_decref(o);
}

static void ready_json(struct live *l, const char *goproxy, const char *gosumdb)
{
	json_t *o = report_doc("drill");

	report_set_text(o, "GOPROXY", goproxy);
	report_set_text(o, "GOSUMDB", gosumdb);
	json_line(l->c, o);
}

static void ready_text(struct live *l, const char *goproxy, const char *gosumdb, bool logins)
{
	struct report *r = l->c->r;

	if (*goproxy)
		report_textf(r, "GOPROXY='%s'\n", goproxy);
	if (*gosumdb)
		report_textf(r, "GOSUMDB='%s'\n", gosumdb);
	if (logins)
		report_textf(r, "the logins in GOPROXY are left out: put them back\n");
	if (*goproxy)
		report_textf(r, "hop %zu is played", l->fault->hop + 1);
	else
		report_textf(r, "the checksum database is played");
	report_textf(r,
		     " for %ld s, or until ctrl-c; with an empty cache go asks for everything:\n",
		     l->for_ms / 1000);
	report_textf(r, "\tGOMODCACHE=$(mktemp -d) %s%s%s%s%s%sgo mod download\n",
		     *goproxy ? "GOPROXY='" : "", goproxy, *goproxy ? "' " : "",
		     *gosumdb ? "GOSUMDB='" : "", gosumdb, *gosumdb ? "' " : "");
}

static void on_ready(void *ctx, const char *goproxy, const char *gosumdb, bool logins)
{
	struct live *l = ctx;

	if (l->c->r->json)
		ready_json(l, goproxy, gosumdb);
	else
		ready_text(l, goproxy, gosumdb, logins);
	report_flush(l->c->r);
}

static void on_request(void *ctx, const char *path, int status)
{
	struct live *l = ctx;

	if (l->c->r->json) {
		json_t *o = report_doc("drill");

		report_set_str(o, "File", path);
		if (status)
			report_set_int(o, "Status", status);
		json_line(l->c, o);
	} else if (status) {
		report_textf(l->c->r, "%d  %s\n", status, path);
	} else {
		report_textf(l->c->r, "---  %s\n", path);
	}
	report_flush(l->c->r);
}

static int play(struct live *l, const struct standin_options *o)
{
	struct err e = ERR_INIT;
	int status = standin_run(o, &e) ? STATUS_FINE : cli_fail(l->c, &e);

	err_release(&e);
	return status;
}

int drill_live(struct cli *c, const struct drill_fault *f)
{
	const char *time = cli_flag(c, "for"), *count = cli_flag(c, "count");
	long for_ms = time ? cli_duration(time, 1000) : 600000,
	     n = count ? cli_duration(count, 1) : 0;
	struct live live = { c, f, for_ms };
	struct loaded x;
	const struct load_env *le;
	struct err e = ERR_INIT;
	int status;

	if (f->vcs)
		return cli_usage(c, "--live plays faults of a proxy and of the checksum database");
	if (for_ms < 0 || n < 0)
		return cli_usage(c, "--for: 10m, 30s; --count: a number");
	x = loaded_open(c, NULL);
	le = loaded_part(&x, REQUEST(PART_ENV), &e);
	if (le)
		status = play(&live, &(struct standin_options){ .env = le->env,
								.fault = *f,
								.total_ms = TIMEOUT_MS,
								.for_ms = for_ms,
								.count = (uint64_t)n,
								.log = load_log(x.load),
								.ready = on_ready,
								.served = on_request,
								.ctx = &live });
	else
		status = cli_fail(c, &e);
	err_release(&e);
	loaded_close(&x);
	return status;
}
