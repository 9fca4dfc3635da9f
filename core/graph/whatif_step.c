#include "graph/whatif_impl.h"

#include "base/text.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"
#include "graph/query.h"
#include "graph/retraction.h"

static void begin_command(const struct whatif_module *m, const char *tool, struct buf *b)
{
	buf_addstr(b, "go ");
	if (m->dir[0]) {
		buf_addstr(b, "-C ");
		text_shell_word(b, m->dir);
		buf_addch(b, ' ');
	}
	buf_addstr(b, tool);
}

static void end_command(struct whatif_module *m, struct buf *b)
{
	vec_push(&m->run->commands, arena_strdup(m->run->a, b->data));
	buf_release(b);
}

static void put_argument(struct buf *b, const char *flag, const char *path, const char *version)
{
	struct buf word = BUF_INIT;

	buf_addf(&word, "%s%s%s%s", flag, path, *version ? "@" : "", version);
	buf_addch(b, ' ');
	text_shell_word(b, word.data);
	buf_release(&word);
}

void whatif_step_name_unreplace(struct whatif_module *m, const char *tool,
				const struct gomod_replace *lines, size_t n, const char *path)
{
	struct buf b = BUF_INIT;
	bool any = false;

	begin_command(m, tool, &b);
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(lines[i].from.path, path))
			continue;
		put_argument(&b, "-dropreplace=", path, lines[i].from.version);
		any = true;
	}
	if (any)
		end_command(m, &b);
	else
		buf_release(&b);
}

static void name_edit(const struct whatif_step *s, struct buf *b)
{
	bool drop = s->kind == WHATIF_DROP;

	if (str_eq(s->path, "go"))
		put_argument(b, "-go=", s->version, "");
	else if (str_eq(s->path, "toolchain"))
		put_argument(b, "-toolchain=", drop ? "none" : s->version, "");
	else if (drop)
		put_argument(b, "-droprequire=", s->path, "");
	else
		put_argument(b, "-require=", s->path, s->version);
}

void whatif_step_name(struct whatif_module *m, const struct whatif_step *s)
{
	bool get = s->kind == WHATIF_GET || s->kind == WHATIF_UPGRADE;
	struct buf b = BUF_INIT;

	begin_command(m, get ? "get" : "mod edit", &b);
	if (get)
		put_argument(&b, "", s->path, s->version);
	else
		name_edit(s, &b);
	end_command(m, &b);
}

void whatif_step_replace_root(struct whatif_module *m, const char *path, const struct modver *add)
{
	struct requirements *rs = m->rs;
	const struct map *direct = rs->direct;
	VEC(struct modver) roots = { 0 };

	for (size_t i = 0; i < rs->n_roots; i++)
		if (!str_eq(rs->roots[i].path, path))
			vec_push(&roots, rs->roots[i]);
	if (add)
		vec_push(&roots, *add);
	/* go mod edit adds lines without // indirect */
	if (add && roots.n > rs->n_roots && !gover_is_toolchain(path)) {
		struct map *more = modload_new_set(m->ml);

		for (size_t i = 0; i < direct->n; i++)
			map_put(more, direct->entries[i].key, NULL);
		map_put(more, modtab_mod(modload_tab(m->ml), *add).path, NULL);
		direct = more;
	}
	m->rs = requirements_new(m->ml, rs->pruning, roots.items, roots.n, direct);
	vec_release(&roots);
}

/* The edited go.mod is read again: a different go line may mean a different pruning, whatever made the edit. */
static void read_anew(struct whatif_module *m)
{
	struct requirements *rs = m->rs;
	enum pruning pruning = rs->pruning == PRUNING_WORKSPACE
				       ? rs->pruning
				       : pruning_for(requirements_go_version(rs));

	if (pruning != rs->pruning)
		m->rs = requirements_new(m->ml, pruning, rs->roots, rs->n_roots, rs->direct);
}

/* Arguments that go get accepts and go mod edit does not. */
static bool check_pattern(const struct whatif_step *s, const char *version, struct err *e)
{
	bool get = s->kind == WHATIF_GET || s->kind == WHATIF_UPGRADE;

	if (get && str_eq(s->path, "all") && !query_is_upgrade(version))
		return err_set(
			e, ERR_REFUSED,
			"can't request version \"%s\" of pattern \"all\" that includes the main modules",
			version);
	if (!get && (str_eq(s->path, "all") || strstr(s->path, "...")))
		return err_set(e, ERR_REFUSED,
			       "%s: go mod edit takes no patterns; --get does, as go get", s->path);
	return true;
}

/* An argument without a version. */
static bool check_bare(const struct whatif_step *s, struct err *e)
{
	return (!str_eq(s->path, "std") && !str_eq(s->path, "cmd")) ||
	       err_set(e, ERR_REFUSED, "internal error: queryPath called with pattern \"%s\"",
		       s->path);
}

