#include "gomod_summary.h"
#include "modload_impl.h"

/* One go.mod file to be read: the threads fill it, the loader's thread takes it over. */
struct task {
	uint32_t node;			/* the module that is read, after replacement */
	struct modver mod;
	const char *file;		/* of a directory; NULL: the source knows */
	bool want_full;			/* retractions and the like too */
	struct buf bytes;
	const char *data;
	size_t len;
	struct gomod_summary scan;
	bool read_failed, done;
	struct err err;
};

struct batch {
	struct modload *ml;
	VEC(struct task) tasks;
};

/* Files on disk are read in runs, so that a thread does not wake for each; what is to be fetched runs alone. */
#define RUN 8
#define FETCH_THREADS 24u

struct slot *modload_slot(struct modload *ml, uint32_t node)
{
	if (node >= ml->cap_slots) {
		size_t n = MAX(MAX((size_t)node + 1, ml->cap_slots * 2), ml->tab.cap_nodes);

		ml->slots = xreallocarray(ml->slots, n, sizeof(*ml->slots));
		memset(ml->slots + ml->cap_slots, 0, (n - ml->cap_slots) * sizeof(*ml->slots));
		ml->cap_slots = n;
	}
	return &ml->slots[node];
}

static struct mod_failure *failure_new(struct modload *ml, struct modver actual)
{
	struct mod_failure *f = arena_calloc(&ml->arena, 1, sizeof(*f));

	f->actual = actual;
	f->module_error = true;
	if (ml->n_failures == ml->cap_failures) {
		ml->cap_failures = ml->cap_failures ? ml->cap_failures * 2 : 16;
		ml->failures = xreallocarray(ml->failures, ml->cap_failures, sizeof(*ml->failures));
	}
	return ml->failures[ml->n_failures++] = f;
}

static void task_read(struct modload *ml, struct task *t)
{
	if (t->file) {
		struct err e = ERR_INIT;

		if (!fs_read_buf(&t->bytes, t->file, FS_MAX_MOD, &e)) {
			t->read_failed = true;
			err_set(&t->err, e.code, "%s", e.text);
			err_release(&e);
			return;
		}
		t->data = t->bytes.data;
		t->len = t->bytes.len;
		return;
	}
	t->read_failed = !source_gomod(ml->o.source, t->mod, &t->data, &t->len, &t->err);
}

static void task_parse(struct task *t)
{
	t->done = gomod_summarize(&t->scan, t->file ? t->file : "go.mod", t->data, t->len,
				  t->want_full ? GOMOD_SUMMARY_NOTES : 0, &t->err);
}

static void task_run(void *ctx, size_t i)
{
	struct batch *b = ctx;
	size_t end = MIN((i + 1) * RUN, b->tasks.n);

	for (i *= RUN; i < end && !cancel_is_set(b->ml->o.cancel); i++) {
		task_read(b->ml, &b->tasks.items[i]);
		if (!b->tasks.items[i].read_failed)
			task_parse(&b->tasks.items[i]);
	}
}

struct requires {
	uint32_t *node;
	bool *indirect;
	size_t n;
};

static struct requires requires_new(struct modload *ml, size_t n)
{
	return (struct requires){ arena_alloc(&ml->arena, (n + 1) * sizeof(uint32_t)), arena_alloc(&ml->arena, n + 1), 0 };
}

/* go >= 1.21 is a requirement on that Go, behind all others. */
static void requires_close(struct modload *ml, struct mod_summary *s, struct requires *r)
{
	if (*s->go_version && gover_compare(s->go_version, GOVER_STRICT) >= 0) {
		r->indirect[r->n] = false;
		r->node[r->n++] = modtab_node(&ml->tab, (struct modver){ "go", s->go_version });
	}
	s->require = r->node;
	s->indirect = r->indirect;
	s->n_require = r->n;
}

static const char *const no_text = "";

