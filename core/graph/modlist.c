#include "graph/modlist.h"

#include "base/buf.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "base/fs.h"
#include "graph/modgraph.h"
#include "graph/query.h"

static char *put_node(const struct modtab *t, char *p, uint32_t node, size_t len)
{
	const struct modver *m = &t->nodes[node].mod;
	size_t n = t->paths[t->nodes[node].path].len;

	memcpy(p, m->path, n);
	if (n < len) {
		p[n] = '@';
		memcpy(p + n + 1, m->version, len - n - 1);
	}
	return p + len;
}

/* "A@v B@v\n" for each edge: the text of every node is made once. */
static void graph_text(const struct modgraph *mg, struct buf *out)
{
	size_t n, total = 0;
	const uint32_t *order = modgraph_order(mg, &n);
	uint32_t *len = xcalloc(mg->tab->n_nodes, sizeof(*len));
	char *p;

	for (size_t i = 0; i < mg->tab->n_nodes; i++) {
		const struct modver *m = &mg->tab->nodes[i].mod;
		size_t v = strlen(m->version);

		len[i] = (uint32_t)(mg->tab->paths[mg->tab->nodes[i].path].len + (v ? v + 1 : 0));
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < mg->n_required[order[i]]; j++)
			total += len[order[i]] + len[mg->required[order[i]][j]] + 2;
	}
	buf_grow(out, total);
	p = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		uint32_t a = order[i];

		for (size_t j = 0; j < mg->n_required[a]; j++) {
			p = put_node(mg->tab, p, a, len[a]);
			*p++ = ' ';
			p = put_node(mg->tab, p, mg->required[a][j], len[mg->required[a][j]]);
			*p++ = '\n';
		}
	}
	*p = '\0';
	out->len += total;
	free(len);
}

static bool graph_of_version(struct modload *ml, const char *go_version, const struct modgraph **mg,
			     struct err *e)
{
	struct requirements *rs = modload_requirements(ml);
	const char *v = requirements_root(ml, rs, "go");

	if (gover_compare(modload_local_version(ml), go_version) < 0)
		return modload_too_new(ml, "-go flag", go_version, e);
	if (gover_compare(v, GOVER_STRICT) >= 0 && gover_compare(go_version, v) < 0)
		return err_set(
			e, ERR_REFUSED,
			"requested Go version %s cannot load module graph (requires Go >= %s)",
			go_version, v);
	/* the roots stay as they are, even where they are inconsistent */
	if (mod_pruning_for(go_version) == MOD_UNPRUNED && rs->pruning != MOD_UNPRUNED)
		rs = requirements_new(ml, MOD_UNPRUNED, rs->roots, rs->n_roots, rs->direct);
	return requirements_graph(ml, rs, mg, e);
}

bool modlist_graph(struct modload *ml, const char *go_version, struct buf *out,
		   const struct modgraph **mg, struct err *e)
{
	struct requirements *rs = modload_requirements(ml);
	const struct modgraph *local;

	if (!mg)
		mg = &local;
	if (go_version && *go_version) {
		if (!graph_of_version(ml, go_version, mg, e))
			return false;
	} else {
		if (!requirements_expand(ml, &rs, mg, e))
			return false;
		modload_set_requirements(ml, rs);
	}
	/* go prints nothing for a workspace that uses no module */
	if (out && modload_has_root(ml))
		graph_text(*mg, out);
	return true;
}

/* One `go list -m`. */
struct listing {
	struct modload *ml;
	struct requirements *rs;
	const struct modgraph *mg; /* NULL: the roots tell enough */
	unsigned mode;
	bool broken; /* the graph could not be read in full */
	struct err graph_err;
	VEC(struct module_info *) rows;
	struct map seen; /* nodes that a pattern has given */
};

static const char *own_text(struct listing *l, const char *s)
{
	return arena_strdup(modload_arena(l->ml), s);
}

static struct module_info *row_new(struct modload *ml, const char *path, const char *version)
{
	struct module_info *m = arena_calloc(modload_arena(ml), 1, sizeof(*m));

	m->path = path;
	m->version = version;
	m->query = m->time = m->dir = m->gomod = m->go_version = m->deprecated = m->error = m->sum =
		m->gomod_sum = "";
	return m;
}

static void row_error(struct modload *ml, struct module_info *m, const char *text)
{
	if (!*m->error)
		m->error = arena_strdup(modload_arena(ml), text);
}

