#include "compare/modorigin.h"

#include <strings.h>

#include "base/path.h"
#include "base/text.h"
#include "git/gitrewrite.h"
#include "gofiles/goenv.h"

const char *modorigin_signature(enum gitclone_signature s)
{
	static const char *const names[] = {
		[GITCLONE_UNSIGNED] = "",
		[GITCLONE_OPENPGP] = "OpenPGP",
		[GITCLONE_SSH] = "SSH",
		[GITCLONE_X509] = "X.509",
	};

	return names[s];
}

static const char *shown_url(struct arena *a, const char *url)
{
	struct buf b = BUF_INIT;
	const char *shown;

	text_redact_url(&b, url);
	shown = arena_strdup(a, b.len ? b.data : "");
	buf_release(&b);
	return shown;
}

/* As codehost's NewRepo and vcs.go's check of a go-import tag have it: .info files come from proxies, which must not name this machine's directories. */
static bool is_remote(const char *url)
{
	return strstr(url, "://") && strncasecmp(url, "file:", strlen("file:")) != 0;
}

bool modorigin_open(struct gitclone *c, struct arena *a, const struct goenv *env, const char *url,
		    struct err *e)
{
	const char *own = goenv_own_cache(env), *cache = goenv_get(env, "GOMODCACHE");
	struct gitrewrite rewrite = { 0 };
	struct gitclone_places p = { .url = url };
	struct err why = ERR_INIT;

	if (!is_remote(url))
		return err_set(e, ERR_REFUSED, "%s is no address of a repository that go would use",
			       shown_url(a, url));
	gitrewrite_load(&rewrite, env);
	p.real_url = gitrewrite_url(&rewrite, a, url);
	gitrewrite_release(&rewrite);
	p.own_dir = own ? path_join(a, own, "vcs") : NULL;
	p.go_dir = *cache ? path_join(a, cache, "cache/vcs") : NULL;
	if (gitclone_open(c, &p, &why))
		return true;
	gitclone_close(c);
	if (why.code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no clone of %s on this machine",
			shown_url(a, url));
	else
		err_move(e, &why);
	err_release(&why);
	return false;
}

static bool is_hash(const char *s)
{
	return strlen(s) == 40 && strspn(s, "0123456789abcdef") == 40;
}

/* Those of one repository. */
struct group {
	struct gitclone c;
	const char *url;
	struct modorigin *list;
	size_t n;
	size_t *members; /* indices into list, with a commit in the clone */
	struct gitrepo_commit **commits;
	size_t n_members;
	struct arena *a;
	const struct cancel *cancel;
};

static void find_commits(struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct modorigin *o = &g->list[i];
		struct gitrepo_commit *commit;

		if (o->why || !str_eq(o->origin.url, g->url))
			continue;
		if (!gitrepo_find(&commit, g->c.repo, o->origin.hash, NULL)) {
			o->why = arena_fmt(g->a, "the clone of %s does not have the commit",
					   shown_url(g->a, g->url));
			continue;
		}
		o->read = true;
		o->commit = githistory_commit(g->a, g->c.repo, commit);
		g->commits[g->n_members] = commit;
		g->members[g->n_members++] = i;
	}
}

static void find_branches(struct group *g)
{
	const char **hashes = arena_calloc(g->a, g->n_members + 1, sizeof(*hashes));
	const char **branches = arena_calloc(g->a, g->n_members + 1, sizeof(*branches));

	for (size_t k = 0; k < g->n_members; k++)
		hashes[k] = g->list[g->members[k]].origin.hash;
	gitclone_branches(&g->c, g->a, hashes, branches, g->n_members, g->cancel);
	for (size_t k = 0; k < g->n_members; k++)
		g->list[g->members[k]].branch = branches[k];
}

static void find_since(struct group *g, size_t k)
{
	struct modorigin *o = &g->list[g->members[k]];
	struct githistory_commit *commits;
	struct err e = ERR_INIT;

	if (k + 1 == g->n_members || g->members[k + 1] != g->members[k] + 1)
		return;
	o->compared = githistory_count(&o->n_commits, g->c.repo, g->commits[k + 1], g->commits[k],
				       MODORIGIN_MAX, &e) &&
		      githistory_commits(&commits, &o->n_shown, g->a, g->c.repo, g->commits[k + 1],
					 g->commits[k], MODORIGIN_SHOWN, &e);
	if (o->compared)
		o->commits = commits;
	else if (e.code == ERR_NOT_FOUND)
		o->no_commits = "the clone does not have all history";
	else
		o->no_commits = arena_fmt(g->a, "the history cannot be read: %s", e.text);
	err_release(&e);
}

static void read_group(struct group *g)
{
	find_commits(g);
	find_branches(g);
	for (size_t k = 0; k < g->n_members && !cancel_is_set(g->cancel); k++) {
		struct modorigin *o = &g->list[g->members[k]];

		o->commit_signature = gitclone_commit_signature(&g->c, o->origin.hash);
		if (str_has_prefix(o->origin.ref, "refs/tags/"))
			gitclone_tag(&g->c, o->origin.ref, &o->tag, g->a);
		find_since(g, k);
	}
}

static void fail_group(struct group *g, const char *why)
{
	for (size_t i = 0; i < g->n; i++)
		if (!g->list[i].why && str_eq(g->list[i].origin.url, g->url))
			g->list[i].why = arena_strdup(g->a, why);
}

static void read_infos(struct modorigin *list, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++) {
		struct modorigin *o = &list[i];
		bool has = origin_read(&o->origin, a, o->info);

		o->branch = NULL;
		o->tag.tagger = "";
		o->commit = (struct githistory_commit){ "", "", "", 0 };
		if (!has || !*o->origin.url || !is_hash(o->origin.hash))
			o->why = "its .info file names no commit";
		else if (!str_eq(o->origin.vcs, "git"))
			o->why = arena_fmt(a, "its repository uses %s", o->origin.vcs);
	}
}

void modorigin_read(struct modorigin *list, size_t n, struct arena *a, const struct goenv *env,
		    const struct cancel *cancel)
{
	struct group g = { .list = list, .n = n, .a = a, .cancel = cancel };

	read_infos(list, n, a);
	g.members = arena_calloc(a, n + 1, sizeof(*g.members));
	g.commits = arena_calloc(a, n + 1, sizeof(struct gitrepo_commit *));
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;

		if (list[i].why || list[i].read)
			continue;
		g.url = list[i].origin.url;
		g.n_members = 0;
		if (modorigin_open(&g.c, a, env, g.url, &e)) {
			read_group(&g);
			gitclone_close(&g.c);
		} else {
			fail_group(&g, e.text);
		}
		err_release(&e);
	}
	for (size_t i = 0; i < n; i++)
		list[i].origin.url = shown_url(a, list[i].origin.url);
}
