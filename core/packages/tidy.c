#include "packages/tidy_impl.h"

#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "graph/modload.h"
#include "base/text.h"
#include "base/textdiff.h"

bool tidy_check_version(const char *value, const char *local, struct err *e)
{
	struct buf b = BUF_INIT;

	if (value[0] == 0)
		return true;
	if (!gomod_go_version_ok(value, strlen(value))) {
		text_quote(&b, local, strlen(local));
		err_set(e, ERR_USAGE, "expecting a Go version like %s", b.data);
		buf_release(&b);
		return false;
	}
	if (gover_compare(value, local) > 0)
		return err_set(e, ERR_USAGE, "maximum supported Go version is %s", local);
	return true;
}

/* The set of sums to keep (keepSums). */
static void keep(struct tidy *t, struct modver m, uint8_t what, uint8_t extra)
{
	struct modload *ml = pkgload_modload(t->load);
	struct modver r = modproject_resolve(modload_project(ml), m);
	uint32_t node = modtab_node(modload_tab(ml), r);

	if (node >= t->n_keep) {
		size_t want = MAX((size_t)node + 1, t->n_keep * 2);

		t->keep = xreallocarray(t->keep, want, 1);
		memset(t->keep + t->n_keep, 0, want - t->n_keep);
		t->n_keep = want;
	}
	if (extra && !(t->keep[node] & what))
		t->keep[node] |= extra;
	t->keep[node] |= what;
}

/* Whose sums are kept, and why. */
struct keeping {
	struct tidy *t;
	struct requirements *rs;
	bool mod_sums;
	uint8_t extra;
	struct map done; /* module path -> its version: what its path's prefixes need is kept */
};

/* Zip sums of every module that could provide the path: all roots, or all selected modules (mg). Only for prefixes longer than `done`. */
static void keep_prefixes(struct keeping *k, const char *path, const struct modgraph *mg,
			  size_t done)
{
	struct tidy *t = k->t;
	struct modload *ml = pkgload_modload(t->load);
	char *prefix = xstrdup(path);

	while (strlen(prefix) > done) {
		const char *v = mg ? modgraph_selected(mg, prefix)
				   : requirements_root(ml, k->rs, prefix);
		char *slash = strrchr(prefix, '/');

		if (v && !str_eq(v, "none"))
			keep(t, modtab_mod(modload_tab(ml), (struct modver){ prefix, v }),
			     TIDY_KEEP_ZIP, k->extra);
		*(slash ? slash : prefix) = 0;
	}
	free(prefix);
}

/* The length of the package's path up to which an earlier package of its module has seen to the prefixes. */
static size_t done_before(struct keeping *k, const struct pkg *p)
{
	struct map_entry *e;
	size_t len = strlen(p->mod.path);
	bool added;

	if (!len || !path_under(p->path, p->mod.path))
		return 0;
	e = map_entry(&k->done, p->mod.path, len, &added);
	if (added)
		e->value = (void *)(uintptr_t)p->mod.version;
	return !added && str_eq(e->value, p->mod.version) ? len : 0;
}

static void keep_package(struct keeping *k, const struct pkg *p)
{
	struct modload *ml = pkgload_modload(k->t->load);
	const struct modgraph *mg = NULL;
	size_t done = done_before(k, p);

	if (k->mod_sums && p->mod.path[0] && !done)
		keep(k->t, p->mod, TIDY_KEEP_MOD, k->extra);
	if (k->rs->pruning == PRUNING_PRUNED && p->mod.path[0]) {
		const char *v = requirements_root(ml, k->rs, p->mod.path);

		if (v && str_eq(v, p->mod.version)) {
			keep_prefixes(k, p->path, NULL, done);
			return;
		}
	}
	requirements_graph(ml, k->rs, &mg, NULL);
	keep_prefixes(k, p->path, mg, done);
}

