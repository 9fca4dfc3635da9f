#include "gofiles/gover.h"
#include "packages/tidy_impl.h"

static void added_direct(struct tidy_reasons *r, struct tidy_change *c, const char *note)
{
	struct tidy_use *u = tidy_use_of(r, c->mod.path);

	tidy_direct_causes(r, u);
	c->causes = u->causes;
	c->n_causes = u->n_causes;
	tidy_set_reason(c, TIDY_IMPORTED,
			arena_fmt(r->a, "imported by %s%s",
				  tidy_cause_text(r->a, u->causes, u->n_causes), note));
}

static void added_indirect(struct tidy_reasons *r, struct tidy_change *c)
{
	struct tidy_use *u = tidy_use_of(r, c->mod.path);
	const char *rule;

	if (r->t->final->pruning == PRUNING_UNPRUNED) {
		if (u->nearest)
			tidy_needed_by(r, c, TIDY_INDIRECT, u->nearest,
				       "; no dependency asks for this version");
		else
			tidy_set_reason(
				c, TIDY_INDIRECT,
				"keeps a dependency from being downgraded, which would make an import ambiguous");
		return;
	}
	if (u->nearest_in_all) {
		tidy_needed_by(r, c, TIDY_INDIRECT, u->nearest_in_all, "");
		return;
	}
	rule = "; only tests of dependencies need it, and without this line they would get another version or module";
	if (u->nearest)
		tidy_needed_by(r, c, TIDY_TESTED, u->nearest, rule);
	else
		tidy_set_reason(c, TIDY_INDIRECT, "needed to keep the selected versions");
}

static bool is_excluded(struct tidy_reasons *r, struct modver m)
{
	return modproject_is_excluded(modload_project(r->ml), m);
}

/* The go.mod that requires the selected version. */
static void version_forced(struct tidy_reasons *r, struct tidy_change *c, struct modver old,
			   struct modver new)
{
	uint32_t by = tidy_requirer(r, new);
	bool up = gover_mod_compare(new.path, old.version, new.version) < 0;

	if (is_excluded(r, old)) {
		tidy_set_reason(c, TIDY_EXCLUDED,
				arena_fmt(r->a, "%s is excluded", tidy_module_text(r->a, old)));
		return;
	}
	if (by == MODTAB_NONE) {
		tidy_set_reason(c, TIDY_VERSION,
				arena_fmt(r->a, "%s instead of %s: no dependency asks for more",
					  new.version, old.version));
		return;
	}
	tidy_set_reason(c, TIDY_VERSION,
			arena_fmt(r->a, "%s from %s: %s requires it", up ? "raised" : "lowered",
				  old.version, tidy_module_text(r->a, tidy_node_mod(r, by))));
	tidy_dep_cause(r, c, by, new);
}

/* The entry for the path in a go.mod text; NULL if there is none. */
static const struct tidy_entry *entry_for(const struct tidy_text *m, const char *path)
{
	const struct map_entry *e = map_find(&m->requires, path);

	return e ? &m->lines[(intptr_t)e->value - 1] : NULL;
}

static void mark_changed(struct tidy_reasons *r, struct tidy_change *c, bool now_indirect)
{
	if (now_indirect) {
		tidy_set_reason(c, TIDY_MARK,
				"indirect: no package or test of the main module imports from it");
		tidy_own_line(r, c);
		return;
	}
	added_direct(r, c, ": no longer indirect");
	c->rule = TIDY_MARK;
	if (c->op == '-')
		tidy_own_line(r, c);
}

static void require_kept(struct tidy_reasons *r, struct tidy_change *c,
			 const struct tidy_entry *old, const struct tidy_entry *new)
{
	if (!str_eq(old->mod.version, new->mod.version)) {
		version_forced(r, c, old->mod, new->mod);
	} else if (old->indirect != new->indirect) {
		mark_changed(r, c, new->indirect);
	} else {
		tidy_set_reason(
			c, TIDY_LAYOUT,
			"the same requirement, moved: blocks of direct and indirect requirements are sorted, without duplicates");
		tidy_own_line(r, c);
	}
}

static void require_added(struct tidy_reasons *r, struct tidy_change *c, const struct tidy_entry *e)
{
	const struct tidy_entry *old = entry_for(&r->before, e->mod.path);
	uint32_t by;

	if (old) {
		require_kept(r, c, old, e);
		return;
	}
	if (e->indirect) {
		added_indirect(r, c);
		return;
	}
	by = tidy_requirer(r, e->mod);
	added_direct(r, c,
		     by == MODTAB_NONE ? ""
				       : arena_fmt(r->a, "; %s requires this version",
						   tidy_module_text(r->a, tidy_node_mod(r, by))));
}