/* A time that is not known is go's zero time in the JSON form. */
static const char *time_or_zero(const char *time)
{
	return *time ? time : "0001-01-01T00:00:00Z";
}

static bool sum_ok(struct modload *ml, const struct requirements *rs, struct modver m,
		   enum gosum_kind kind)
{
	return !rs || !*m.version || !modload_must_have_sums(ml) ||
	       gosum_have(modload_sums(ml), m, kind);
}

/* The parts of a row that only the JSON form shows. mod is what was asked for, m->version what the .info file makes of it. */
static void complete_full(struct modload *ml, const struct requirements *rs, struct module_info *m,
			  struct modver mod)
{
	struct modver now = { m->path, m->version };
	struct arena *a = modload_arena(ml);
	const char *s;

	if (!*m->version)
		return;
	if (sum_ok(ml, rs, now, GOSUM_MOD)) {
		s = source_cached_gomod_file(modload_source(ml), mod);
		m->gomod = s ? arena_strdup(a, s) : "";
		s = gosum_recorded(modload_sums(ml), mod, GOSUM_MOD);
		m->gomod_sum = s ? s : "";
	}
	if (sum_ok(ml, rs, now, GOSUM_ZIP)) {
		s = source_cached_dir(modload_source(ml), mod);
		m->dir = s ? arena_strdup(a, s) : "";
		s = gosum_recorded(modload_sums(ml), mod, GOSUM_ZIP);
		m->sum = s ? s : "";
	}
}

/* go reads the go.mod of each row. Where the version of its go line is not shown that matters only if go.sum has a hash for it, which may
 * contradict. */
static void complete_go_version(struct modload *ml, const struct requirements *rs,
				struct module_info *m, struct modver mod, unsigned mode)
{
	const struct mod_summary *sum;

	if (!*m->go_version && modload_was_read(ml, mod))
		m->go_version = modload_raw_go_version(ml, mod);
	if (*m->go_version || modload_was_read(ml, mod) ||
	    !sum_ok(ml, rs, (struct modver){ m->path, m->version }, GOSUM_MOD) ||
	    (rs && !(mode & MODLIST_FULL) && !gosum_have(modload_sums(ml), mod, GOSUM_MOD)))
		return;
	sum = modload_raw_summary(ml, mod, NULL, NULL);
	if (sum)
		m->go_version = sum->go_version;
}

/* The version and time are those that the .info file names, right or wrong. */
static void complete(struct modload *ml, const struct requirements *rs, struct module_info *m,
		     unsigned mode)
{
	struct modver mod = { m->path, m->version };
	struct query_result r;
	struct err e = ERR_INIT;

	if (gover_is_toolchain(m->path))
		return;
	if (*m->version) {
		if (query_version(ml, m->path, m->version, "", QUERY_ANY, &r, &e)) {
			if (!str_eq(r.version, m->version))
				modload_message(
					ml,
					"modscope: the .info file of %s@%s names the version %s, which go believes\n",
					m->path, m->version, r.version);
			m->version = r.version;
			m->time = time_or_zero(r.time);
			m->origin = rs ? NULL : r.origin;
		} else {
			row_error(ml, m, e.text);
			err_release(&e);
		}
		modload_read_sums(ml);
	}
	complete_go_version(ml, rs, m, mod, mode);
	if (mode & MODLIST_FULL)
		complete_full(ml, rs, m, mod);
}

static struct module_info *main_info(struct modload *ml, const struct main_module *mm)
{
	struct module_info *m = row_new(ml, mm->mod.path, "");

	m->main = true;
	m->go_version = *mm->go_version		  ? mm->go_version
			: mm->go_added		  ? mm->file->go
			: modload_gowork_file(ml) ? ""
						  : GOVER_DEFAULT_GOMOD;
	m->dir = mm->dir;
	m->gomod = mm->gomod;
	return m;
}

static void replacement_info(struct modload *ml, const struct requirements *rs,
			     struct module_info *m, struct modver r, unsigned mode)
{
	struct arena *a = modload_arena(ml);
	struct module_info *to = row_new(ml, r.path, r.version);