static void copy_notes(struct modload *ml, struct mod_summary *s, const struct gomod_retract *retract, size_t n_retract,
		       const struct gomod_path *ignore, size_t n_ignore)
{
	struct mod_retraction *r = arena_alloc(&ml->arena, n_retract * sizeof(*r));
	const char **list = arena_alloc(&ml->arena, n_ignore * sizeof(*list));

	for (size_t i = 0; i < n_retract; i++) {
		r[i].low = arena_strdup(&ml->arena, retract[i].low);
		r[i].high = arena_strdup(&ml->arena, retract[i].high);
		r[i].rationale = arena_strdup(&ml->arena, retract[i].rationale);
	}
	for (size_t i = 0; i < n_ignore; i++)
		list[i] = arena_strdup(&ml->arena, ignore[i].path);
	s->retract = r;
	s->n_retract = n_retract;
	s->ignore = list;
	s->n_ignore = n_ignore;
}

static const char *go_version_keep(struct modload *ml, const char *s, size_t len)
{
	/* all modules together name a few dozen versions */
	return len ? ml->tab.nodes[modtab_node_n(&ml->tab, "go", 2, s, len)].mod.version : no_text;
}

static struct mod_summary *summary_of_scan(struct modload *ml, const struct gomod_summary *scan, bool notes)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct requires r = requires_new(ml, scan->n_require);

	s->module.path = scan->has_module ?
				 ml->tab.paths[modtab_path(&ml->tab, scan->module.s, scan->module.len)].path : no_text;
	s->module.version = s->toolchain = no_text;
	s->deprecated = notes && *scan->deprecated ? arena_strdup(&ml->arena, scan->deprecated) : no_text;
	s->go_version = go_version_keep(ml, scan->go.s, scan->go.len);
	s->pruned = scan->go.len && mod_pruning_for(s->go_version) == MOD_PRUNED;
	for (size_t i = 0; i < scan->n_require; i++) {
		const struct gomod_dep *q = &scan->require[i];

		r.indirect[r.n] = q->indirect;
		r.node[r.n++] = modtab_node_n(&ml->tab, q->path, q->path_len, q->version, q->version_len);
	}
	requires_close(ml, s, &r);
	if (notes)
		copy_notes(ml, s, scan->retract, scan->n_retract, scan->ignore, scan->n_ignore);
	return s;
}

/* summaryFromModFile, for a workspace member. */
static struct mod_summary *summary_of_file(struct modload *ml, const struct gomod *f)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct requires r = requires_new(ml, f->require.n);

	s->module = (struct modver){ ml->tab.paths[modtab_path(&ml->tab, f->module, strlen(f->module))].path, no_text };
	s->deprecated = f->deprecated;
	s->go_version = f->go;
	s->toolchain = f->toolchain;
	s->pruned = *f->go && mod_pruning_for(f->go) == MOD_PRUNED;
	for (size_t i = 0; i < f->require.n; i++) {
		r.indirect[r.n] = f->require.items[i].indirect;
		r.node[r.n++] = modtab_node(&ml->tab, f->require.items[i].mod);
	}
	requires_close(ml, s, &r);
	copy_notes(ml, s, f->retract.items, f->retract.n, f->ignore.items, f->ignore.n);
	return s;
}

