#include "release/replaces.h"

#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "gofiles/modpath.h"
#include "release/replaces_impl.h"

struct judge {
	struct arena *a;
	const struct replaces_input *in;
	struct modproject *mp;
	const struct modgraph *mg;
	struct replaces *r;
	struct err *e;
	ARENA_VEC(struct replaces_remark) remarks; /* of the current row */
};

const char *replaces_verb_name(enum replaces_verb verb)
{
	static const char *const names[] = { "replace", "exclude", "retract", "tool",
					     "ignore",	"godebug", "use" };

	return names[verb];
}

static struct replaces_remark *remark(struct judge *j, enum finding_severity severity,
				      const char *kind, const char *text, const char *remedy)
{
	arena_vec_push(j->a, &j->remarks,
		       (struct replaces_remark){ severity, kind, text, "", remedy });
	return &j->remarks.items[j->remarks.n - 1];
}

static const char *base_of(struct judge *j, const char *file)
{
	return path_base(j->a, file);
}

static const char *edit(struct judge *j, const struct replaces_row *row, const char *flag)
{
	return arena_fmt(j->a, "go %s edit -%s=%s%s%s",
			 !row->main[0] && row->verb == REPLACES_REPLACE ? "work" : "mod", flag,
			 row->mod.path, row->mod.version[0] ? "@" : "", row->mod.version);
}

static const char *selected(struct judge *j, const char *path)
{
	const char *v = modgraph_selected(j->mg, path);

	return str_eq(v, "none") ? "" : v;
}

static bool in_graph(struct judge *j, struct modver m)
{
	uint32_t node = modtab_find(j->mg->tab, m);

	return node != MODTAB_NONE && node < j->mg->cap_nodes && modgraph_has(j->mg, node);
}

static const char *chain_text(struct judge *j, struct modver m)
{
	uint32_t node = modtab_find(j->mg->tab, m);
	struct buf b = BUF_INIT;
	const uint32_t *chain;
	const char *text;
	size_t n;

	if (node == MODTAB_NONE || node >= j->mg->cap_nodes)
		return "";
	n = modgraph_chain(j->mg, node, j->a, &chain);
	for (size_t i = 0; i < n; i++) {
		buf_addstr(&b, i ? " > " : "");
		buf_add_modver(&b, j->mg->tab->nodes[chain[i]].mod);
	}
	text = arena_strndup(j->a, b.data, b.len);
	buf_release(&b);
	return text;
}

/* The file that decides about a module in a replace line. */
static const struct replaces_row *other_line(struct judge *j, const struct replaces_row *row,
					     struct modver from, const char *file)
{
	for (size_t i = 0; i < j->r->n; i++) {
		const struct replaces_row *o = &j->r->rows[i];

		if (o != row && o->verb == REPLACES_REPLACE && modver_eq(o->mod, from) &&
		    (!file || str_eq(o->file, file)))
			return o;
	}
	return NULL;
}

static const struct replaces_row *decider(struct judge *j, const struct replaces_row *row)
{
	struct modver m = { row->mod.path, row->selected }, to;
	const char *dir, *file = modproject_replacement_from(j->mp, m, &to, &dir);
	const struct replaces_row *o = NULL;

	if (file)
		o = other_line(j, row, m, file);
	if (file && !o)
		o = other_line(j, row, (struct modver){ m.path, "" }, file);
	return o;
}

static bool is_used(struct judge *j, const struct replaces_row *row)
{
	struct modver m = { row->mod.path, row->selected }, to;
	const char *dir, *file = modproject_replacement_from(j->mp, m, &to, &dir);

	if (!file || !modver_eq(to, row->to) ||
	    (row->mod.version[0] && !str_eq(row->mod.version, m.version)))
		return false;
	/* of equal lines in several files, or besides a line with the version, only one counts */
	return str_eq(file, row->file) && (row->mod.version[0] || !other_line(j, row, m, file));
}