	m->replace = to;
	to->go_version = modload_raw_go_version(ml, (struct modver){ m->path, m->version });
	if (!*r.version) {
		to->dir = modload_dir_of(ml, r);
		to->gomod = path_join(a, to->dir, "go.mod");
	}
	if (modload_build_mod(ml) != BUILD_MOD_VENDOR) {
		complete(ml, rs, to, mode);
		m->dir = to->dir;
		m->gomod = to->gomod;
	}
	m->go_version = to->go_version;
}

struct module_info *modlist_info(struct modload *ml, const struct requirements *rs, struct modver m,
				 unsigned mode)
{
	const struct main_module *mm = *m.version ? NULL : modload_main(ml, m.path);
	struct module_info *info;
	struct modver r;

	if (mm)
		return main_info(ml, mm);
	info = row_new(ml, m.path, m.version);
	info->indirect = rs && !requirements_is_direct(rs, m.path);
	info->go_version = modload_raw_go_version(ml, m);
	r = rs ? modload_replacement(ml, m) : (struct modver){ "", "" };
	if (*r.path)
		replacement_info(ml, rs, info, r, mode);
	else if (!rs || modload_build_mod(ml) != BUILD_MOD_VENDOR)
		complete(ml, rs, info, mode);
	return info;
}

/* modinfoError: the text is made to hold path and version once. */
static void query_error(struct listing *l, struct module_info *m, const char *version,
			const struct query_result *r, const struct err *e)
{
	const char *text = e->text;

	if (r->failure == QUERY_NO_VERSION || (!r->inner && !*version))
		text = arena_fmt(modload_arena(l->ml), "module %s: %s", m->path, text);
	else if (!r->inner)
		text = arena_fmt(modload_arena(l->ml), "%s@%s: %s", m->path, version, text);
	row_error(l->ml, m, text);
}

/* "path@query": looked up outside of the graph. */
static void list_query(struct listing *l, const char *path, const char *query)
{
	const char *current = l->mg ? modgraph_selected(l->mg, path)
				    : requirements_root(l->ml, l->rs, path);
	enum query_allow allow = QUERY_ALLOWED;
	struct query_result r;
	struct err e = ERR_INIT;
	struct module_info *m;

	current = current ? current : "";
	if (str_eq(current, "none") && l->broken &&
	    (str_eq(query, "upgrade") || str_eq(query, "patch")))
		return;
	if (query_is_revision(path, query) || l->mode & MODLIST_RETRACTED)
		allow = QUERY_ANY;
	if (query_version(l->ml, path, query, current, allow, &r, &e)) {
		m = modlist_info(l->ml, NULL, (struct modver){ own_text(l, path), r.version },
				 l->mode);
		if (!str_eq(query, m->version))
			m->query = own_text(l, query);
		m->origin = r.origin;
	} else {
		m = row_new(l->ml, own_text(l, path), own_text(l, query));
		query_error(l, m, query, &r, &e);
		err_release(&e);
	}
	vec_push(&l->rows, m);
}

static void list_path(struct listing *l, const char *path)
{
	const char *v = l->mg ? modgraph_selected(l->mg, path)
			      : requirements_root(l->ml, l->rs, path);
	struct module_info *m;

	if (str_eq(v, "none") && l->broken)
		return;
	if (!str_eq(v, "none")) {
		vec_push(&l->rows, modlist_info(l->ml, l->rs,
						(struct modver){ own_text(l, path), v }, l->mode));
		return;
	}
	m = row_new(l->ml, own_text(l, path), "");
	if (modload_build_mod(l->ml) == BUILD_MOD_VENDOR)
		row_error(l->ml, m,
			  arena_fmt(modload_arena(l->ml),
				    "module %s: can't resolve module using the vendor directory\n"
				    "\t(Use -mod=mod or -mod=readonly to bypass.)",
				    path));
	else if (!(l->mode & MODLIST_VERSIONS))
		row_error(l->ml, m,
			  arena_fmt(modload_arena(l->ml), "module %s: not a known dependency",
				    path));
	vec_push(&l->rows, m);
}

/* pkgpattern.MatchPattern: "..." is any string, and "/..." at the end may be missing; a vendor element is matched only
 * by itself. */
static bool glob(const char *p, const char *s)
{
	const char *star = NULL, *back = NULL;

	for (;;) {
		if (strncmp(p, "...", 3) == 0) {
			star = p += 3;
			back = s;
		} else if (*p == *s) {
			if (!*p)
				return true;
			p++;
			s++;
		} else if (star && *back) {
			p = star;
			s = ++back;
		} else {
			return false;
		}
	}
}