static void keep_graph(struct tidy *t, struct requirements *rs, uint8_t extra)
{
	struct modload *ml = pkgload_modload(t->load);
	const struct modgraph *mg;
	const uint32_t *order;
	size_t n;

	if (!requirements_graph_loaded(rs)) {
		for (size_t i = 0; i < rs->n_roots; i++)
			keep(t, rs->roots[i], TIDY_KEEP_MOD, extra);
		return;
	}
	requirements_graph(ml, rs, &mg, NULL);
	order = modgraph_order(mg, &n);
	for (size_t i = 0; i < n; i++)
		if (modgraph_is_read(mg, order[i]))
			keep(t, modload_tab(ml)->nodes[order[i]].mod, TIDY_KEEP_MOD, extra);
}

static void keep_sums(struct tidy *t, struct requirements *rs, uint8_t extra)
{
	const char *go = requirements_go_version(pkgload_requirements(t->load));
	struct keeping k = { .t = t,
			     .rs = rs,
			     .mod_sums = gover_compare(go, GOVER_TIDY_GOMOD_SUM) >= 0,
			     .extra = extra };
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(t->load, &pkgs);

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];

		if (p->test_of || p->problem.kind == PKG_INVALID ||
		    (!p->mod.path[0] && p->problem.kind == PKG_OK))
			continue;
		keep_package(&k, p);
	}
	map_release(&k.done);
	keep_graph(t, rs, extra);
}

static bool is_kept(void *ctx, struct modver m, enum gosum_kind kind)
{
	const struct tidy *t = ctx;
	uint32_t node = modtab_find(modload_tab(pkgload_modload(t->load)), m);

	return node < t->n_keep &&
	       (t->keep[node] & (kind == GOSUM_MOD ? TIDY_KEEP_MOD : TIDY_KEEP_ZIP));
}

static const char *compat_version(struct tidy *t, const struct tidy_options *o)
{
	const char *go = requirements_go_version(t->final), *v = o->compat;

	if (!v || !v[0])
		v = gover_compare(go, GOVER_STRICT) < 0 ? gover_prev(&t->arena, go) : go;
	return gover_compare(v, go) > 0 ? go : v;
}

/* The result of the check with an older go; go then prints advice. */
struct compat {
	struct tidy *t;
	const struct tidy_options *o;
	const struct modgraph *mg;
	bool upgrade, use_e;
	struct buf told; /* the errors so far, as they were printed */
};

static void compat_error(struct compat *c, const char *text)
{
	pkgload_error(c->t->load, text);
	buf_addf(&c->told, "go: %s%s", text, str_has_suffix(text, "\n") ? "" : "\n");
}

static bool roots_agree(const struct compat *c, struct modver *at, const char **selected)
{
	for (size_t i = 0; i < c->t->final->n_roots; i++) {
		*at = c->t->final->roots[i];
		*selected = modgraph_selected(c->mg, at->path);
		if (!str_eq(*selected, at->version))
			return false;
	}
	return true;
}

static void compat_failed(struct compat *c, struct pkg *p, const struct pkg_found *f, struct buf *b)
{
	struct modver at;
	const char *v;

	pkg_stack_text(p, b);
	buf_addf(b, " loaded from %s,\n\tbut go %s would fail to locate it",
		 tidy_module_text(&c->t->arena, p->mod), c->t->compat_version);
	if (f->problem.kind == PKG_MISSING) {
		struct modver sel = { p->mod.path, modgraph_selected(c->mg, p->mod.path) };

		buf_addf(b, " in %s", tidy_module_text(&c->t->arena, sel));
	} else {
		buf_addf(b, ":\n\t%s", f->problem.text);
	}
	c->use_e = true;
	if (!roots_agree(c, &at, &v))
		c->upgrade = true;
}