/* Takes over what a thread has read. */
static void task_finish(struct modload *ml, struct task *t)
{
	struct slot *slot = modload_slot(ml, t->node);
	struct mod_failure *f;

	slot->raw_state = SLOT_FAILED;
	if (err_is_set(&t->err)) {
		f = slot->raw_failure = failure_new(ml, t->mod);
		if (t->read_failed && t->file)
			err_wrap(&t->err, "reading %s: ", modload_short(ml, t->file));
		else if (!t->read_failed)
			err_wrap(&t->err, "parsing %s: ", t->file ? modload_short(ml, t->file) : "go.mod");
		f->module_error = t->err.code != ERR_OFFLINE;
		err_move(&f->err, &t->err);
		return;
	}
	if (!t->done) { /* cancelled before it was read */
		f = slot->raw_failure = failure_new(ml, t->mod);
		err_set(&f->err, ERR_CANCELLED, "cancelled");
		return;
	}
	slot->raw = summary_of_scan(ml, &t->scan, t->want_full);
	slot->raw_state = SLOT_OK;
	if (*slot->raw->go_version && gover_compare(slot->raw->go_version, ml->local) > 0 &&
	    gover_compare(slot->raw->go_version, GOVER_STRICT) >= 0) {
		const char *what = *t->mod.version ? arena_fmt(&ml->arena, "module %s@%s", t->mod.path, t->mod.version) :
						     arena_fmt(&ml->arena, "module %s", t->mod.path);

		f = slot->raw_failure = failure_new(ml, t->mod);
		f->too_new = true;
		f->module_error = false;
		modload_too_new(ml, what, slot->raw->go_version, &f->err);
		slot->raw_state = SLOT_FAILED; /* but raw stays: retractions may be read from it */
	}
}

static void batch_run(struct batch *b)
{
	struct modload *ml = b->ml;
	size_t runs = (b->tasks.n + RUN - 1) / RUN;
	unsigned threads = b->tasks.n > RUN * 2 ? MIN(par_cpus(), 4u) : 1;

	par_for(runs, threads, task_run, b);
	for (size_t i = 0; i < b->tasks.n; i++) {
		struct task *t = &b->tasks.items[i];

		task_finish(ml, t);
		if (ml->o.progress && i % 64 == 0)
			ml->o.progress(ml->o.progress_ctx, ml->n_loaded + i, ml->n_wanted, t->mod);
		gomod_summary_release(&t->scan);
		buf_release(&t->bytes);
		err_release(&t->err);
	}
	ml->n_loaded += b->tasks.n;
	vec_release(&b->tasks);
}

static void task_add(struct batch *b, uint32_t node, bool want_full)
{
	struct modload *ml = b->ml;
	struct slot *slot = modload_slot(ml, node);
	struct task t = { .node = node, .mod = ml->tab.nodes[node].mod, .bytes = BUF_INIT, .err = ERR_INIT, .want_full = want_full };

	if (slot->raw_state != SLOT_NEW)
		return;
	slot->raw_state = SLOT_OK; /* until it is read, so that it is asked for once */
	if (!*t.mod.version)
		t.file = path_join(&ml->arena, modload_dir_of(ml, t.mod), "go.mod");
	vec_push(&b->tasks, t);
	ml->n_wanted++;
}

/* The pseudo-modules: go >= 1.21 requires the toolchain of its name. */
static const struct mod_summary *toolchain_summary(struct modload *ml, uint32_t node)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct modver m = ml->tab.nodes[node].mod;
	struct requires r = requires_new(ml, 1);

	s->module = m;
	s->go_version = s->toolchain = s->deprecated = "";
	s->pruned = true;
	if (str_eq(m.path, "go") && gover_compare(m.version, GOVER_STRICT) >= 0) {
		const char *name = arena_fmt(&ml->arena, "go%s", m.version);

		r.indirect[0] = false;
		r.node[r.n++] = modtab_node(&ml->tab, (struct modver){ "toolchain", name });
	}
	s->require = r.node;
	s->indirect = r.indirect;
	s->n_require = r.n;
	return s;
}

/* With -mod=vendor nothing but modules.txt is known: a vendored module is taken to require all of them. */
static const struct mod_summary *vendor_summary(struct modload *ml, uint32_t node)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct modver m = ml->tab.nodes[node].mod;
	const char *selected = map_get(&ml->vendor->versions, m.path);
	struct requires r;

	s->module = (struct modver){ m.path, "" };
	s->go_version = s->toolchain = s->deprecated = "";
	s->pruned = true;
	if (!selected || !str_eq(selected, m.version))
		return s;
	r = requires_new(ml, ml->vendor->n_list);
	for (size_t i = 0; i < ml->vendor->n_list; i++) {
		r.indirect[r.n] = false;
		r.node[r.n++] = modtab_node(&ml->tab, ml->vendor->list[i]->mod);
	}
	s->require = r.node;
	s->indirect = r.indirect;
	s->n_require = r.n;
	return s;
}

