#include "versions/newer.h"

#include "base/par.h"
#include "fetch/source.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gover.h"
#include "gofiles/rfc3339.h"
#include "versions/golines.h"

#define PROBES 3u

struct newer_list newer_choices(struct arena *a, const char *path, struct newer_list versions,
				const char *current, const char *update)
{
	bool pre = gover_mod_is_prerelease(path, update);
	bool incompatible = semver_is_incompatible(update);
	const char **items = arena_alloc(a, (versions.n + 1) * sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; i < versions.n; i++) {
		const char *v = versions.items[i];

		if (gover_mod_compare(path, v, current) > 0 &&
		    gover_mod_compare(path, v, update) <= 0 &&
		    (pre || !gover_mod_is_prerelease(path, v)) &&
		    (incompatible || !semver_is_incompatible(v)))
			items[n++] = v;
	}
	return (struct newer_list){ items, n };
}

struct newer_list newer_within(struct arena *a, struct newer_list l, const char *prefix)
{
	const char **items = arena_alloc(a, (l.n + 1) * sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; i < l.n; i++)
		if (str_has_prefix(l.items[i], prefix))
			items[n++] = l.items[i];
	return (struct newer_list){ items, n };
}

struct newer_list newer_below(struct newer_list l, const char *path, const char *v)
{
	while (l.n && gover_mod_compare(path, l.items[l.n - 1], v) >= 0)
		l.n--;
	return l;
}

enum verdict {
	UNASKED,
	NO,
	YES,
	UNREAD,
};

/* A version and the result of its check. */
struct judged {
	enum verdict verdict;
	char go[32]; /* its go line, to be kept */
	bool was_read;
};

struct search {
	struct source *source;
	const char *path;
	struct newer_list l;
	void (*ahead)(struct search *k, const char *version);
	enum verdict (*judge)(struct search *k, const char *version, struct judged *j);
	const char *go_version;
	struct golines *lines;
	int64_t not_after;
	unsigned threads;
	struct judged *judged; /* of each version */
	size_t *step;	       /* being checked now */
	size_t n_step;
};

/* The go line, if valid; false if the go.mod could not be read. */
static bool read_go_line(struct source *s, struct modver m, char *go, size_t size)
{
	struct gomod_summary sum = GOMOD_SUMMARY_INIT;
	const char *data;
	size_t len;
	bool ok = source_unproven_gomod(s, m, &data, &len, NULL) &&
		  gomod_summary_read(&sum, "go.mod", data, len, 0, NULL) && sum.go.len < size;

	if (ok) {
		memcpy(go, sum.go.s ? sum.go.s : "", sum.go.len);
		go[sum.go.len] = '\0';
	}
	gomod_summary_release(&sum);
	return ok;
}

const char *newer_go_line(struct source *s, struct golines *g, struct modver m)
{
	char go[32];

	if (!golines_get(g, m.version) && read_go_line(s, m, go, sizeof(go)))
		golines_put(g, m.version, go);
	return golines_get(g, m.version);
}

static enum verdict judge_line(const struct search *k, const char *go)
{
	return !*go || gover_compare(go, k->go_version) <= 0 ? YES : NO;
}

static enum verdict judge_go(struct search *k, const char *version, struct judged *j)
{
	j->was_read = read_go_line(k->source, (struct modver){ k->path, version }, j->go,
				   sizeof(j->go));
	return j->was_read ? judge_line(k, j->go) : UNREAD;
}

static void ahead_go(struct search *k, const char *version)
{
	source_gomod_ahead(k->source, (struct modver){ k->path, version });
}

static enum verdict judge_age(struct search *k, const char *version, struct judged *j)
{
	struct source_info info;
	int64_t t;

	(void)j;
	if (!source_stat(k->source, k->path, version, &info, NULL) || !info.time ||
	    !rfc3339_parse(info.time, &t))
		return UNREAD;
	return t <= k->not_after ? YES : NO;
}

static void ahead_age(struct search *k, const char *version)
{
	source_stat_ahead(k->source, k->path, version);
}

