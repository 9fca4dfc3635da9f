#include "base/textdiff.h"
#include "packages/tidy_impl.h"

/* Splits "path version[/go.mod] hash" into three words; false for any other line. */
static bool sum_line(struct arena *a, const char *text, struct modver *m, bool *gomod,
		     const char **hash)
{
	char *copy, *words[4];
	size_t n = 0, len = strlen(text);

	if (len >= TEXTDIFF_MAX_SHOWN)
		return false;
	copy = arena_strndup(a, text, len);
	for (char *p = copy; n < 4;) {
		p += strspn(p, " \t\r");
		if (!*p)
			break;
		words[n++] = p;
		p += strcspn(p, " \t\r");
		if (*p)
			*p++ = 0;
	}
	if (n != 3)
		return false;
	len = strlen(words[1]);
	*gomod = len > 7 && str_eq(words[1] + len - 7, "/go.mod");
	if (*gomod)
		words[1][len - 7] = 0;
	*m = (struct modver){ words[0], words[1] };
	*hash = words[2];
	return true;
}

static void sum_zip_added(struct tidy_reasons *r, struct tidy_change *c)
{
	struct pkg *p = tidy_package_of(r->ld, c->mod);

	if (p) {
		tidy_needed_by(r, c, TIDY_SUM_ZIP, p, "");
		return;
	}
	tidy_set_reason(
		c, TIDY_SUM_ZIP,
		"searched for a needed package, because its path is a prefix: no other module may provide it");
}

static void sum_gomod_added(struct tidy_reasons *r, struct tidy_change *c)
{
	uint32_t node = modtab_find(modload_tab(r->ml), c->mod), by = tidy_requirer(r, c->mod);
	struct pkg *p;

	if (by != MODTAB_NONE) {
		tidy_set_reason(c, TIDY_SUM_GOMOD,
				arena_fmt(r->a, "its go.mod is part of the graph: %s requires it",
					  tidy_module_text(r->a, tidy_node_mod(r, by))));
		tidy_dep_cause(r, c, by, c->mod);
		return;
	}
	p = tidy_package_of(r->ld, c->mod);
	if (p)
		tidy_needed_by(r, c, TIDY_SUM_GOMOD, p, "");
	else if (node != MODTAB_NONE && modgraph_has(r->mg, node))
		tidy_set_reason(c, TIDY_SUM_GOMOD,
				"its go.mod is part of the graph: go.mod requires it");
	else
		tidy_set_reason(c, TIDY_SUM_GOMOD,
				"its go.mod was read to find out what the packages need");
}

static void sum_removed(struct tidy_reasons *r, struct tidy_change *c, bool gomod)
{
	uint32_t node = modtab_find(modload_tab(r->ml), c->mod);
	const char *selected = modgraph_selected(r->mg, c->mod.path);

	tidy_one_cause(r, c, "go.sum", c->old_line);
	if (str_eq(selected, "none"))
		tidy_set_reason(c, TIDY_SUM_UNUSED, "the module is not part of the graph");
	else if (!str_eq(selected, c->mod.version) &&
		 (node == MODTAB_NONE || !modgraph_has(r->mg, node)))
		tidy_set_reason(c, TIDY_SUM_UNUSED,
				arena_fmt(r->a, "nothing asks for this version; %s is selected",
					  selected));
	else if (!gomod && !str_eq(selected, c->mod.version))
		tidy_set_reason(c, TIDY_SUM_UNUSED,
				arena_fmt(r->a, "only its go.mod is read; %s is selected",
					  selected));
	else if (!gomod)
		tidy_set_reason(c, TIDY_SUM_UNUSED,
				"no package of it is needed: only its go.mod is read");
	else
		tidy_set_reason(
			c, TIDY_SUM_UNUSED,
			"its go.mod is not read: the requirements that lead to it are pruned out");
}

static const char empty_gomod_hash[] = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

void tidy_explain_gosum(struct tidy_reasons *r, struct tidy_change *c)
{
	const char *hash = "";
	bool gomod = false;
	uint32_t node;
	uint8_t kept;

	if (!sum_line(r->a, c->text, &c->mod, &gomod, &hash)) {
		tidy_set_reason(c, TIDY_SUM_ORDER,
				"not a line of go.sum: three words are expected");
		tidy_one_cause(r, c, "go.sum", c->old_line);
		return;
	}
	if (map_get(&r->sum_lines, c->text) == r || str_eq(hash, empty_gomod_hash)) {
		tidy_set_reason(c, TIDY_SUM_ORDER,
				str_eq(hash, empty_gomod_hash)
					? "the hash of an empty go.mod is not kept"
					: "go.sum is sorted, and duplicates dropped");
		tidy_one_cause(r, c, "go.sum", c->old_line);
		return;
	}
	if (c->op == '-') {
		sum_removed(r, c, gomod);
		return;
	}
	node = modtab_find(modload_tab(r->ml), c->mod);
	kept = node < r->t->n_keep ? r->t->keep[node] : 0;
	if (kept & TIDY_KEEP_COMPAT && !(tidy_requirer(r, c->mod) != MODTAB_NONE && gomod))
		tidy_set_reason(c, TIDY_SUM_COMPAT,
				arena_fmt(r->a, "go %s needs it: its graph is not pruned",
					  r->t->compat_version));
	else if (gomod)
		sum_gomod_added(r, c);
	else
		sum_zip_added(r, c);
}
