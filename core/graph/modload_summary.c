#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/modulestxt.h"
#include "graph/modload_impl.h"
#include "graph/pruning.h"

/* summaryFromModFile, for a workspace member. */
static struct modload_summary *summary_of_file(struct modload *ml, const struct gomod *f)
{
	struct modload_summary *s = arena_calloc(ml->arena, 1, sizeof(*s));
	struct modload_requires r = modload_requires_new(ml, f->require.n);

	s->module = (struct modver){
		ml->tab->paths[modtab_path(ml->tab, f->module, strlen(f->module))].path, ""
	};
	s->deprecated = f->deprecated;
	s->go_version = f->go;
	s->toolchain = f->toolchain;
	s->pruned = *f->go && pruning_for(f->go) == PRUNING_PRUNED;
	for (size_t i = 0; i < f->require.n; i++)
		modload_requires_add(&r, modtab_node(ml->tab, f->require.items[i].mod),
				     f->require.items[i].indirect);
	modload_requires_give(ml, &r, s);
	return s;
}

/* The pseudo-modules: go >= 1.21 requires the toolchain of its name. */
static const struct modload_summary *toolchain_summary(struct modload *ml, uint32_t node)
{
	struct modload_summary *s = arena_calloc(ml->arena, 1, sizeof(*s));
	struct modver m = ml->tab->nodes[node].mod;
	struct modload_requires r = modload_requires_new(ml, 1);

	s->module = m;
	s->go_version = s->toolchain = s->deprecated = "";
	s->pruned = true;
	if (str_eq(m.path, "go") && gover_compare(m.version, GOVER_STRICT) >= 0) {
		const char *name = arena_fmt(ml->arena, "go%s", m.version);

		modload_requires_add(&r, modtab_node(ml->tab, (struct modver){ "toolchain", name }),
				     false);
	}
	modload_requires_give(ml, &r, s);
	return s;
}

/* With -mod=vendor only modules.txt is known: assume that a vendored module requires all of them. */
static const struct modload_summary *vendor_summary(struct modload *ml, uint32_t node)
{
	const struct modulestxt *vendor = modproject_vendor(ml->project);
	struct modload_summary *s = arena_calloc(ml->arena, 1, sizeof(*s));
	struct modver m = ml->tab->nodes[node].mod;
	const char *selected = map_get(&vendor->versions, m.path);
	struct modload_requires r;

	s->module = (struct modver){ m.path, "" };
	s->go_version = s->toolchain = s->deprecated = "";
	s->pruned = true;
	if (!selected || !str_eq(selected, m.version))
		return s;
	r = modload_requires_new(ml, vendor->n_list);
	for (size_t i = 0; i < vendor->n_list; i++)
		modload_requires_add(&r, modtab_node(ml->tab, vendor->list[i]->mod), false);
	modload_requires_give(ml, &r, s);
	return s;
}

static void slot_fail(struct modload *ml, uint32_t node, struct modload_failure *f)
{
	struct modload_slot *slot = modload_slot(ml, node);

	slot->state = SLOT_FAILED;
	slot->failure = f;
}

static void slot_give(struct modload *ml, uint32_t node, const struct modload_summary *s)
{
	struct modload_slot *slot = modload_slot(ml, node);

	slot->state = SLOT_OK;
	slot->actual = node;
	slot->summary = s;
}

static bool sum_is_known(struct modload *ml, struct modver actual)
{
	modproject_read_sums(ml->project);
	return gosum_have(modproject_sums(ml->project), actual, GOSUM_MOD);
}

/* Nodes whose go.mod files must be read. */
struct wanted {
	uint32_t *nodes;
	size_t n;
};