bool modlist_match(const char *pattern, const char *path)
{
	size_t n = strlen(pattern);

	if (glob(pattern, path))
		return true;
	return str_has_suffix(pattern, "/...") && strlen(path) == n - 4 &&
	       strncmp(pattern, path, n - 4) == 0;
}

static bool wanted(const char *arg, const struct modver *m)
{
	return !gover_is_toolchain(m->path) && (str_eq(arg, "all") || modlist_match(arg, m->path));
}

static void prefetch_infos(struct modload *ml, const struct modver *mods, size_t n);

static void list_pattern(struct listing *l, const char *arg)
{
	const struct modtab *t = modload_tab(l->ml);
	size_t n, n_found = 0;
	const uint32_t *list = modgraph_build_list(l->mg, &n);
	struct modver *found = xreallocarray(NULL, n + 1, sizeof(*found));

	for (size_t i = 0; i < n; i++) {
		const struct modver *m = &t->nodes[list[i]].mod;
		const char *key = m->path;

		if (wanted(arg, m) && map_put(&l->seen, key, NULL))
			found[n_found++] = *m;
	}
	if (!n_found)
		modload_message(l->ml, "warning: pattern \"%s\" matched no module dependencies\n",
				arg);
	prefetch_infos(l->ml, found, n_found);
	for (size_t i = 0; i < n_found; i++)
		vec_push(&l->rows, modlist_info(l->ml, l->rs, found[i], l->mode));
	free(found);
}

#define NETWORK_THREADS 32u

struct infos {
	struct modload *ml;
	struct modver *mods;
};

static void stat_one(void *ctx, size_t i)
{
	struct infos *in = ctx;
	struct source_info info;

	if (!cancel_is_set(modload_cancel(in->ml)))
		source_stat(modload_source(in->ml), in->mods[i].path, in->mods[i].version, &info,
			    NULL);
}

/* The go.mod files that complete_go_version will want, where go.sum knows them. */
static void prefetch_gomods(struct modload *ml, const struct modver *mods, size_t n)
{
	uint32_t *nodes = xreallocarray(NULL, n + 1, sizeof(*nodes));
	size_t want = 0;

	for (size_t i = 0; i < n; i++) {
		struct modver m = modload_resolve(ml, mods[i]);

		if (*m.version && !modload_was_read(ml, m) &&
		    gosum_have(modload_sums(ml), m, GOSUM_MOD))
			nodes[want++] = modtab_node(modload_tab(ml), mods[i]);
	}
	if (want)
		modload_prefetch(ml, nodes, want);
	free(nodes);
}

/* Reads .info files on several threads; many only where some have to be fetched. */
static void prefetch_infos(struct modload *ml, const struct modver *mods, size_t n)
{
	struct infos in = { .ml = ml, .mods = xreallocarray(NULL, n + 1, sizeof(*in.mods)) };
	size_t want = 0;

	for (size_t i = 0; i < n && modload_build_mod(ml) != BUILD_MOD_VENDOR; i++) {
		struct modver m = modload_resolve(ml, mods[i]);

		if (*m.version && !gover_is_toolchain(m.path))
			in.mods[want++] = m;
	}
	par_for_waiting(want, MIN(par_cpus(), 4u), NETWORK_THREADS, stat_one, &in);
	if (want)
		prefetch_gomods(ml, mods, n);
	free(in.mods);
}