static void judge_one(void *ctx, size_t i)
{
	struct search *k = ctx;
	size_t at = k->step[i];

	k->judged[at].verdict = k->judge(k, k->l.items[at], &k->judged[at]);
}

static void judge_rest(void *ctx, size_t i)
{
	judge_one(ctx, i + 1);
}

static void judge_step(struct search *k)
{
	for (size_t i = 0; k->n_step > 1 && i < k->n_step; i++)
		k->ahead(k, k->l.items[k->step[i]]);
	judge_one(k, 0); /* meanwhile the others' answers arrive */
	par_for_ahead(k->n_step - 1, k->threads, judge_rest, k);
	for (size_t i = 0; i < k->n_step; i++) {
		const struct judged *j = &k->judged[k->step[i]];

		if (j->was_read)
			golines_put(k->lines, k->l.items[k->step[i]], j->go);
	}
}

/* A kept go line needs no request. */
static void judge_known(struct search *k)
{
	for (size_t i = 0; k->lines && i < k->l.n; i++) {
		const char *go = golines_get(k->lines, k->l.items[i]);

		if (go)
			k->judged[i].verdict = judge_line(k, go);
	}
}

/* One more than the index of the newest; 0 if there is none. */
static size_t newest_yes(const struct search *k)
{
	size_t n = k->l.n;

	while (n && k->judged[n - 1].verdict != YES)
		n--;
	return n;
}

/* The unchecked ones between from and end, newest first. */
static void step_over(struct search *k, size_t from, size_t end)
{
	k->n_step = 0;
	for (size_t i = end; i > from; i--)
		if (k->judged[i - 1].verdict == UNASKED)
			k->step[k->n_step++] = i - 1;
}

/* Assumes that versions have the property up to some point, and samples the remaining range. False if it is small. */
static bool step_of_probes(struct search *k, size_t from)
{
	size_t end = from, n;

	while (end < k->l.n && k->judged[end].verdict == UNASKED)
		end++;
	step_over(k, from, end);
	n = k->n_step;
	if (n <= PROBES + 1)
		return false;
	for (size_t i = 0; i < PROBES; i++)
		k->step[i] = k->step[(i + 1) * n / (PROBES + 1)];
	k->n_step = PROBES;
	return true;
}

/* The versions to check next; false if there are none. */
static bool next_step(struct search *k)
{
	size_t from = newest_yes(k);

	k->n_step = 1;
	k->step[0] = k->l.n - 1;
	if (k->judged[k->l.n - 1].verdict != UNASKED && !step_of_probes(k, from))
		step_over(k, from, k->l.n);
	return k->n_step > 0;
}

static const char *newest_unread(const struct search *k, size_t from)
{
	for (size_t i = k->l.n; i > from; i--)
		if (k->judged[i - 1].verdict == UNREAD)
			return k->l.items[i - 1];
	return "";
}

static const char *find_newest(struct search *k, const char **unread)
{
	size_t found;

	*unread = "";
	if (!k->l.n)
		return "";
	k->judged = xcalloc(k->l.n, sizeof(*k->judged));
	k->step = xcalloc(k->l.n, sizeof(*k->step));
	judge_known(k);
	while (next_step(k))
		judge_step(k);
	found = newest_yes(k);
	*unread = newest_unread(k, found);
	free(k->judged);
	free(k->step);
	return found ? k->l.items[found - 1] : "";
}

const char *newer_keeps_go(struct source *s, struct golines *g, const char *path,
			   struct newer_list l, const char *go_version, unsigned threads,
			   const char **unread)
{
	struct search k = { .source = s,
			    .lines = g,
			    .path = path,
			    .l = l,
			    .judge = judge_go,
			    .ahead = ahead_go,
			    .threads = threads,
			    .go_version = go_version };

	return find_newest(&k, unread);
}

const char *newer_cooled(struct source *s, const char *path, struct newer_list l, int64_t not_after,
			 unsigned threads, const char **unread)
{
	struct search k = { .source = s,
			    .path = path,
			    .l = l,
			    .judge = judge_age,
			    .ahead = ahead_age,
			    .threads = threads,
			    .not_after = not_after };

	return find_newest(&k, unread);
}