/* The first half of goModSummary: answers what needs no file, and collects the rest. */
static void slot_begin(struct modload *ml, uint32_t node, struct wanted *w)
{
	struct modver m = ml->tab->nodes[node].mod, actual;
	const struct modproject_main *mm;
	uint32_t actual_node = node;

	if (gover_is_toolchain(m.path)) {
		slot_give(ml, node, toolchain_summary(ml, node));
		return;
	}
	if (modproject_vendor(ml->project)) {
		slot_give(ml, node, vendor_summary(ml, node));
		return;
	}
	mm = *m.version ? NULL : modproject_main(ml->project, m.path);
	if (mm) {
		struct modload_slot *slot = modload_slot(ml, node);

		slot->actual = node;
		slot->raw_state = SLOT_OK;
		slot->raw = mm->file ? summary_of_file(ml, mm->file) : toolchain_summary(ml, node);
		return;
	}
	if (modproject_any_replace(ml->project)) {
		actual = modproject_resolve(ml->project, m);
		actual_node = modtab_node(ml->tab, actual);
	}
	modload_slot(ml, node)->actual = actual_node;
	actual = ml->tab->nodes[actual_node].mod;
	if (*actual.version && modproject_must_have_sums(ml->project) &&
	    !sum_is_known(ml, actual)) {
		struct modload_failure *f = modload_new_failure(ml, actual);

		err_set(&f->err, ERR_REFUSED,
			"missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s",
			m.path);
		slot_fail(ml, node, f);
		return;
	}
	w->nodes[w->n++] = actual_node;
}

static const struct modload_summary *without_excluded(struct modload *ml,
						      const struct modload_summary *s)
{
	struct modload_summary *copy;
	struct modload_requires r;
	bool any = false;

	for (size_t i = 0; modproject_any_exclude(ml->project) && i < s->n_require && !any; i++)
		any = modproject_node_is_excluded(ml->project, s->require[i]);
	if (!any)
		return s;
	r = modload_requires_new(ml, s->n_require);
	for (size_t i = 0; i < s->n_require; i++) {
		if (!modproject_node_is_excluded(ml->project, s->require[i]))
			modload_requires_add(&r, s->require[i], s->indirect[i]);
	}
	copy = arena_memdup(ml->arena, s, sizeof(*s));
	copy->require = r.node;
	copy->indirect = r.indirect;
	copy->n_require = r.n;
	return copy;
}

/* The second half: does the file belong to the requested module? */
static void slot_finish(struct modload *ml, uint32_t node)
{
	struct modload_slot *slot = modload_slot(ml, node), *raw;
	struct modver m = ml->tab->nodes[node].mod, actual;
	const char *declared;

	if (slot->state != SLOT_NEW)
		return;
	raw = modload_slot(ml, slot->actual);
	slot = modload_slot(ml, node);
	actual = ml->tab->nodes[slot->actual].mod;
	if (raw->raw_state == SLOT_FAILED) {
		slot_fail(ml, node, raw->raw_failure);
		return;
	}
	declared = raw->raw->module.path;
	if (*actual.version &&
	    (!*declared || (!str_eq(declared, m.path) && !str_eq(declared, actual.path)))) {
		struct modload_failure *f = modload_new_failure(ml, actual);

		if (!*declared)
			err_set(&f->err, ERR_SYNTAX, "parsing go.mod: missing module line");
		else
			err_set(&f->err, ERR_SYNTAX,
				"parsing go.mod:\n\tmodule declares its path as: %s\n\t        but was required as: %s",
				declared, m.path);
		slot_fail(ml, node, f);
		return;
	}
	slot->summary = without_excluded(ml, raw->raw);
	slot->state = SLOT_OK;
}

void modload_prefetch(struct modload *ml, const uint32_t *nodes, size_t n)
{
	struct wanted w = { .nodes = xreallocarray(NULL, n + 1, sizeof(*w.nodes)) };

	for (size_t i = 0; i < n; i++) {
		if (modload_slot(ml, nodes[i])->state == SLOT_NEW)
			slot_begin(ml, nodes[i], &w);
	}
	modload_read(ml, w.nodes, w.n, false);
	free(w.nodes);
	for (size_t i = 0; i < n; i++)
		slot_finish(ml, nodes[i]);
}

