#include "cache/cachescan.h"

#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "graph/modload_open.h"
#include "graph/requirements.h"

struct keep {
	struct cachescan_list *l;
	struct arena *a;
	bool offline;
};

static void add_toolchain(struct keep *k, const char *name)
{
	vec_push(k->l, (struct modver){ "golang.org/toolchain",
					modproject_toolchain_version(k->a, name) });
}

/* toolchain.Select: of a language version the first release. */
static void add_go(struct keep *k, const char *version)
{
	if (!*version)
		return;
	add_toolchain(k, arena_fmt(k->a, "go%s", version));
	if (gover_is_lang(version) && gover_compare(version, GOVER_STRICT) >= 0)
		add_toolchain(k, arena_fmt(k->a, "go%s.0", version));
}

static void add_lines(struct keep *k, const char *go, const char *toolchain)
{
	add_go(k, go);
	if (*toolchain && !str_eq(toolchain, "default"))
		add_toolchain(k, toolchain);
}

/* What the files name, what GOTOOLCHAIN names, and what a module of the graph asks for. */
static void add_toolchains(struct keep *k, struct modload *ml)
{
	const struct modproject *mp = modload_project(ml);
	const char *setting = goenv_get(modproject_env(mp), "GOTOOLCHAIN");
	const struct modtab *t = modload_tab(ml);
	const struct modproject_main *mains;
	size_t n = modproject_mains(mp, &mains);

	if (str_has_prefix(setting, "go1"))
		add_toolchain(k, arena_strndup(k->a, setting, strcspn(setting, "+")));
	if (modproject_gowork_file(mp))
		add_lines(k, modproject_gowork(modload_project(ml))->go,
			  modproject_gowork(modload_project(ml))->toolchain);
	for (size_t i = 0; i < n; i++)
		if (mains[i].file)
			add_lines(k, mains[i].file->go, mains[i].file->toolchain);
	for (size_t i = 0; i < t->n_nodes; i++) {
		struct modver m = t->nodes[i].mod;

		if (str_eq(m.path, "go"))
			add_go(k, m.version);
		else if (str_eq(m.path, "toolchain"))
			add_lines(k, "", m.version);
	}
}

static void add_list(struct keep *k, struct modload *ml, const struct modgraph *mg)
{
	struct cachescan_list own = { 0 };

	cachescan_list_add(&own, ml, mg, true);
	cachescan_list_add(&own, ml, mg, false);
	for (size_t i = 0; i < own.n; i++)
		vec_push(k->l, (struct modver){ arena_strdup(k->a, own.items[i].path),
						arena_strdup(k->a, own.items[i].version) });
	vec_release(&own);
}

/* Up to go 1.20, tidy compares with what the go before graph pruning would select (checkTidyCompatibility). */
static void add_unpruned(struct keep *k, struct modload *ml)
{
	struct requirements *rs = modload_requirements(ml);
	const struct modgraph *mg = NULL;
	struct err unread = ERR_INIT;

	if (rs->pruning != PRUNING_PRUNED ||
	    gover_compare(requirements_go_version(rs), GOVER_STRICT) >= 0)
		return;
	rs = requirements_new(ml, PRUNING_UNPRUNED, rs->roots, rs->n_roots, rs->direct);
	requirements_graph(ml, rs, &mg, &unread);
	if (mg)
		add_list(k, ml, mg);
	err_release(&unread);
}

static void add_project(struct keep *k, struct modload *ml)
{
	struct requirements *rs = modload_requirements(ml);
	const struct modgraph *mg = NULL;
	struct err unread = ERR_INIT;

	requirements_expand(ml, &rs, &mg, &unread);
	if (mg)
		add_list(k, ml, mg);
	err_release(&unread);
	add_toolchains(k, ml);
	add_unpruned(k, ml);
}

/* go get, go mod tidy and GOWORK=off look at a member alone. What cannot be read, go cannot read either. */
static void add_member(struct keep *k, const char *dir)
{
	struct err unread = ERR_INIT;
	struct goenv *env = goenv_new(&(struct goenv_options){ .dir = dir }, &unread);
	struct modload_options o = { .env = env,
				     .command = MODPROJECT_VERIFY,
				     .no_workspace = true };
	struct source *s = NULL;
	struct modload *ml = NULL;

	if (env) {
		s = source_new(&(struct source_options){ .env = env, .offline = k->offline });
		o.source = s;
		if (modload_open(&ml, &o, &unread))
			add_project(k, ml);
	}
	modload_free(ml);
	source_free(s);
	goenv_free(env);
	err_release(&unread);
}

void cachescan_list_keep(struct cachescan_list *l, struct arena *a, struct modload *ml,
			 bool offline)
{
	struct keep k = { l, a, offline };
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(ml), &mains);

	add_project(&k, ml);
	for (size_t i = 0; modproject_gowork_file(modload_project(ml)) && i < n; i++)
		if (mains[i].file)
			add_member(&k, mains[i].dir);
}