static void judge_unused(struct judge *j, struct replaces_row *row)
{
	const struct replaces_row *o;

	if (modproject_is_main(j->mp, row->mod.path)) {
		row->effect = "none: main modules are never replaced";
	} else if (!row->selected[0]) {
		row->effect = "none: the module is not in the build list";
	} else if (row->mod.version[0] && !str_eq(row->mod.version, row->selected)) {
		row->used = in_graph(j, row->mod);
		row->effect =
			row->used
				? arena_fmt(j->a,
					    "only its go.mod counts, in the graph: %s is selected",
					    row->selected)
				: arena_fmt(j->a, "none: %s is selected", row->selected);
	} else {
		o = decider(j, row);
		row->effect = o ? arena_fmt(j->a, "none: %s:%d decides", base_of(j, o->file),
					    o->line)
				: "none";
	}
	if (!row->used)
		remark(j, FINDING_INFO, "replaces/unused",
		       arena_fmt(j->a, "the line does nothing (%s)", row->effect),
		       edit(j, row, "dropreplace"));
}

static void read_declared(struct judge *j, struct replaces_local *l)
{
	struct gomod_options o = { .name = "go.mod", .lax = true };
	struct err e = ERR_INIT;
	struct gomod *f;
	size_t len;
	char *data;

	l->exists = fs_read(j->a, path_join(j->a, l->dir, "go.mod"), FS_MAX_MOD, &data, &len, &e);
	if (l->exists && gomod_parse(&f, j->a, &o, data, len, NULL))
		l->declares = f->module;
	if (!l->exists && e.code != ERR_NOT_FOUND)
		l->unread = arena_strdup(j->a, e.text);
	err_release(&e);
}

static const char *major_of(const char *path)
{
	size_t at;

	return modpath_split(path, &at) ? path + at : "";
}

/* Under its own path and under the one that it replaces. */
static bool find_published(struct judge *j, struct replaces_local *l, const char *path,
			   const char *known)
{
	const char *cache = goenv_modcache(modproject_env(j->mp), NULL);
	const char *license = l->git.there && l->git.prefix[0]
				      ? path_join(j->a, l->git.top, "LICENSE")
				      : NULL;
	struct gosum *sums = modproject_sums(j->mp);
	struct err e = ERR_INIT;
	struct moddir d;

	if (!moddir_read(&d, j->a, l->dir, license, j->in->cancel, &e)) {
		bool cancelled = e.code == ERR_CANCELLED;

		if (!l->unread[0])
			l->unread = arena_strdup(j->a, e.text);
		return cancelled ? err_move(j->e, &e) : (err_release(&e), true);
	}
	published_find(&l->published, j->a, &d, path, cache, sums, known);
	l->published_path = path;
	if (!l->published.version[0] && l->declares[0] && !str_eq(l->declares, path)) {
		struct published own;

		published_find(&own, j->a, &d, l->declares, cache, NULL, NULL);
		if (own.version[0] || !l->published.n_known) {
			l->published = own;
			l->published_path = l->declares;
		}
		if (own.unread[0])
			l->published.unread = own.unread;
	}
	if (!l->unread[0])
		l->unread = l->published.unread;
	return true;
}

static bool read_local(struct judge *j, struct replaces_row *row, const char *dir, const char *path,
		       const char *known)
{
	struct replaces_local *l = arena_calloc(j->a, 1, sizeof(*l));
	struct err e = ERR_INIT;

	*l = (struct replaces_local){ .dir = dir,
				      .declares = "",
				      .unread = "",
				      .published = { .version = "", .newest = "", .unread = "" },
				      .published_path = "" };
	row->local = l;
	read_declared(j, l);
	if (!l->exists)
		return true;
	if (!path)
		path = l->declares;
	if (!gitplace_read(&l->git, j->a, dir, major_of(*l->declares ? l->declares : path), &e))
		l->unread = arena_strdup(j->a, e.text);
	else if (l->git.there && *l->git.unwalked && !l->git.shallow)
		l->unread = l->git.unwalked;
	err_release(&e);
	return find_published(j, l, path, known);
}