static void compat_package(struct compat *c, struct pkg *p)
{
	struct pkgload *ld = c->t->load;
	struct buf b = BUF_INIT;
	struct pkg_found f;

	if (p->test_of || (!p->mod.path[0] && p->problem.kind == PKG_OK))
		return;
	pkgload_resolve(ld, p->path, c->t->compat, c->mg, pkgload_skips_modfiles(ld), &f);
	if (str_eq(f.mod.path, p->mod.path) && str_eq(f.mod.version, p->mod.version))
		return;
	if (f.problem.kind != PKG_OK) {
		compat_failed(c, p, &f, &b);
	} else if (p->problem.kind != PKG_OK) {
		c->upgrade = true;
		buf_addf(&b,
			 "%s failed to load from any module,\n\tbut go %s would load it from %s",
			 p->path, c->t->compat_version, tidy_module_text(&c->t->arena, f.mod));
	} else {
		c->upgrade = true;
		pkg_stack_text(p, &b);
		buf_addf(&b, " loaded from %s,\n\tbut go %s would select %s\n",
			 tidy_module_text(&c->t->arena, p->mod), c->t->compat_version,
			 f.mod.version);
	}
	compat_error(c, b.data);
	buf_release(&b);
}

/* go's Switcher keeps the errors that it has told, and tells them again at the end. */
static void compat_advice(struct compat *c)
{
	struct modload *ml = pkgload_modload(c->t->load);
	struct arena *a = &c->t->arena;
	const char *go = requirements_go_version(c->t->final), *compat = c->t->compat_version;
	const char *go_flag = str_eq(go, modproject_go_version(modload_project(ml)))
				      ? ""
				      : arena_fmt(a, " -go=%s", go);
	const char *compat_flag = str_eq(compat, gover_prev(a, go))
					  ? ""
					  : arena_fmt(a, " -compat=%s", compat);

	if (c->o->allow_errors)
		return;
	modproject_message(modload_project(ml), "\n");
	if (c->upgrade)
		modproject_message(
			modload_project(ml),
			"To upgrade to the versions selected by go %s%s:\n\tgo mod tidy%s -go=%s && go mod tidy%s -go=%s%s\n",
			compat, c->use_e ? ", leaving some packages unresolved" : "",
			c->use_e ? " -e" : "", compat, c->use_e ? " -e" : "", go, compat_flag);
	else if (c->use_e)
		modproject_message(
			modload_project(ml),
			"To proceed despite packages unresolved in go %s:\n\tgo mod tidy -e%s%s\n",
			compat, go_flag, compat_flag);
	modproject_message(
		modload_project(ml),
		"If reproducibility with go %s is not needed:\n\tgo mod tidy%s -compat=%s\n",
		compat, go_flag, go);
	modproject_message(
		modload_project(ml),
		"For information about 'go mod tidy' compatibility, see:\n\thttps://go.dev/ref/mod#graph-pruning\n%s",
		c->told.data);
}

/* checkTidyCompatibility. */
static void check_compat(struct compat *c)
{
	struct tidy *t = c->t;
	struct pkg *const *pkgs;
	struct err e = ERR_INIT;
	struct modver at;
	const char *v;
	size_t n;

	if (!requirements_graph(pkgload_modload(t->load), t->compat, &c->mg, &e)) {
		compat_error(c, arena_fmt(&t->arena, "error loading go %s module graph: %s",
					  t->compat_version, e.text));
		err_release(&e);
		compat_advice(c);
		return;
	}
	n = pkgload_pkgs(t->load, &pkgs);
	for (size_t i = 0; i < n; i++)
		compat_package(c, pkgs[i]);
	if (c->told.len)
		compat_advice(c);
	else if (!roots_agree(c, &at, &v))
		pkgload_fatal(
			t->load,
			arena_fmt(
				&t->arena,
				"internal error: failed to diagnose selected-version mismatch for module %s: "
				"go %s selects %s, but go %s selects %s\n\tPlease report this at "
				"https://golang.org/issue.",
				at.path, requirements_go_version(t->final), at.version,
				t->compat_version, v));
}

