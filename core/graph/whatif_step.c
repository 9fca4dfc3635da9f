#include "graph/whatif_impl.h"

#include "base/text.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"
#include "graph/query.h"
#include "graph/retraction.h"

size_t whatif_steps_together(const struct whatif_steps *s, size_t i)
{
	size_t n = 1;

	while (i + n < s->n && s->items[i].kind == WHATIF_GET &&
	       s->items[i + n].kind == WHATIF_GET && s->items[i + n].joined)
		n++;
	return n;
}

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

void whatif_step_name(struct whatif_module *m, const struct whatif_step *s, size_t n)
{
	struct buf b = BUF_INIT;

	begin_command(m, whatif_is_get(s) ? "get" : "mod edit", &b);
	for (size_t i = 0; whatif_is_get(s) && i < n; i++)
		put_argument(&b, "", s[i].path, s[i].version);
	if (!whatif_is_get(s))
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
	bool get = whatif_is_get(s);

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
	if (whatif_is_get(s) && str_eq(s->path, "go") && str_eq(version, "none"))
		return err_set(e, ERR_USAGE, "cannot use go@none");
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

static bool drops_toolchain(const struct whatif_step *s)
{
	return str_eq(s->path, "toolchain") && str_eq(s->version, "none");
}

static struct goget_command command_of(struct whatif_module *m, const struct whatif_step *s,
				       size_t n)
{
	struct goget_argument *args = arena_calloc(m->run->a, n + 1, sizeof(*args));
	struct goget_command g = { .arena = m->run->a, .args = args, .rs = m->rs };

	for (size_t i = 0; i < n; i++)
		if (!drops_toolchain(&s[i]))
			args[g.n++] = (struct goget_argument){ .pattern = s[i].path,
							       .version = asked_version(&s[i]) };
	return g;
}

static void take_versions(struct whatif_module *m, const struct goget_command *g,
			  struct whatif_step *s, size_t n)
{
	const struct goget_argument *arg = g->args;

	for (size_t i = 0; i < n; i++) {
		if (drops_toolchain(&s[i])) {
			whatif_step_replace_root(m, s[i].path, NULL);
			continue;
		}
		s[i].version = arena_strdup(m->run->a, arg->got ? arg->got : arg->version);
		arg++;
	}
}

static bool load(struct whatif_module *m, struct whatif_step *s, size_t n, struct err *e)
{
	struct goget_command g = command_of(m, s, n);
	bool ok = m->run->o->load(m->ml, &g, e) && check_roots(g.rs, e);

	if (ok) {
		m->rs = g.rs;
		m->run->loaded = g.rs->pruning;
		m->run->read = g.read;
		take_versions(m, &g, s, n);
		read_anew(m);
		take_warnings(m->run, g.warnings);
	}
	for (size_t i = 0; i < g.lowered.n; i++)
		vec_push(&m->run->lowered, g.lowered.items[i]);
	vec_release(&g.lowered);
	return ok;
}

static bool get(struct whatif_module *m, struct whatif_step *s, size_t n, struct err *e)
{
	const struct modgraph *mg;

	return add_go_line(m, e) && requirements_expand(m->ml, &m->rs, &mg, e) && load(m, s, n, e);
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
	/* a workspace takes the lines of its members as they are */
	if (!m->run->workspace && requirements_redundant(m->ml, m->rs))
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

void whatif_step_add_error(struct err *all, struct err *e)
{
	struct err both = ERR_INIT;

	if (!err_is_set(all)) {
		err_move(all, e);
		return;
	}
	err_set(&both, all->code, "%s\ngo: %s", all->text, e->text);
	err_release(all);
	err_release(e);
	*all = both;
	*e = (struct err)ERR_INIT;
}

bool whatif_step_check_all(const struct whatif_step *s, size_t n, struct err *e)
{
	struct err all = ERR_INIT, one = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		if (s[i].kind != WHATIF_UNREPLACE && !whatif_step_check(&s[i], &one))
			whatif_step_add_error(&all, &one);
	return !err_is_set(&all) || err_move(e, &all);
}

bool whatif_step_take(struct whatif_module *m, struct whatif_step *s, size_t n, struct err *e)
{
	if (!whatif_step_check_all(s, n, e))
		return false;
	switch (s->kind) {
	case WHATIF_UNREPLACE: return true;
	case WHATIF_DROP: return drop(m, s, e);
	case WHATIF_PIN: return pin(m, s, e);
	case WHATIF_UPGRADE:
	case WHATIF_GET: return get(m, s, n, e);
	}
	return true;
}