/* Errors of go get's newQuery. */
bool whatif_step_check(const struct whatif_step *s, struct err *e)
{
	static const char *const metas[] = { "std", "cmd", "work" };
	bool relative = modpath_is_directory(s->path);
	const char *version = s->version[0] ? s->version : "upgrade";

	if (s->kind == WHATIF_GET && !s->version[0])
		return check_bare(s, e);
	for (size_t i = 0; i < ARRAY_LEN(metas); i++)
		if (str_eq(s->path, metas[i]))
			return err_set(
				e, ERR_REFUSED,
				"can't request explicit version of standard-library pattern \"%s\"",
				s->path);
	if (str_eq(s->path, "tool"))
		return err_set(e, ERR_REFUSED,
			       "can't request explicit version of \"tool\" pattern");
	if (relative)
		return err_set(
			e, ERR_REFUSED,
			"can't request explicit version \"%s\" of path \"%s\" in main module",
			version, s->path);
	return check_pattern(s, version, e);
}

static bool resolve(struct whatif_module *m, struct whatif_step *s, const char *current,
		    struct err *e)
{
	struct query_result q;
	const char *query = s->version[0] ? s->version : "upgrade";

	if (!query_for_get(m->ml, s->path, query, current, &q, e))
		return false;
	s->version = arena_strdup(m->run->a, q.version);
	return true;
}

/* go get adds the current go line to a go.mod without one, with the corresponding pruning. */
static bool add_go_line(struct whatif_module *m, struct err *e)
{
	const struct modproject *mp = modload_project(m->ml);
	const struct modproject_main *mains;
	const char *go = modproject_local_version(mp);

	if (!modproject_mains(mp, &mains) || mains[0].go_version[0] || modproject_gowork_file(mp) ||
	    str_eq(requirements_go_version(m->rs), go))
		return true;
	m->rs = requirements_override(m->ml, m->rs, &(struct modver){ "go", go }, 1);
	return requirements_convert(m->ml, m->rs, pruning_for(go), &m->rs, e);
}

static bool edit_requirements(struct whatif_module *m, const struct whatif_step *s,
			      const struct getwords *words, struct err *e)
{
	struct goget_result got = { 0 };
	bool ok = goget_edit(m->ml, m->rs,
			     (struct modver_list){ &(struct modver){ s->path, s->version }, 1 },
			     (struct modver_list){ 0 }, words, &got, e);

	if (ok) {
		m->rs = got.rs;
		m->run->loaded = got.rs->pruning;
		read_anew(m);
	}
	for (size_t i = 0; i < got.lowered.n; i++)
		vec_push(&m->run->lowered, got.lowered.items[i]);
	goget_release(&got);
	return ok;
}

/* The text after the @. */
static const char *asked_version(const struct whatif_step *s)
{
	return s->kind == WHATIF_UPGRADE ? "upgrade" : s->version;
}

static void take_warnings(struct whatif_run *r, struct goget_warnings list)
{
	for (size_t i = 0; i < list.n; i++) {
		const struct goget_warning *w = &list.items[i];

		if (w->retracted)
			buf_addf(&r->warnings, "%s@%s: %s\n", w->mod.path, w->mod.version, w->text);
		else
			buf_addf(&r->warnings, "module %s is deprecated: %s\n", w->mod.path,
				 w->text);
	}
	goget_warn(list, &r->said);
}

/* go and toolchain have no packages; without a loader packages are not considered. */
static bool get_module(struct whatif_module *m, struct whatif_step *s, const struct modgraph *mg,
		       struct err *e)
{
	struct getwords w = getwords_of(m->run->a, s->path, asked_version(s));
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;

	if (str_eq(s->version, "none") || resolve(m, s, modgraph_selected(mg, s->path), &why))
		return edit_requirements(m, s, &w, e);
	getwords_report(&w, why.text ? why.text : "", &b);
	err_set(e, why.code, "%s", b.data);
	buf_release(&b);
	err_release(&why);
	return false;
}

/* Module versions that go cannot read in a go.mod. */
static bool check_major(struct modver m, struct err *e)
{
	struct err why = ERR_INIT;
	size_t prefix;
	bool ok = true;

	if (!modpath_split(m.path, &prefix))
		return err_set(e, ERR_SYNTAX, "module path %s is not of form PATH/vN", m.path);
	if (!modpath_check_major(m.version, m.path + prefix, &why))
		ok = err_set(e, ERR_SYNTAX, "require %s: %s", m.path, why.text);
	err_release(&why);
	return ok;
}