static void slot_fail(struct modload *ml, uint32_t node, struct mod_failure *f)
{
	struct slot *slot = modload_slot(ml, node);

	slot->state = SLOT_FAILED;
	slot->failure = f;
}

static void slot_give(struct modload *ml, uint32_t node, const struct mod_summary *s)
{
	struct slot *slot = modload_slot(ml, node);

	slot->state = SLOT_OK;
	slot->actual = node;
	slot->summary = s;
}

static bool sum_is_known(struct modload *ml, struct modver actual)
{
	return gosum_have(ml->sums, actual, GOSUM_MOD);
}

/* The first half of goModSummary: what needs no file is answered, the rest becomes a task. */
static void slot_begin(struct batch *b, uint32_t node)
{
	struct modload *ml = b->ml;
	struct modver m = ml->tab.nodes[node].mod, actual;
	const struct main_module *mm;
	uint32_t actual_node = node;

	if (gover_is_toolchain(m.path)) {
		slot_give(ml, node, toolchain_summary(ml, node));
		return;
	}
	if (ml->build_mod == BUILD_MOD_VENDOR) {
		slot_give(ml, node, vendor_summary(ml, node));
		return;
	}
	mm = *m.version ? NULL : modload_main(ml, m.path);
	if (mm) {
		struct slot *slot = modload_slot(ml, node);

		slot->actual = node;
		slot->raw_state = SLOT_OK;
		slot->raw = mm->file ? summary_of_file(ml, mm->file) : toolchain_summary(ml, node);
		return;
	}
	if (ml->any_replace) {
		actual = modload_resolve(ml, m);
		actual_node = modtab_node(&ml->tab, actual);
	}
	modload_slot(ml, node)->actual = actual_node;
	actual = ml->tab.nodes[actual_node].mod;
	if (*actual.version && modload_must_have_sums(ml) && !sum_is_known(ml, actual)) {
		struct mod_failure *f = failure_new(ml, actual);

		err_set(&f->err, ERR_REFUSED, "missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s", m.path);
		slot_fail(ml, node, f);
		return;
	}
	task_add(b, actual_node, false);
}

static const struct mod_summary *without_excluded(struct modload *ml, const struct mod_summary *s)
{
	struct mod_summary *copy;
	struct requires r;
	bool any = false;

	for (size_t i = 0; ml->any_exclude && i < s->n_require && !any; i++)
		any = modload_node_excluded(ml, s->require[i]);
	if (!any)
		return s;
	r = requires_new(ml, s->n_require);
	for (size_t i = 0; i < s->n_require; i++) {
		if (modload_node_excluded(ml, s->require[i]))
			continue;
		r.indirect[r.n] = s->indirect[i];
		r.node[r.n++] = s->require[i];
	}
	copy = arena_memdup(&ml->arena, s, sizeof(*s));
	copy->require = r.node;
	copy->indirect = r.indirect;
	copy->n_require = r.n;
	return copy;
}

/* The second half: does the file belong to the module that is asked for? */
static void slot_finish(struct modload *ml, uint32_t node)
{
	struct slot *slot = modload_slot(ml, node), *raw;
	struct modver m = ml->tab.nodes[node].mod, actual;
	const char *declared;

	if (slot->state != SLOT_NEW)
		return;
	raw = modload_slot(ml, slot->actual);
	slot = modload_slot(ml, node);
	actual = ml->tab.nodes[slot->actual].mod;
	if (raw->raw_state == SLOT_FAILED) {
		slot_fail(ml, node, raw->raw_failure);
		return;
	}
	declared = raw->raw->module.path;
	if (*actual.version && (!*declared || (!str_eq(declared, m.path) && !str_eq(declared, actual.path)))) {
		struct mod_failure *f = failure_new(ml, actual);

		if (!*declared)
			err_set(&f->err, ERR_SYNTAX, "parsing go.mod: missing module line");
		else
			err_set(&f->err, ERR_SYNTAX,
				"parsing go.mod:\n\tmodule declares its path as: %s\n\t        but was required as: %s", declared,
				m.path);
		slot_fail(ml, node, f);
		return;
	}
	slot->summary = without_excluded(ml, raw->raw);
	slot->state = SLOT_OK;
}