static void remark_dirty(struct judge *j, const struct replaces_local *l)
{
	const struct gitplace *g = &l->git;

	if (!g->there)
		return;
	if (g->n_changed || g->n_untracked)
		remark(j, FINDING_WARNING, "replaces/dirty",
		       arena_fmt(j->a, "%s has %zu changed and %zu untracked: %s", l->dir,
				 g->n_changed, g->n_untracked, g->dirty),
		       "commit there, or stash");
	if (g->n_unpushed)
		remark(j, FINDING_WARNING, "replaces/unpushed",
		       arena_fmt(j->a, "%zu commit%s of %s %s not on %s", g->n_unpushed,
				 g->n_unpushed == 1 ? "" : "s", l->dir,
				 g->n_unpushed == 1 ? "is" : "are",
				 g->upstream[0] ? g->upstream : "any remote branch"),
		       gitplace_push_remedy(g, j->a, l->dir));
}

static void remark_target(struct judge *j, const struct replaces_row *row)
{
	const struct replaces_local *l = row->local;
	const char *file = path_join(j->a, l->dir, "go.mod");

	if (!l->exists && l->unread[0])
		remark(j, FINDING_ERROR, "replaces/target-no-module",
		       arena_fmt(j->a, "%s cannot be read", file), "fix its permissions")
			->go_says = arena_fmt(j->a, "reading %s: %s", file, l->unread);
	else if (!fs_is_dir(l->dir))
		remark(j, FINDING_ERROR, "replaces/target-missing",
		       arena_fmt(j->a, "the directory %s does not exist", l->dir),
		       "make the directory, or drop the line")
			->go_says = arena_fmt(j->a,
					      "reading %s: open %s: no such file or directory",
					      file, file);
	else if (!l->exists)
		remark(j, FINDING_ERROR, "replaces/target-no-module",
		       arena_fmt(j->a, "%s has no go.mod", l->dir),
		       row->verb == REPLACES_USE
			       ? gowork_drop_use(j->a, row->mod.path)
			       : arena_fmt(j->a, "cd %s && go mod init %s", l->dir, row->mod.path))
			->go_says = arena_fmt(j->a,
					      "reading %s: open %s: no such file or directory",
					      file, file);
	else if (row->verb == REPLACES_REPLACE && l->declares[0] &&
		 !str_eq(l->declares, row->mod.path))
		remark(j, FINDING_INFO, "replaces/path-differs",
		       arena_fmt(j->a, "%s declares its path as %s: go accepts it anyway", file,
				 l->declares),
		       "");
	if (l->exists && l->unread[0])
		remark(j, FINDING_UNKNOWN, "replaces/unread",
		       arena_fmt(j->a, "not all of %s is known: %s", l->dir, l->unread), "");
	if (l->published.version[0] && row->verb == REPLACES_REPLACE)
		remark(j, FINDING_INFO, "replaces/same-content",
		       arena_fmt(j->a,
				 "this is %s %s byte for byte: the replace line can be dropped",
				 l->published_path, l->published.version),
		       arena_fmt(j->a, "%s && go get %s@%s", edit(j, row, "dropreplace"),
				 l->published_path, l->published.version));
}

/* A replacement by a version: is it available? */
static void remark_version(struct judge *j, const struct replaces_row *row)
{
	struct source *s = modproject_source(j->mp);
	struct source_info info;
	struct err e = ERR_INIT;

	if (source_cached_gomod_file(s, row->to) ||
	    source_stat(s, row->to.path, row->to.version, &info, &e))
		;
	else if (e.code == ERR_NOT_FOUND || e.code == ERR_NO_MATCH)
		remark(j, FINDING_ERROR, "replaces/target-missing",
		       arena_fmt(j->a, "%s@%s does not exist", row->to.path, row->to.version),
		       "choose another version, or drop the line")
			->go_says = arena_strdup(j->a, e.text);
	else
		remark(j, FINDING_UNKNOWN, "replaces/target-unknown",
		       arena_fmt(j->a, "%s@%s is not cached: %s", row->to.path, row->to.version,
				 finding_gist(j->a, e.text)),
		       arena_fmt(j->a, "go mod download %s@%s", row->to.path, row->to.version));
	err_release(&e);
}