/* go get may write a go.mod that go cannot read. */
static bool check_roots(const struct requirements *rs, struct err *e)
{
	for (size_t i = 0; i < rs->n_roots; i++)
		if (!gover_is_toolchain(rs->roots[i].path) && rs->roots[i].version[0] &&
		    !check_major(rs->roots[i], e))
			return false;
	return true;
}

static bool get_packages(struct whatif_module *m, struct whatif_step *s, struct err *e)
{
	struct goget_argument g = {
		.arena = m->run->a, .pattern = s->path, .version = asked_version(s), .rs = m->rs
	};
	bool ok = m->run->o->load(m->ml, &g, e) && check_roots(g.rs, e);

	if (ok) {
		m->rs = g.rs;
		m->run->loaded = g.rs->pruning;
		m->run->read = g.read;
		s->version = arena_strdup(m->run->a, g.got ? g.got : g.version);
		read_anew(m);
		take_warnings(m->run, g.warnings);
	}
	for (size_t i = 0; i < g.lowered.n; i++)
		vec_push(&m->run->lowered, g.lowered.items[i]);
	vec_release(&g.lowered);
	return ok;
}

/* go and toolchain have no packages: what go get loads then is the workspace. */
static bool check_workspace(struct whatif_module *m, const struct whatif_step *s, struct err *e)
{
	struct goget_argument g = {
		.arena = m->run->a, .pattern = s->path, .version = s->version, .rs = m->rs
	};

	return !m->run->o->load || m->run->o->load(m->ml, &g, e);
}

static bool get(struct whatif_module *m, struct whatif_step *s, struct err *e)
{
	const struct modgraph *mg;

	if (str_eq(s->path, "go") && str_eq(s->version, "none"))
		return err_set(e, ERR_USAGE, "cannot use go@none");
	if (!add_go_line(m, e) || !requirements_expand(m->ml, &m->rs, &mg, e))
		return false;
	if (str_eq(s->path, "toolchain") && str_eq(s->version, "none")) {
		whatif_step_replace_root(m, s->path, NULL);
		m->run->loaded = m->rs->pruning;
		read_anew(m);
		return check_workspace(m, s, e);
	}
	if (m->run->o->load && !gover_is_toolchain(s->path))
		return get_packages(m, s, e);
	return get_module(m, s, mg, e) && check_workspace(m, s, e);
}

/* Refuses steps that make a go.mod that go cannot read. */
static bool check_pin(struct whatif_module *m, const struct whatif_step *s, struct err *e)
{
	struct modproject *mp = modload_project(m->ml);

	if (str_eq(s->path, "toolchain"))
		return true;
	if (str_eq(s->path, "go"))
		return gover_compare(s->version, modproject_local_version(mp)) <= 0 ||
		       modproject_too_new(mp, "go.mod", s->version, e);
	return check_major((struct modver){ s->path, s->version }, e);
}

/* A query is relative to the selected version: go mod edit itself loads nothing. */
static bool resolve_pin(struct whatif_module *m, struct whatif_step *s, struct err *e)
{
	struct requirements *rs = m->rs;
	const struct modgraph *mg;

	return query_is_named(m->run->a, s->path, s->version) ||
	       (requirements_expand(m->ml, &rs, &mg, e) &&
		resolve(m, s, modgraph_selected(mg, s->path), e));
}

/* loadModFile of the edited file. A requirement on an excluded version is dropped when go.mod is read. */
static bool pin(struct whatif_module *m, struct whatif_step *s, struct err *e)
{
	struct modver mod;
	bool excluded;

	if (!resolve_pin(m, s, e) || !check_pin(m, s, e))
		return false;
	mod = (struct modver){ s->path, s->version };
	excluded = modproject_is_excluded(modload_project(m->ml), mod);
	whatif_step_replace_root(m, s->path, excluded ? NULL : &mod);
	read_anew(m);
	if (requirements_redundant(m->ml, m->rs))
		return requirements_update(m->ml, m->rs,
					   &(struct requirements_change){ .direct = m->rs->direct },
					   &m->rs, e);
	return true;
}

static bool drop(struct whatif_module *m, const struct whatif_step *s, struct err *e)
{
	if (str_eq(s->path, "go"))
		return err_set(e, ERR_USAGE, "cannot use go@none");
	whatif_step_replace_root(m, s->path, NULL);
	return true;
}

bool whatif_step_take(struct whatif_module *m, struct whatif_step *s, struct err *e)
{
	if (s->kind != WHATIF_UNREPLACE && !whatif_step_check(s, e))
		return false;
	switch (s->kind) {
	case WHATIF_UNREPLACE: return true;
	case WHATIF_DROP: return drop(m, s, e);
	case WHATIF_PIN: return pin(m, s, e);
	case WHATIF_UPGRADE:
	case WHATIF_GET: return get(m, s, e);
	}
	return true;
}
