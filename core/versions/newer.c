#include "versions/newer.h"

#include "base/par.h"
#include "fetch/source.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gover.h"
#include "graph/rfc3339.h"
#include "versions/golines.h"

#define MOST_AT_ONCE 32u

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

/* One step of a search. */
enum verdict {
	NO,
	YES,
	UNREAD,
};
struct search {
	struct source *source;
	const char *path;
	struct newer_list l;
	enum verdict (*judge)(struct search *k, const char *version, size_t i);
	const char *go_version;
	struct golines *lines;
	int64_t not_after;
	size_t top; /* of this step */
	struct judged {
		enum verdict verdict;
		char go[32]; /* its go line, which is to be remembered */
		bool was_read;
	} step[MOST_AT_ONCE];
};

/* The go line as far as it can be one: false if the go.mod could not be read. */
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

static enum verdict judge_go(struct search *k, const char *version, size_t i)
{
	const char *go = golines_get(k->lines, version);

	if (!go && read_go_line(k->source, (struct modver){ k->path, version }, k->step[i].go,
				sizeof(k->step[i].go))) {
		k->step[i].was_read = true;
		go = k->step[i].go;
	}
	if (!go)
		return UNREAD;
	return !*go || gover_compare(go, k->go_version) <= 0 ? YES : NO;
}

static enum verdict judge_age(struct search *k, const char *version, size_t i)
{
	struct source_info info;
	int64_t t;

	(void)i;
	if (!source_stat(k->source, k->path, version, &info, NULL) || !info.time ||
	    !rfc3339_parse(info.time, &t))
		return UNREAD;
	return t <= k->not_after ? YES : NO;
}

static void judge_one(void *ctx, size_t i)
{
	struct search *k = ctx;

	k->step[i].was_read = false;
	k->step[i].verdict = k->judge(k, k->l.items[k->top - 1 - i], i);
}

/* The versions of a step from the newest down. */
static const char *first_of_step(struct search *k, size_t step, const char **unread)
{
	const char *found = NULL;

	for (size_t i = 0; i < step; i++) {
		const char *v = k->l.items[k->top - 1 - i];

		if (k->step[i].was_read)
			golines_put(k->lines, v, k->step[i].go);
		if (!found && k->step[i].verdict == YES)
			found = v;
		if (!found && k->step[i].verdict == UNREAD && !**unread)
			*unread = v;
	}
	return found;
}

/* Nobody has to be asked. */
static bool is_known(const struct search *k, size_t step)
{
	for (size_t i = 0; i < step; i++)
		if (!k->lines || !golines_get(k->lines, k->l.items[k->top - 1 - i]))
			return false;
	return true;
}

static const char *find_newest(struct search *k, unsigned threads, const char **unread)
{
	const char *found = NULL;
	size_t step = 1;

	*unread = "";
	for (k->top = k->l.n; !found && k->top;
	     k->top -= step, step = MIN(step * 2, MOST_AT_ONCE)) {
		step = MIN(step, k->top);
		par_for_waiting(step, 1, is_known(k, step) ? 1 : threads, judge_one, k);
		found = first_of_step(k, step, unread);
	}
	return found ? found : "";
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
			    .go_version = go_version };

	return find_newest(&k, threads, unread);
}

const char *newer_cooled(struct source *s, const char *path, struct newer_list l, int64_t not_after,
			 unsigned threads, const char **unread)
{
	struct search k = {
		.source = s, .path = path, .l = l, .judge = judge_age, .not_after = not_after
	};

	return find_newest(&k, threads, unread);
}
