/* net/probe WHAT MODULE[@VERSION]...: asks the source and prints its answers, one per line, errors as go would print them.
 * WHAT is info, mod, list, latest, zip or dir; several pairs may follow each other. `hops URL` asks the HTTP client and prints
 * each exchange. For tests/net/fetch. */

#include "base/activity.h"
#include "base/buf.h"
#include "gofiles/goenv.h"
#include "fetch/http.h"
#include "gofiles/gosum.h"
#include "fetch/source.h"
#include "zip/dirhash.h"

struct probe {
	const struct goenv *env;
	struct source *s;
	struct modver m;
	struct err e;
};

static bool print_info(struct probe *p, const struct source_info *info)
{
	(void)p;
	printf("%s %s\n", info->version, info->time);
	return true;
}

static bool ask_info(struct probe *p)
{
	struct source_info info;

	return source_stat(p->s, p->m.path, p->m.version, &info, &p->e) && print_info(p, &info);
}

static bool ask_latest(struct probe *p)
{
	struct source_info info;

	return source_latest(p->s, p->m.path, &info, &p->e) && print_info(p, &info);
}

static bool ask_mod(struct probe *p)
{
	char sum[DIRHASH_LEN + 1];
	const char *data;
	size_t len;

	if (!source_gomod(p->s, p->m, &data, &len, &p->e))
		return false;
	dirhash_gomod(data, len, sum);
	printf("%zu bytes %s\n", len, sum);
	return true;
}

static bool ask_list(struct probe *p)
{
	const char *const *versions;
	size_t n;

	if (!source_versions(p->s, p->m.path, &versions, &n, &p->e))
		return false;
	printf("%s", p->m.path);
	for (size_t i = 0; i < n; i++)
		printf(" %s", versions[i]);
	printf("\n");
	return true;
}

static bool ask_zip(struct probe *p)
{
	const char *file;

	return source_zip(p->s, p->m, &file, &p->e) && printf("%s\n", file) > 0;
}

static bool ask_dir(struct probe *p)
{
	const char *dir;

	return source_dir(p->s, p->m, &dir, NULL, &p->e) && printf("%s\n", dir) > 0;
}

static const char *or_none(const char *s)
{
	return s ? s : "-";
}

static void print_hop(const struct http_hop *hop)
{
	const struct http_hop_timing *t = &hop->timing;

	printf("%d http/%d %s age=%s cache=%s date=%s retry=%s end=%s%s%s\n", hop->status,
	       hop->http_version, strchr(hop->address, '.') ? "ipv4" : "?", or_none(hop->age),
	       or_none(hop->cache_control), hop->date ? "yes" : "no", or_none(hop->retry_after),
	       or_none(hop->certificate_end), t->tls ? " tls" : "",
	       t->total >= t->first_byte && t->first_byte >= t->connect ? "" : " disorder");
}

static bool ask_hops(struct probe *p)
{
	struct http *h = http_new(&(struct http_options){ .env = p->env });
	struct http_request q = { .url = p->m.path, .max_bytes = 1 << 20, .certificate = true };
	struct http_answer r;
	bool ok = http_get(h, &q, &r, &p->e);

	for (size_t i = 0; i < r.n_hops; i++)
		print_hop(&r.hops[i]);
	http_answer_release(&r);
	http_free(h);
	return ok;
}

static const struct {
	const char *what;
	bool (*ask)(struct probe *p);
} questions[] = {
	{ "info", ask_info }, { "mod", ask_mod }, { "list", ask_list }, { "latest", ask_latest },
	{ "zip", ask_zip },   { "dir", ask_dir }, { "hops", ask_hops },
};

static void print_error(const struct probe *p)
{
	if (err_is_final(&p->e))
		printf("! %s\n", p->e.text);
	else if (*p->m.version)
		printf("! %s@%s: %s\n", p->m.path, p->m.version, p->e.text);
	else
		printf("! module %s: %s\n", p->m.path, p->e.text);
}

static bool ask(struct probe *p, const char *what)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		if (str_eq(questions[i].what, what))
			return questions[i].ask(p);
	return err_set(&p->e, ERR_USAGE, "unknown question");
}

static void print_log(struct activity *log)
{
	struct activity_row *rows = xcalloc(ACTIVITY_MAX, sizeof(*rows));
	size_t n = activity_since(log, 0, rows, ACTIVITY_MAX);

	for (size_t i = 0; i < n; i++)
		printf("# %s %s: %s\n", rows[i].what, rows[i].target, rows[i].result);
	free(rows);
}

int main(int argc, char **argv)
{
	const char *go_sum = getenv("PROBE_GOSUM"), *offline = getenv("PROBE_OFFLINE");
	struct gosum *sums = go_sum ? gosum_new(go_sum, false) : NULL;
	struct activity *log = activity_new();
	struct err e = ERR_INIT;
	struct goenv *env = goenv_new(&(struct goenv_options){ 0 }, &e);
	struct probe p = { .env = env,
			   .s = source_new(&(struct source_options){
				   .env = env, .log = log, .offline = offline != NULL }) };

	if (sums)
		source_set_sums(p.s, sums, false);
	for (int i = 1; i + 1 < argc; i += 2) {
		char *at = str_eq(argv[i], "hops") ? NULL : strchr(argv[i + 1], '@');

		if (at)
			*at++ = '\0';
		p.m = (struct modver){ argv[i + 1], at ? at : "" };
		if (!ask(&p, argv[i]))
			print_error(&p);
		err_clear(&p.e);
	}
	if (getenv("PROBE_LOG"))
		print_log(log);
	source_free(p.s);
	gosum_free(sums);
	goenv_free(env);
	activity_free(log);
	err_release(&p.e);
	return 0;
}