const struct modload_summary *modload_summary_node(struct modload *ml, uint32_t node)
{
	if (modload_slot(ml, node)->state == SLOT_NEW)
		modload_prefetch(ml, &node, 1);
	return modload_slot(ml, node)->summary;
}

const struct modload_summary *modload_known_summary(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_slots ? ml->slots[node].summary : NULL;
}

const struct modload_summary *modload_known_file(const struct modload *ml, uint32_t node)
{
	const struct modload_slot *slot = node < ml->cap_slots ? &ml->slots[node] : NULL;

	return slot && slot->state == SLOT_OK && slot->actual < ml->cap_slots
		       ? ml->slots[slot->actual].raw
		       : NULL;
}

const struct modload_failure *modload_failure(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_slots && ml->slots[node].state == SLOT_FAILED
		       ? ml->slots[node].failure
		       : NULL;
}

const struct modload_summary *modload_summary(struct modload *ml, struct modver m, struct err *e)
{
	uint32_t node = modtab_node(ml->tab, m);
	const struct modload_summary *s = modload_summary_node(ml, node);
	struct buf b = BUF_INIT;

	if (s || !e)
		return s;
	modload_failure_text(modload_failure(ml, node), ml->tab->nodes[node].mod, &b);
	err_set(e, modload_failure(ml, node)->err.code, "%s", b.data);
	buf_release(&b);
	return NULL;
}

const struct modload_summary *modload_raw_summary(struct modload *ml, struct modver m,
						  bool *too_new, struct err *e)
{
	uint32_t node = modtab_node(ml->tab, m);
	struct modload_slot *slot = modload_slot(ml, node);
	struct buf text = BUF_INIT;

	if (gover_is_toolchain(m.path))
		return modload_summary_node(ml, node);
	/* a file read for the graph lacks retractions */
	if (slot->raw_state != SLOT_NEW && slot->raw && !slot->raw->retract) {
		slot->raw_state = SLOT_NEW;
		slot->raw_failure = NULL;
	}
	modload_read(ml, &node, 1, true);
	slot = modload_slot(ml, node);
	if (too_new)
		*too_new = slot->raw_failure && slot->raw_failure->too_new;
	if (slot->raw_failure && !(slot->raw_failure->too_new && too_new)) {
		modload_failure_text(slot->raw_failure, slot->raw_failure->actual, &text);
		err_set(e, slot->raw_failure->err.code, "%s", text.data);
		buf_release(&text);
		return NULL;
	}
	return slot->raw;
}

void modload_failure_text(const struct modload_failure *f, struct modver m, struct buf *out)
{
	bool same = str_eq(f->actual.path, m.path) && str_eq(f->actual.version, m.version);

	buf_add_modver(out, m);
	if (f->module_error && !same) {
		buf_addstr(out, " (replaced by ");
		buf_add_modver(out, f->actual);
		buf_addstr(out, ")");
	}
	buf_addf(out, ": %s", f->err.text);
}

const char *modload_raw_go_version(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_find(ml->tab, m);
	const struct modproject_main *mm = *m.version ? NULL : modproject_main(ml->project, m.path);
	const struct modulestxt *vendor = modproject_vendor(ml->project);

	if (mm)
		return mm->go_version;
	if (vendor) {
		const struct modulestxt_module *vm = modulestxt_find(vendor, m);

		return vm ? vm->go_version : "";
	}
	return node != MODTAB_NONE && node < ml->cap_slots && ml->slots[node].raw
		       ? ml->slots[node].raw->go_version
		       : "";
}

const char *modload_read_go_version(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_node(ml->tab, m);
	const struct modload_slot *slot;

	modload_read(ml, &node, 1, false);
	slot = modload_slot(ml, node);
	return slot->raw && !slot->raw_failure ? slot->raw->go_version : "";
}

bool modload_was_read(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_find(ml->tab, m);

	return node != MODTAB_NONE && node < ml->cap_slots && ml->slots[node].raw;
}