static bool check_older_go(struct tidy *t, const struct tidy_options *o, struct err *e)
{
	struct compat c = { .t = t, .o = o, .told = BUF_INIT };
	enum pruning pruning;

	t->compat_version = compat_version(t, o);
	pruning = pruning_for(t->compat_version);
	if (pruning == t->final->pruning)
		return true;
	t->compat = requirements_new(pkgload_modload(t->load), pruning, t->final->roots,
				     t->final->n_roots, t->final->direct);
	check_compat(&c);
	buf_release(&c.told);
	if (pkgload_error_count(t->load)) {
		err_copy(e, pkgload_first_error(t->load));
		return false;
	}
	keep_sums(t, t->compat, TIDY_KEEP_COMPAT);
	return true;
}

/* UpdateGoModFromReqs. */
static void set_toolchain(struct gomod *f, const char *toolchain, const char *go)
{
	struct semver_part v = gover_from_toolchain(toolchain);
	const char *implied = str_cut_prefix(toolchain, "go");

	if (!toolchain[0] || (implied && str_eq(implied, go)) ||
	    gover_compare_n(v.s, v.len, GOVER_STRICT, strlen(GOVER_STRICT)) < 0)
		gomod_drop_toolchain(f);
	else
		gomod_add_toolchain(f, toolchain, NULL);
}

bool tidy_update_gomod(struct gomod *f, const struct requirements *rs, const struct modproject *mp,
		       struct err *e)
{
	struct gomod_require *list = arena_calloc(f->arena, rs->n_roots + 1, sizeof(*list));
	const char *go = requirements_go_version(rs), *toolchain = "";
	size_t n = 0;

	for (size_t i = 0; i < rs->n_roots; i++) {
		struct modver m = rs->roots[i];

		if (str_eq(m.path, "toolchain"))
			toolchain = m.version;
		else if (!str_eq(m.path, "go"))
			list[n++] = (struct gomod_require){
				.mod = m, .indirect = !requirements_is_direct(rs, m.path)
			};
	}
	if (gover_compare(go, modproject_local_version(mp)) > 0)
		return modproject_too_new(mp, "updating go.mod", go, e);
	if (!str_eq(f->go, go) && !gomod_add_go(f, go, e))
		return err_wrap(e, "internal error: ");
	set_toolchain(f, toolchain, go);
	if (gover_compare(go, GOVER_SEPARATE_INDIRECT) < 0)
		gomod_set_require(f, list, n);
	else
		gomod_set_require_separate_indirect(f, list, n);
	gomod_cleanup(f);
	return true;
}

static bool buf_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void drop_replaces(struct gomod *f, const char *path)
{
	for (size_t i = f->replace.n; i-- > 0;)
		if (i < f->replace.n && str_eq(f->replace.items[i].from.path, path))
			gomod_drop_replace(f, f->replace.items[i].from);
}

static bool write_files(struct tidy *t, const struct tidy_options *o, struct err *e)
{
	struct modload *ml = pkgload_modload(t->load);
	struct gosum *sums = modproject_sums(modload_project(ml));
	const struct modproject_main *main;

	modproject_mains(modload_project(ml), &main);
	gomod_format(&t->gomod_before, main->file);
	for (size_t i = 0; o->drop_replace && o->drop_replace[i]; i++)
		drop_replaces(main->file, o->drop_replace[i]);
	if (!tidy_update_gomod(main->file, t->final, modload_project(ml), e))
		return false;
	gomod_format(&t->gomod_after, main->file);
	if (!gosum_tidy(sums, is_kept, t, &t->gosum_before, &t->gosum_after, e) ||
	    (o->leaves && !gosum_update(sums, true, is_kept, t, &t->gosum_left, e)))
		return false;
	gosum_note_written(sums);
	modproject_tell_sums(modload_project(ml));
	t->changed = !buf_same(&t->gomod_before, &t->gomod_after) ||
		     !buf_same(&t->gosum_before, &t->gosum_after);
	return true;
}