static void require_removed(struct tidy_reasons *r, struct tidy_change *c,
			    const struct tidy_entry *e)
{
	const struct tidy_entry *new = entry_for(&r->after, e->mod.path);
	const struct tidy_use *u = tidy_use_of(r, e->mod.path);
	const char *selected = modgraph_selected(r->mg, e->mod.path);
	uint32_t by = tidy_requirer(r, (struct modver){ e->mod.path, selected });

	if (new) {
		require_kept(r, c, e, new);
		return;
	}
	tidy_own_line(r, c);
	if (is_excluded(r, e->mod))
		tidy_set_reason(c, TIDY_EXCLUDED,
				arena_fmt(r->a, "%s is excluded", tidy_module_text(r->a, e->mod)));
	else if (by == MODTAB_NONE) /* so nothing selects it, and no package is from it */
		tidy_set_reason(c, TIDY_UNUSED, "no package of it is needed");
	else if (u->nearest)
		tidy_set_reason(c, TIDY_IMPLIED,
				arena_fmt(r->a, "not needed here: %s requires %s",
					  tidy_module_text(r->a, tidy_node_mod(r, by)), selected));
	else
		tidy_set_reason(c, TIDY_UNUSED,
				arena_fmt(r->a, "no package of it is needed; %s still requires %s",
					  tidy_module_text(r->a, tidy_node_mod(r, by)), selected));
}

static void go_changed(struct tidy_reasons *r, struct tidy_change *c)
{
	const char *go = requirements_go_version(r->t->final);
	uint32_t by = tidy_requirer(r, (struct modver){ "go", go });

	if (c->op == '-')
		tidy_own_line(r, c);
	if (r->t->asked_go)
		tidy_set_reason(c, TIDY_GO_LINE, arena_fmt(r->a, "set by -go=%s", r->t->asked_go));
	else if (by != MODTAB_NONE)
		tidy_set_reason(c, TIDY_GO_LINE,
				arena_fmt(r->a, "%s needs at least go %s",
					  tidy_module_text(r->a, tidy_node_mod(r, by)), go));
	else
		tidy_set_reason(c, TIDY_GO_LINE, arena_fmt(r->a, "the go line becomes %s", go));
	if (by != MODTAB_NONE)
		tidy_dep_cause(r, c, by, (struct modver){ "go", go });
}

/* Only the main module's own toolchain line counts: go tidies it away, or leaves it. */
static void toolchain_changed(struct tidy_reasons *r, struct tidy_change *c)
{
	tidy_own_line(r, c);
	tidy_set_reason(c, TIDY_TOOLCHAIN, "the toolchain line is implied by the go line");
}

static void other_changed(struct tidy_reasons *r, struct tidy_change *c, const struct tidy_entry *e)
{
	static const char *const texts[] = {
		[TIDY_ENTRY_EXCLUDE] = "exclude lines are sorted, and duplicates dropped",
		[TIDY_ENTRY_REPLACE] =
			"replace lines are sorted, and the last of duplicates is kept",
		[TIDY_ENTRY_RETRACT] = "retract lines are sorted, newest first",
		[TIDY_ENTRY_PATH] = "lines of a block are sorted, and duplicates dropped",
		[TIDY_ENTRY_MODULE] = "the module line is reformatted",
		[TIDY_ENTRY_OTHER] = "the layout follows the requirements around it",
	};

	tidy_set_reason(c, TIDY_LAYOUT, texts[e->kind]);
	if (c->op == '-')
		tidy_own_line(r, c);
}

void tidy_explain_gomod(struct tidy_reasons *r, struct tidy_change *c)
{
	const struct tidy_text *m = c->op == '+' ? &r->after : &r->before;
	int line = c->op == '+' ? c->new_line : c->old_line;
	const struct tidy_entry *e = line > 0 && (size_t)line <= m->n ? &m->lines[line - 1]
								      : &m->lines[0];

	if (e->kind == TIDY_ENTRY_REQUIRE || e->kind == TIDY_ENTRY_EXCLUDE ||
	    e->kind == TIDY_ENTRY_REPLACE)
		c->mod = e->mod;
	switch (e->kind) {
	case TIDY_ENTRY_REQUIRE:
		if (c->op == '+')
			require_added(r, c, e);
		else
			require_removed(r, c, e);
		break;
	case TIDY_ENTRY_GO: go_changed(r, c); break;
	case TIDY_ENTRY_TOOLCHAIN: toolchain_changed(r, c); break;
	default: other_changed(r, c, e);
	}
}