static bool check_args(struct listing *l, const char *const *args, size_t n, bool *need_graph,
		       struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const char *arg = args[i], *at = strchr(arg, '@'), *v;
		const char *path = at ? arena_strndup(modload_arena(l->ml), arg, (size_t)(at - arg))
				      : arg;

		if (strchr(arg, '\\'))
			return err_set(e, ERR_REFUSED, "module paths never use backslash");
		if (str_eq(arg, ".") || str_eq(arg, "..") || str_has_prefix(arg, "./") ||
		    str_has_prefix(arg, "../"))
			return err_set(e, ERR_REFUSED,
				       "cannot use relative path %s to specify module", arg);
		if (str_eq(arg, "all") || strstr(arg, "...")) {
			*need_graph = true;
			if (!modload_has_root(l->ml)) {
				modload_no_root_error(l->ml, e);
				return err_wrap(e, "cannot match \"%s\": ", arg);
			}
			continue;
		}
		if (at && (at[1] == '-' || at[1] == '/'))
			return err_set(e, ERR_REFUSED, "invalid module version \"%s\"", at + 1);
		v = requirements_root(l->ml, l->rs, path);
		if (v && l->rs->pruning != MOD_UNPRUNED)
			continue;
		if (at && !str_eq(at + 1, "upgrade") && !str_eq(at + 1, "patch"))
			continue;
		*need_graph = true;
		if (modload_has_root(l->ml) || (!at && l->mode & MODLIST_VERSIONS))
			continue;
		modload_no_root_error(l->ml, e);
		return at ? err_wrap(e, "cannot match \"%s\": ", arg)
			  : err_wrap(
				    e,
				    "cannot match \"%s\" without -versions or an explicit version: ",
				    arg);
	}
	return true;
}

/* What go's list command refuses to do with a vendor directory. */
static bool check_vendor(struct modload *ml, const char *const *args, size_t n, unsigned mode,
			 struct err *e)
{
	static const char fmt[] =
		"can't %s using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)";

	if (modload_build_mod(ml) != BUILD_MOD_VENDOR)
		return true;
	if (mode & MODLIST_VERSIONS)
		return err_set(e, ERR_REFUSED, fmt, "determine available versions");
	if (mode & MODLIST_UPDATES)
		return err_set(e, ERR_REFUSED, fmt, "determine available upgrades");
	for (size_t i = 0; i < n; i++) {
		if (str_eq(args[i], "all"))
			return err_set(e, ERR_REFUSED, fmt, "compute 'all'");
		if (strstr(args[i], "..."))
			return err_set(e, ERR_REFUSED, fmt, "match module patterns");
	}
	return true;
}

static void list_args(struct listing *l, const char *const *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(args[i], '@');

		if (at)
			list_query(l,
				   arena_strndup(modload_arena(l->ml), args[i],
						 (size_t)(at - args[i])),
				   at + 1);
		else if (str_eq(args[i], "all") || strstr(args[i], "..."))
			list_pattern(l, args[i]);
		else
			list_path(l, args[i]);
	}
}

static bool is_quiet(enum query_failure f)
{
	return f == QUERY_NO_VERSION || f == QUERY_NOT_EXIST || f == QUERY_DISALLOWED;
}

static void add_update(struct listing *l, struct module_info *m)
{
	struct query_result r;
	struct err e = ERR_INIT;

	if (!query_version(l->ml, m->path, "upgrade", m->version, QUERY_ALLOWED, &r, &e)) {
		if (!is_quiet(r.failure))
			row_error(l->ml, m, e.text);
	} else if (gover_mod_compare(m->path, r.version, m->version) > 0) {
		m->update = row_new(l->ml, m->path, r.version);
		m->update->time = time_or_zero(r.time);
	}
	err_release(&e);
}

static void add_retraction(struct listing *l, struct module_info *m)
{
	static const char *const plain[] = { "retracted by module author" };
	struct query_retraction r;
	struct err e = ERR_INIT;

	if (!query_retracted(l->ml, (struct modver){ m->path, m->version }, &r, &e)) {
		if (!is_quiet(r.failure))
			row_error(l->ml, m, e.text);
	} else if (r.retracted) {
		m->retracted = r.n ? r.rationale : plain;
		m->n_retracted = r.n ? r.n : 1;
	}
	err_release(&e);
}

static void add_deprecation(struct listing *l, struct module_info *m)
{
	enum query_failure f;
	struct err e = ERR_INIT;

	if (!query_deprecated(l->ml, (struct modver){ m->path, m->version }, &m->deprecated, &f,
			      &e) &&
	    !is_quiet(f))
		row_error(l->ml, m, e.text);
	err_release(&e);
}

static void add_versions(struct listing *l, struct module_info *m)
{
	struct err e = ERR_INIT;
	enum query_allow allow = l->mode & MODLIST_RETRACTED ? QUERY_NOT_EXCLUDED : QUERY_ALLOWED;

	if (!query_versions(l->ml, m->path, allow, &m->versions, &m->n_versions, &e))
		row_error(l->ml, m, e.text);
	err_release(&e);
}