static const char *dir_of_line(struct judge *j, const struct replaces_row *row, const char *dir)
{
	if (path_is_abs(dir))
		return path_clean(j->a, dir);
	return path_join(j->a, path_dir(j->a, row->file), dir);
}

static const char *replaced_effect(struct judge *j, const struct replaces_row *row)
{
	return arena_fmt(j->a, "%s %s comes from %s%s%s", row->mod.path, row->selected,
			 row->to.path, row->to.version[0] ? " " : "", row->to.version);
}

static bool judge_replace(struct judge *j, struct replaces_row *row)
{
	row->selected = modproject_is_main(j->mp, row->mod.path) ? "" : selected(j, row->mod.path);
	row->used = row->selected[0] && is_used(j, row);
	if (row->used) {
		row->effect = replaced_effect(j, row);
		row->chain = chain_text(j, (struct modver){ row->mod.path, row->selected });
	} else {
		judge_unused(j, row);
	}
	if (row->to.version[0]) {
		if (row->used)
			remark_version(j, row);
		return true;
	}
	if (!read_local(j, row, dir_of_line(j, row, row->to.path), row->mod.path, row->selected))
		return false;
	remark_target(j, row);
	if (row->used && row->main[0])
		remark(j, FINDING_WARNING, "replaces/local",
		       "a directory on this machine: no dependent and no other checkout has it",
		       "push and tag it, and require that version");
	if (row->used)
		remark_dirty(j, row->local);
	return true;
}

/* The nodes whose files require an excluded version. */
struct askers {
	const char *first;
	size_t n;
};

static void count_asker(struct judge *j, struct askers *k, struct modver who)
{
	if (!k->n++)
		k->first = who.version[0] ? arena_fmt(j->a, "%s@%s", who.path, who.version)
					  : who.path;
}

static struct askers find_askers(struct judge *j, struct modver m)
{
	const struct modproject_main *mains;
	size_t n_mains = modproject_mains(j->mp, &mains), n;
	const uint32_t *order = modgraph_order(j->mg, &n);
	uint32_t node = modtab_find(j->mg->tab, m);
	struct askers k = { "", 0 };

	for (size_t i = 0; i < n_mains; i++)
		for (size_t q = 0; mains[i].file && q < mains[i].file->require.n; q++)
			if (modver_eq(mains[i].file->require.items[q].mod, m))
				count_asker(j, &k, mains[i].mod);
	for (size_t i = 0; node != MODTAB_NONE && i < n; i++) {
		const struct modload_summary *s = modload_known_file(j->in->modload, order[i]);

		for (size_t q = 0; s && q < s->n_require; q++)
			if (s->require[q] == node) {
				count_asker(j, &k, j->mg->tab->nodes[order[i]].mod);
				break;
			}
	}
	return k;
}

static void judge_exclude(struct judge *j, struct replaces_row *row)
{
	struct askers k = find_askers(j, row->mod);
	const char *others = k.n > 1 ? arena_fmt(j->a, " and %zu other%s", k.n - 1,
						 k.n == 2 ? "" : "s")
				     : "";

	row->selected = selected(j, row->mod.path);
	row->used = k.n > 0;
	if (!k.n) {
		row->effect = "none: nothing asks for this version";
		remark(j, FINDING_INFO, "replaces/exclude-unused", "nothing asks for this version",
		       edit(j, row, "dropexclude"));
	} else if (!row->selected[0]) {
		row->effect = arena_fmt(j->a, "decides: %s%s asks for it, and the module is gone",
					k.first, others);
	} else if (gover_mod_compare(row->mod.path, row->mod.version, row->selected) > 0) {
		row->effect = arena_fmt(j->a, "decides: %s%s asks for it, %s is selected instead",
					k.first, others, row->selected);
	} else {
		row->effect = arena_fmt(j->a, "%s%s asks for it; %s is selected all the same",
					k.first, others, row->selected);
	}
}