void modload_prefetch(struct modload *ml, const uint32_t *nodes, size_t n)
{
	struct batch b = { .ml = ml };

	for (size_t i = 0; i < n; i++) {
		if (modload_slot(ml, nodes[i])->state == SLOT_NEW)
			slot_begin(&b, nodes[i]);
	}
	batch_run(&b);
	for (size_t i = 0; i < n; i++)
		slot_finish(ml, nodes[i]);
}

const struct mod_summary *modload_summary_node(struct modload *ml, uint32_t node)
{
	if (modload_slot(ml, node)->state == SLOT_NEW)
		modload_prefetch(ml, &node, 1);
	return modload_slot(ml, node)->summary;
}

const struct mod_failure *modload_failure(const struct modload *ml, uint32_t node)
{
	return node < ml->cap_slots && ml->slots[node].state == SLOT_FAILED ? ml->slots[node].failure : NULL;
}

const struct mod_summary *modload_summary(struct modload *ml, struct modver m, struct err *e)
{
	uint32_t node = modtab_node(&ml->tab, m);
	const struct mod_summary *s = modload_summary_node(ml, node);
	struct buf b = BUF_INIT;

	if (s || !e)
		return s;
	modload_failure_text(modload_failure(ml, node), ml->tab.nodes[node].mod, &b);
	err_set(e, modload_failure(ml, node)->err.code, "%s", b.data);
	buf_release(&b);
	return NULL;
}

const struct mod_summary *modload_raw_summary(struct modload *ml, struct modver m, bool *too_new, struct err *e)
{
	struct batch b = { .ml = ml };
	uint32_t node = modtab_node(&ml->tab, m);
	struct slot *slot = modload_slot(ml, node);
	struct buf text = BUF_INIT;

	if (gover_is_toolchain(m.path))
		return modload_summary_node(ml, node);
	/* what was read for the graph alone lacks retractions */
	if (slot->raw_state != SLOT_NEW && slot->raw && !slot->raw->retract) {
		slot->raw_state = SLOT_NEW;
		slot->raw_failure = NULL;
	}
	task_add(&b, node, true);
	batch_run(&b);
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

static void add_mod(struct buf *out, struct modver m)
{
	buf_addstr(out, m.path);
	if (*m.version)
		buf_addf(out, "@%s", m.version);
}

void modload_failure_text(const struct mod_failure *f, struct modver m, struct buf *out)
{
	bool same = str_eq(f->actual.path, m.path) && str_eq(f->actual.version, m.version);

	add_mod(out, m);
	if (f->module_error && !same) {
		buf_addstr(out, " (replaced by ");
		add_mod(out, f->actual);
		buf_addstr(out, ")");
	}
	buf_addf(out, ": %s", f->err.text);
}

const char *modload_raw_go_version(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_find(&ml->tab, m);
	const struct main_module *mm = *m.version ? NULL : modload_main(ml, m.path);

	if (mm)
		return mm->go_version;
	if (ml->build_mod == BUILD_MOD_VENDOR)
		return modulestxt_find(ml->vendor, m) ? modulestxt_find(ml->vendor, m)->go_version : "";
	return node != MODTAB_NONE && node < ml->cap_slots && ml->slots[node].raw ? ml->slots[node].raw->go_version : "";
}

void modload_summary_release(struct modload *ml)
{
	for (size_t i = 0; i < ml->n_failures; i++)
		err_release(&ml->failures[i]->err);
	free(ml->failures);
	free(ml->slots);
}