static void enrich(struct listing *l, struct module_info *m)
{
	if (l->mode & MODLIST_UPDATES && *m->version)
		add_update(l, m);
	if (l->mode & MODLIST_VERSIONS)
		add_versions(l, m);
	if (l->mode & (MODLIST_RETRACTED | MODLIST_UPDATES) && *m->version)
		add_retraction(l, m);
	if (l->mode & MODLIST_UPDATES)
		add_deprecation(l, m);
	if (m->replace)
		enrich(l, m->replace);
}

static void enrich_all(struct listing *l)
{
	const char **paths = xreallocarray(NULL, l->rows.n * 2 + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < l->rows.n; i++) {
		const struct module_info *m = l->rows.items[i];

		if (m->main || *m->error)
			continue;
		paths[n++] = m->replace && *m->replace->version ? m->replace->path : m->path;
	}
	query_prefetch(l->ml, paths, n,
		       l->mode & ~(unsigned)MODLIST_VERSIONS ? QUERY_ALLOWED : QUERY_ANY);
	free(paths);
	for (size_t i = 0; i < l->rows.n; i++)
		enrich(l, l->rows.items[i]);
}

/* Roots may hold what go.mod requires twice; go keeps one line for each, and does not count that as a change. */
static bool same_requires(struct modload *ml, const struct gomod *f, const struct requirements *rs)
{
	struct map have = MAP_INIT;
	size_t n = 0;
	bool same = true;

	for (size_t i = 0; i < f->require.n; i++)
		map_put(&have,
			arena_fmt(modload_arena(ml), "%s@%s", f->require.items[i].mod.path,
				  f->require.items[i].mod.version),
			NULL);
	for (size_t i = 0; i < rs->n_roots && same; i++) {
		struct modver m = rs->roots[i];

		if (gover_is_toolchain(m.path) || (i > 0 && modver_eq(m, rs->roots[i - 1])))
			continue;
		n++;
		same = map_has(&have, arena_fmt(modload_arena(ml), "%s@%s", m.path, m.version));
	}
	same = same && n == have.n;
	map_release(&have);
	return same;
}

/* commitRequirements as far as it refuses: would the go.mod that these roots make differ in meaning? */
static bool check_clean(struct modload *ml, const struct requirements *rs, struct err *e)
{
	const struct main_module *mm;
	const char *go = requirements_go_version(rs), *toolchain, *line;
	struct semver_part tv;
	bool dirty;

	modload_mains(ml, &mm);
	if (modload_gowork_file(ml) || !modload_has_root(ml))
		return true;
	if (gover_compare(go, modload_local_version(ml)) > 0)
		return modload_too_new(ml, "updating go.mod", go, e);
	if (modload_build_mod(ml) == BUILD_MOD_MOD)
		return true; /* go would write it now */
	toolchain = map_get(&rs->root_versions, "toolchain");
	line = "";
	if (toolchain) {
		tv = gover_from_toolchain(toolchain);
		if (!(str_has_prefix(toolchain, "go") && str_eq(toolchain + 2, go)) &&
		    gover_compare_n(tv.s, tv.len, GOVER_STRICT, strlen(GOVER_STRICT)) >= 0)
			line = toolchain;
	}
	dirty = mm->needs_fix || !str_eq(line, mm->file->toolchain) ||
		!(str_eq(go, mm->go_version) ||
		  (!*mm->go_version && str_eq(go, GOVER_DEFAULT_GOMOD))) ||
		!same_requires(ml, mm->file, rs);
	return !dirty || modload_dirty_error(ml, e);
}

/* keepSums where no packages were loaded, as far as it is about this module. */
static bool sum_is_kept(void *ctx, struct modver m, enum gosum_kind kind)
{
	const struct listing *l = ctx;
	const struct modgraph *mg = l->rs->graph;
	bool mods_too = gover_compare(modload_go_version(l->ml), GOVER_TIDY_GOMOD_SUM) >= 0;
	const uint32_t *list;
	size_t n;

	if (!mg) {
		for (size_t i = 0; i < l->rs->n_roots; i++) {
			if (modver_eq(modload_resolve(l->ml, l->rs->roots[i]), m))
				return true;
		}
		return false;
	}
	list = modgraph_order(mg, &n);
	for (size_t i = 0; kind == GOSUM_MOD && i < n; i++) {
		if (modgraph_is_read(mg, list[i]) &&
		    modver_eq(modload_resolve(l->ml, mg->tab->nodes[list[i]].mod), m))
			return true;
	}
	list = modgraph_build_list(mg, &n);
	for (size_t i = 0; (kind == GOSUM_ZIP || mods_too) && i < n; i++) {
		if (modver_eq(modload_resolve(l->ml, mg->tab->nodes[list[i]].mod), m))
			return true;
	}
	return false;
}