static void judge_retract(struct judge *j, struct replaces_row *row)
{
	const struct modproject_main *m = modproject_main(j->mp, row->main);
	const char *const *versions = NULL;
	struct gitplace g;
	size_t n = 0, hit = 0;

	if (!row->note[0])
		remark(j, FINDING_INFO, "replaces/retract-no-reason",
		       "no rationale: users see \"retracted by module author\"",
		       "say why in a comment on the line");
	row->used = true;
	row->effect = "counts as soon as a newer version has this line";
	if (!m || !gitplace_read(&g, j->a, m->dir, major_of(row->main), NULL) || !g.there ||
	    !gitplace_versions(&g, j->a, &versions, &n, NULL) || !n)
		return;
	for (size_t i = 0; i < n; i++)
		hit += semver_compare(versions[i], row->mod.version) >= 0 &&
		       semver_compare(versions[i], row->high) <= 0;
	row->used = hit > 0;
	row->effect = arena_fmt(j->a,
				"%zu of %zu tags; counts as soon as a newer version has this line",
				hit, n);
	if (!hit)
		remark(j, FINDING_INFO, "replaces/retract-no-version",
		       "no tag of the repository matches", "");
}

/* The module of the build list whose path is the longest prefix. */
static struct modver provider(struct judge *j, const char *package)
{
	for (size_t n = strlen(package); n > 0; n--) {
		const char *path;

		if (package[n] != '\0' && package[n] != '/')
			continue;
		path = arena_strndup(j->a, package, n);
		if (modproject_is_main(j->mp, path))
			return (struct modver){ path, "" };
		if (selected(j, path)[0])
			return (struct modver){ path, selected(j, path) };
	}
	return (struct modver){ "", "" };
}

static void judge_tool(struct judge *j, struct replaces_row *row)
{
	struct modver m = provider(j, row->mod.path);

	row->used = m.path[0] != '\0';
	if (row->used) {
		row->selected = m.version;
		row->effect = arena_fmt(j->a, "provided by %s %s", m.path,
					m.version[0] ? m.version : "(main)");
		row->chain = chain_text(j, m);
		return;
	}
	row->effect = "no module of the build list has this package";
	remark(j, FINDING_ERROR, "replaces/tool-missing", row->effect,
	       arena_fmt(j->a, "go get -tool %s", row->mod.path));
}

static void judge_ignore(struct judge *j, struct replaces_row *row)
{
	const char *rel = row->mod.path;

	row->used = true;
	row->effect = "packages there do not match patterns";
	if (!str_has_prefix(rel, "./")) { /* anywhere in the module */
		row->effect = "packages in folders of this path do not match patterns";
		return;
	}
	if (fs_is_dir(path_join(j->a, path_dir(j->a, row->file), rel)))
		return;
	row->used = false;
	row->effect = "none: there is no such directory";
	remark(j, FINDING_INFO, "replaces/ignore-missing", "there is no such directory",
	       "drop the line");
}

static void judge_godebug(struct judge *j, struct replaces_row *row)
{
	row->used = row->main[0] == '\0' || !modproject_gowork(j->mp);
	row->effect = row->used ? "a default of the programs that are built here"
				: "none: in a workspace the lines of go.work count";
}

/* The highest version that others require of a workspace member. */
static struct modver asked_for(struct judge *j, const char *path)
{
	struct modver best = { "", "" };
	size_t n;
	const uint32_t *order = modgraph_order(j->mg, &n);

	for (size_t i = 0; i < n; i++) {
		size_t n_req;
		const uint32_t *req = modgraph_required(j->mg, order[i], &n_req);

		for (size_t k = 0; k < n_req; k++) {
			struct modver m = j->mg->tab->nodes[req[k]].mod;

			if (str_eq(m.path, path) && m.version[0] &&
			    (!best.path[0] || gover_mod_compare(path, m.version, best.version) > 0))
				best = m;
		}
	}
	return best;
}

static bool judge_use(struct judge *j, struct replaces_row *row)
{
	struct modver asked;

	if (!read_local(j, row, dir_of_line(j, row, row->mod.path), NULL, NULL))
		return false;
	row->used = row->local->exists;
	remark_target(j, row);
	asked = asked_for(j, row->local->declares);
	row->selected = asked.version;
	row->effect = !row->used ? "none: there is no go.mod"
		      : asked.version[0]
			      ? arena_fmt(j->a, "hides %s %s, which is asked for", asked.path,
					  asked.version)
			      : arena_fmt(j->a, "%s is built from here", row->local->declares);
	if (row->local->published.version[0])
		row->effect = arena_fmt(j->a, "%s; its content is that of %s", row->effect,
					row->local->published.version);
	return true;
}