bool tidy_run(struct tidy **out, struct modload *ml, const struct tidy_options *o, struct err *e)
{
	static const char *const all[] = { "all" };
	struct tidy *t = xcalloc(1, sizeof(*t));
	struct pkgload_options lo = { .go_version = o->go,
				      .tidy = true,
				      .resolve_missing = true,
				      .load_tests = true,
				      .allow_errors = o->allow_errors,
				      .silence_missing_std = true };

	*out = t;
	buf_init(&t->gomod_before);
	buf_init(&t->gomod_after);
	buf_init(&t->gosum_before);
	buf_init(&t->gosum_after);
	buf_init(&t->gosum_left);
	t->load = pkgload_new(ml, &lo);
	t->asked_go = o->go && o->go[0] ? arena_strdup(&t->arena, o->go) : NULL;
	t->initial = pkgload_requirements(t->load);
	if (t->asked_go &&
	    !gover_valid(t->asked_go)) { /* "1.21.0rc1" passes as a flag; go panics */
		err_set(e, ERR_REFUSED, "panic: runtime error: slice bounds out of range [1:0]");
		return err_mark(e, ERR_FORM_FINAL);
	}
	if (!pkgload_run(t->load, all, 1, NULL, e))
		return false;
	if (pkgload_unread_file(t->load))
		modproject_message(modload_project(ml),
				   "warning: %s; go takes the file for one without imports\n",
				   pkgload_unread_file(t->load));
	t->final = pkgload_requirements(t->load);
	keep_sums(t, t->final, 0);
	if (!check_older_go(t, o, e))
		return false;
	if (!err_is_set(modproject_fatal(modload_project(ml))))
		return write_files(t, o, e);
	err_copy(e, modproject_fatal(modload_project(ml)));
	return false;
}

size_t tidy_missing_sums(struct tidy *t, struct modver *first)
{
	struct modload *ml = pkgload_modload(t->load);
	struct gosum *sums = modproject_sums(modload_project(ml));
	size_t missing = 0;

	*first = (struct modver){ "", "" };
	keep_sums(t, pkgload_requirements(t->load), 0);
	for (uint32_t node = 0; node < t->n_keep; node++) {
		struct modver m = modload_tab(ml)->nodes[node].mod;
		size_t was = missing;

		if (!t->keep[node] || !m.version[0] || gover_is_toolchain(m.path))
			continue;
		missing += (t->keep[node] & TIDY_KEEP_MOD) && !gosum_have(sums, m, GOSUM_MOD);
		missing += (t->keep[node] & TIDY_KEEP_ZIP) && !gosum_have(sums, m, GOSUM_ZIP);
		if (missing > was && (!first->path[0] || gover_mod_order(&m, first) < 0))
			*first = m;
	}
	return missing;
}

void tidy_diff(const struct tidy *t, struct buf *out)
{
	size_t start = out->len;

	textdiff(out, "current/go.mod", t->gomod_before.data, t->gomod_before.len, "tidy/go.mod",
		 t->gomod_after.data, t->gomod_after.len);
	if (out->len > start)
		buf_addch(out, '\n');
	start = out->len;
	textdiff(out, "current/go.sum", t->gosum_before.data, t->gosum_before.len, "tidy/go.sum",
		 t->gosum_after.data, t->gosum_after.len);
	if (out->len > start)
		buf_addch(out, '\n');
}

void tidy_free(struct tidy *t)
{
	if (!t)
		return;
	pkgload_free(t->load);
	buf_release(&t->gomod_before);
	buf_release(&t->gomod_after);
	buf_release(&t->gosum_before);
	buf_release(&t->gosum_after);
	buf_release(&t->gosum_left);
	free(t->keep);
	arena_release(&t->arena);
	free(t);
}