/* WriteGoSum as far as it refuses: would a hash be added to go.sum? */
static bool check_sums_clean(struct listing *l, struct err *e)
{
	if (modload_gowork_file(l->ml) || !modload_has_root(l->ml) ||
	    modload_build_mod(l->ml) == BUILD_MOD_MOD || err_is_set(e) ||
	    !gosum_any_learned(modload_sums(l->ml), sum_is_kept, l))
		return true;
	return err_set(e, ERR_REFUSED, "updates to go.sum needed, disabled by -mod=readonly");
}

static bool rows_fine(struct listing *l, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok;

	if (err_is_set(modload_fatal(l->ml)))
		return err_copy(e, modload_fatal(l->ml)), false;
	if (l->mode & MODLIST_ERRORS)
		return true;
	for (size_t i = 0; i < l->rows.n; i++) {
		if (*l->rows.items[i]->error && !(l->mode & MODLIST_ROWS))
			buf_addf(&b, "%s%s", b.len ? "\ngo: " : "", l->rows.items[i]->error);
	}
	if (err_is_set(&l->graph_err))
		buf_addf(&b, "%s%s", b.len ? "\ngo: " : "", l->graph_err.text);
	ok = b.len == 0 ||
	     err_set(e, err_is_set(&l->graph_err) ? l->graph_err.code : ERR_REFUSED, "%s", b.data);
	buf_release(&b);
	return ok;
}

static void list_mains(struct listing *l)
{
	const struct main_module *mains;
	size_t n = modload_mains(l->ml, &mains);

	for (size_t i = 0; i < n; i++)
		vec_push(&l->rows, main_info(l->ml, &mains[i]));
}

static bool list_run(struct listing *l, const char *const *args, size_t n, struct err *e)
{
	bool need_graph = false;

	if (!check_vendor(l->ml, args, n, l->mode, e) || !check_args(l, args, n, &need_graph, e))
		return false;
	if (need_graph)
		l->broken = !requirements_expand(l->ml, &l->rs, &l->mg, &l->graph_err);
	if (n)
		list_args(l, args, n);
	else
		list_mains(l);
	if (l->mode & (MODLIST_UPDATES | MODLIST_RETRACTED | MODLIST_VERSIONS))
		enrich_all(l);
	if (!l->broken) {
		modload_set_requirements(l->ml, l->rs);
		if (!(l->mode & MODLIST_UPDATES)) {
			check_clean(l->ml, l->rs, &l->graph_err);
			check_sums_clean(l, &l->graph_err);
		}
	}
	return rows_fine(l, e);
}

bool modlist_list(struct modload *ml, const char *const *args, size_t n_args, unsigned mode,
		  struct module_info ***rows, size_t *n, struct err *e)
{
	struct listing l = { .ml = ml, .rs = modload_requirements(ml), .mode = mode };
	bool ok = list_run(&l, args, n_args, e);

	*rows = arena_memdup(modload_arena(ml), l.rows.items, l.rows.n * sizeof(*l.rows.items));
	*n = l.rows.n;
	vec_release(&l.rows);
	map_release(&l.seen);
	err_release(&l.graph_err);
	return ok;
}

static void put_version(const struct module_info *m, struct buf *out)
{
	buf_addf(out, " %s%s", m->version, m->n_retracted ? " (retracted)" : "");
	if (m->update)
		buf_addf(out, " [%s%s]", m->update->version,
			 m->update->n_retracted ? " (retracted)" : "");
}

void modlist_text(const struct module_info *m, struct buf *out)
{
	buf_addstr(out, m->path);
	if (*m->version)
		put_version(m, out);
	if (*m->deprecated)
		buf_addstr(out, " (deprecated)");
	if (m->replace) {
		buf_addf(out, " => %s", m->replace->path);
		if (*m->replace->version)
			put_version(m->replace, out);
		if (*m->replace->deprecated)
			buf_addstr(out, " (deprecated)");
	}
	buf_addch(out, '\n');
}