static bool judge_row(struct judge *j, struct replaces_row *row)
{
	switch (row->verb) {
	case REPLACES_REPLACE: return judge_replace(j, row);
	case REPLACES_USE: return judge_use(j, row);
	case REPLACES_EXCLUDE: judge_exclude(j, row); break;
	case REPLACES_RETRACT: judge_retract(j, row); break;
	case REPLACES_TOOL: judge_tool(j, row); break;
	case REPLACES_IGNORE: judge_ignore(j, row); break;
	case REPLACES_GODEBUG: judge_godebug(j, row); break;
	}
	return true;
}

static void set_dependents(struct judge *j, struct replaces_row *row)
{
	const struct consumer *c = j->in->consumer;
	const char *version;

	if (!c || c->failed[0] || (row->verb != REPLACES_REPLACE && row->verb != REPLACES_EXCLUDE))
		return;
	version = consumer_version(c, row->mod.path);
	row->dependents = version ? version : "";
}

static void take_remarks(struct judge *j, struct replaces_row *row)
{
	row->remarks = j->remarks.items;
	row->n_remarks = j->remarks.n;
	for (size_t i = 0; i < row->n_remarks; i++) {
		struct replaces_remark x = row->remarks[i];
		size_t k = i;

		row->worst = MAX(row->worst, x.severity);
		for (; k > 0 && row->remarks[k - 1].severity < x.severity; k--)
			row->remarks[k] = row->remarks[k - 1];
		row->remarks[k] = x;
	}
	j->remarks.items = NULL;
	j->remarks.n = j->remarks.cap = 0;
}

bool replaces_read(struct replaces *r, struct arena *a, const struct replaces_input *in,
		   struct err *e)
{
	struct replaces_rows rows = { .a = a };
	struct judge j = { .a = a, .in = in, .mp = in->project, .mg = in->graph, .r = r, .e = e };

	replaces_lines(&rows, in->project);
	*r = (struct replaces){ rows.all.items, rows.all.n };
	for (size_t i = 0; i < r->n; i++) {
		if (cancel_is_set(in->cancel))
			return err_set(e, ERR_CANCELLED, "cancelled");
		if (!judge_row(&j, &r->rows[i]))
			return false;
		set_dependents(&j, &r->rows[i]);
		take_remarks(&j, &r->rows[i]);
	}
	return true;
}

void replaces_text(const struct replaces_row *row, struct buf *b)
{
	buf_addf(b, "%s ", replaces_verb_name(row->verb));
	switch (row->verb) {
	case REPLACES_RETRACT:
		if (str_eq(row->mod.version, row->high))
			buf_addstr(b, row->high);
		else
			buf_addf(b, "[%s, %s]", row->mod.version, row->high);
		return;
	case REPLACES_GODEBUG: buf_addf(b, "%s=%s", row->mod.path, row->mod.version); return;
	default: break;
	}
	buf_addf(b, "%s%s%s", row->mod.path, row->mod.version[0] ? " " : "", row->mod.version);
	if (row->to.path[0])
		buf_addf(b, " => %s%s%s", row->to.path, row->to.version[0] ? " " : "",
			 row->to.version);
}

void replaces_findings(const struct replaces *r, struct findings *out)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct replaces_row *row = &r->rows[i];
		struct buf b = BUF_INIT;

		replaces_text(row, &b);
		for (size_t k = 0; k < row->n_remarks; k++) {
			const struct replaces_remark *x = &row->remarks[k];
			struct finding *f = finding_add(out, x->severity, x->kind, b.data, x->text);

			if (row->verb == REPLACES_REPLACE || row->verb == REPLACES_EXCLUDE)
				f->mod = row->mod;
			f->file = row->file;
			f->line = row->line;
			f->go_says = x->go_says;
			f->remedy = x->remedy;
		}
		buf_release(&b);
	}
}
