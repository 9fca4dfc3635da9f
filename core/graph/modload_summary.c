#include "gofiles/gomod_summary.h"
#include "graph/modload_impl.h"

/* A requirement as a thread leaves it, with its hashes made. */
struct found {
	const char *path, *version;
	uint64_t path_hash, version_hash;
	uint32_t path_len, version_len;
	bool indirect;
};

/* One go.mod file to be read: the threads fill it, the loader's thread takes it over. */
struct task {
	uint32_t node; /* the module that is read, after replacement */
	struct modver mod;
	const char *file;		      /* of a directory; NULL: the source knows */
	bool want_full;			      /* retractions and the like too */
	const struct modindex_entry *indexed; /* what the index knows of it; NULL */
	/* filled in; the strings are the run's */
	bool is_current; /* the index is right */
	bool missing;	 /* not in GOMODCACHE: to be looked for elsewhere */
	bool read_failed, done;
	struct err err;
	struct gomod_piece module, go;
	bool has_module;
	struct found *require;
	size_t n_require;
	const char *deprecated;
	struct mod_retraction *retract;
	const char **ignore;
	size_t n_retract, n_ignore;
	bool known; /* id, name and sum can go into the index */
	struct modindex_id id;
	const char *name;
	char sum[MODHASH_LEN + 1];
};

/* Files are read in runs, each with memory of its own, so that threads do not meet. */
#define RUN 16
#define NETWORK_THREADS 32u
/* A small project is read as quickly without an index. */
#define MIN_INDEX 64

struct batch {
	struct modload *ml;
	VEC(struct task) tasks;
	struct arena *arenas; /* by run */
	struct task **missing;
	size_t n_missing;
	struct arena *missing_arenas;
};

/* What one run reuses. */
struct reader {
	struct modload *ml;
	struct arena *arena;
	struct buf bytes, name;
	struct gomod_summary scan;
};

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

static bool task_read(struct reader *r, struct task *t, const char **data, size_t *len)
{
	struct stat st;

	if (t->file) {
		buf_clear(&r->bytes);
		if (!fs_read_buf(&r->bytes, t->file, FS_MAX_MOD, &t->err))
			return false;
		*data = r->bytes.data;
		*len = r->bytes.len;
		return true;
	}
	t->missing = !source_read_gomod_as(r->ml->o.source, t->mod, &r->bytes, data, len, &st,
					   &r->name, t->sum);
	if (t->missing)
		return false;
	t->known = true;
	modindex_id_of(&t->id, &st);
	t->name = arena_strndup(r->arena, r->name.data, r->name.len);
	return true;
}

static void keep_requires(struct reader *r, struct task *t)
{
	const struct modtab *tab = &r->ml->tab;

	t->n_require = r->scan.n_require;
	t->require = arena_alloc(r->arena, t->n_require * sizeof(*t->require));
	for (size_t i = 0; i < t->n_require; i++) {
		const struct gomod_dep *d = &r->scan.require[i];
		char *p = arena_alloc(r->arena, (size_t)d->path_len + d->version_len);

		memcpy(p, d->path, d->path_len);
		memcpy(p + d->path_len, d->version, d->version_len);
		t->require[i] = (struct found){ p,
						p + d->path_len,
						modtab_hash(tab, d->path, d->path_len),
						modtab_hash(tab, d->version, d->version_len),
						d->path_len,
						d->version_len,
						d->indirect };
	}
}

static void keep_notes(struct reader *r, struct task *t)
{
	const struct gomod_summary *s = &r->scan;

	t->deprecated = arena_strdup(r->arena, s->deprecated);
	t->n_retract = s->n_retract;
	t->retract = arena_alloc(r->arena, t->n_retract * sizeof(*t->retract));
	for (size_t i = 0; i < t->n_retract; i++) {
		t->retract[i].low = arena_strdup(r->arena, s->retract[i].low);
		t->retract[i].high = arena_strdup(r->arena, s->retract[i].high);
		t->retract[i].rationale = arena_strdup(r->arena, s->retract[i].rationale);
	}
	t->n_ignore = s->n_ignore;
	t->ignore = arena_alloc(r->arena, t->n_ignore * sizeof(*t->ignore));
	for (size_t i = 0; i < t->n_ignore; i++)
		t->ignore[i] = arena_strdup(r->arena, s->ignore[i].path);
}

static void task_parse(struct reader *r, struct task *t, const char *data, size_t len)
{
	const char *name = t->file ? t->file : "go.mod";

	if (!gomod_summarize(&r->scan, name, data, len, t->want_full ? GOMOD_SUMMARY_NOTES : 0,
			     &t->err))
		return;
	t->has_module = r->scan.has_module;
	t->module = (struct gomod_piece){
		arena_strndup(r->arena, r->scan.module.s, r->scan.module.len), r->scan.module.len
	};
	t->go = (struct gomod_piece){ arena_strndup(r->arena, r->scan.go.s, r->scan.go.len),
				      r->scan.go.len };
	keep_requires(r, t);
	if (t->want_full)
		keep_notes(r, t);
	t->done = true;
}

static void task_do(struct reader *r, struct task *t)
{
	const char *data;
	size_t len;

	/* an unchanged file needs no reading, but its hash must be what go.sum says all the same */
	if (t->indexed && !t->want_full && modindex_is_current(&r->ml->index, t->indexed) &&
	    gosum_check(r->ml->sums, t->mod, GOSUM_MOD, t->indexed->sum, NULL) == GOSUM_MATCH) {
		t->is_current = t->done = true;
		return;
	}
	t->read_failed = !task_read(r, t, &data, &len);
	if (!t->read_failed)
		task_parse(r, t, data, len);
}

static void task_run(void *ctx, size_t i)
{
	struct batch *b = ctx;
	struct reader r = { .ml = b->ml,
			    .arena = &b->arenas[i],
			    .bytes = BUF_INIT,
			    .name = BUF_INIT,
			    .scan = GOMOD_SUMMARY_INIT };
	size_t end = MIN((i + 1) * RUN, b->tasks.n);

	for (i *= RUN; i < end && !cancel_is_set(b->ml->o.cancel); i++)
		task_do(&r, &b->tasks.items[i]);
	buf_release(&r.bytes);
	buf_release(&r.name);
	gomod_summary_release(&r.scan);
}

struct requires
{
	uint32_t *node;
	bool *indirect;
	size_t n;
};

static struct requires requires_new(struct modload *ml, size_t n)
{
	return (struct requires){ arena_alloc(&ml->arena, (n + 1) * sizeof(uint32_t)),
				  arena_alloc(&ml->arena, n + 1), 0 };
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

/* What the loader keeps of a file's notes. */
static void copy_notes(struct modload *ml, struct mod_summary *s,
		       const struct mod_retraction *retract, size_t n_retract,
		       const char *const *ignore, size_t n_ignore)
{
	struct mod_retraction *r = arena_alloc(&ml->arena, n_retract * sizeof(*r));
	const char **list = arena_alloc(&ml->arena, n_ignore * sizeof(*list));

	for (size_t i = 0; i < n_retract; i++) {
		r[i].low = arena_strdup(&ml->arena, retract[i].low);
		r[i].high = arena_strdup(&ml->arena, retract[i].high);
		r[i].rationale = arena_strdup(&ml->arena, retract[i].rationale);
	}
	for (size_t i = 0; i < n_ignore; i++)
		list[i] = arena_strdup(&ml->arena, ignore[i]);
	s->retract = r;
	s->n_retract = n_retract;
	s->ignore = list;
	s->n_ignore = n_ignore;
}

static const char *go_version_keep(struct modload *ml, const char *s, size_t len)
{
	/* all modules together name a few dozen versions */
	uint32_t node = len ? modtab_node_n(&ml->tab, "go", 2, s, len) : 0;

	return len ? ml->tab.nodes[node].mod.version : no_text;
}

static struct mod_summary *summary_of_task(struct modload *ml, const struct task *t)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct requires r = requires_new(ml, t->n_require);

	s->module.path =
		t->has_module
			? ml->tab.paths[modtab_path(&ml->tab, t->module.s, t->module.len)].path
			: no_text;
	s->module.version = s->toolchain = no_text;
	s->deprecated = t->want_full && *t->deprecated ? arena_strdup(&ml->arena, t->deprecated)
						       : no_text;
	s->go_version = go_version_keep(ml, t->go.s, t->go.len);
	s->pruned = t->go.len && mod_pruning_for(s->go_version) == MOD_PRUNED;
	for (size_t i = 0; i < t->n_require; i++) {
		const struct found *f = &t->require[i];

		r.indirect[r.n] = f->indirect;
		r.node[r.n++] = modtab_node_hashed(&ml->tab, f->path, f->path_len, f->path_hash,
						   f->version, f->version_len, f->version_hash);
	}
	requires_close(ml, s, &r);
	if (t->want_full)
		copy_notes(ml, s, t->retract, t->n_retract, t->ignore, t->n_ignore);
	return s;
}

/* The index holds the requirements as summaries want them, go@V included. */
static struct mod_summary *summary_of_entry(struct modload *ml, const struct modindex_entry *e)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));

	s->module.path = e->module == MODTAB_NONE ? no_text : ml->tab.paths[e->module].path;
	s->module.version = s->toolchain = s->deprecated = no_text;
	s->go_version = e->go == MODTAB_NONE ? no_text : ml->tab.nodes[e->go].mod.version;
	s->pruned = *s->go_version && mod_pruning_for(s->go_version) == MOD_PRUNED;
	s->require = ml->index.require + e->require;
	s->indirect = ml->index.indirect + e->require;
	s->n_require = e->n_require;
	return s;
}

/* Notes what may go into the index: a file that changed a moment ago may change again without a trace. */
static void note_fresh(struct modload *ml, const struct task *t, const struct mod_summary *s)
{
	struct modindex_new n = { .require = s->require, .indirect = s->indirect };

	if (!t->known || !ml->index_file || t->id.ctime / 1000000000 + 2 > ml->opened)
		return;
	n.e.id = t->id;
	n.e.node = t->node;
	n.e.module = *s->module.path ? modtab_find_path(&ml->tab, s->module.path) : MODTAB_NONE;
	n.e.go = *s->go_version ? modtab_node(&ml->tab, (struct modver){ "go", s->go_version })
				: MODTAB_NONE;
	n.e.n_require = (uint32_t)s->n_require;
	memcpy(n.e.sum, t->sum, sizeof(n.e.sum));
	n.name = arena_strdup(&ml->arena, t->name);
	vec_push(&ml->fresh, n);
}

/* summaryFromModFile, for a workspace member. */
static struct mod_summary *summary_of_file(struct modload *ml, const struct gomod *f)
{
	struct mod_summary *s = arena_calloc(&ml->arena, 1, sizeof(*s));
	struct requires r = requires_new(ml, f->require.n);

	s->module = (struct modver){
		ml->tab.paths[modtab_path(&ml->tab, f->module, strlen(f->module))].path, no_text
	};
	s->deprecated = f->deprecated;
	s->go_version = f->go;
	s->toolchain = f->toolchain;
	s->pruned = *f->go && mod_pruning_for(f->go) == MOD_PRUNED;
	for (size_t i = 0; i < f->require.n; i++) {
		r.indirect[r.n] = f->require.items[i].indirect;
		r.node[r.n++] = modtab_node(&ml->tab, f->require.items[i].mod);
	}
	requires_close(ml, s, &r);
	return s;
}

/* Takes over what a thread has read. */
static void task_finish(struct modload *ml, struct task *t)
{
	struct slot *slot = modload_slot(ml, t->node);
	struct mod_failure *f;

	slot->raw_state = SLOT_FAILED;
	if (err_is_set(&t->err)) {
		modload_note_fatal(ml, &t->err);
		f = slot->raw_failure = failure_new(ml, t->mod);
		if (t->read_failed && t->file)
			err_wrap(&t->err, "reading %s: ", modload_short(ml, t->file));
		else if (!t->read_failed)
			err_wrap(&t->err,
				 "parsing %s: ", t->file ? modload_short(ml, t->file) : "go.mod");
		f->module_error = !err_is_bare(&t->err);
		err_move(&f->err, &t->err);
		return;
	}
	if (!t->done) { /* cancelled before it was read */
		f = slot->raw_failure = failure_new(ml, t->mod);
		err_set(&f->err, ERR_CANCELLED, "cancelled");
		return;
	}
	if (t->is_current) {
		slot->raw = summary_of_entry(ml, t->indexed);
	} else {
		const struct mod_summary *s = summary_of_task(ml, t);

		note_fresh(ml, t, s);
		slot = modload_slot(ml, t->node);
		slot->raw = s;
	}
	slot->raw_state = SLOT_OK;
	if (*slot->raw->go_version && gover_compare(slot->raw->go_version, ml->local) > 0 &&
	    gover_compare(slot->raw->go_version, GOVER_STRICT) >= 0) {
		const char *what = *t->mod.version
					   ? arena_fmt(&ml->arena, "module %s@%s", t->mod.path,
						       t->mod.version)
					   : arena_fmt(&ml->arena, "module %s", t->mod.path);

		f = slot->raw_failure = failure_new(ml, t->mod);
		f->too_new = true;
		f->module_error = false;
		modload_too_new(ml, what, slot->raw->go_version, &f->err);
		slot->raw_state = SLOT_FAILED; /* but raw stays: retractions may be read from it */
	}
}

/* What GOMODCACHE does not have: our own cache, then the proxies, many requests at once. */
static void missing_run(void *ctx, size_t i)
{
	struct batch *b = ctx;
	struct reader r = { .ml = b->ml,
			    .arena = &b->missing_arenas[i],
			    .scan = GOMOD_SUMMARY_INIT };
	struct task *t = b->missing[i];
	const char *data;
	size_t len;

	if (cancel_is_set(b->ml->o.cancel))
		return;
	t->read_failed = !source_gomod(b->ml->o.source, t->mod, &data, &len, &t->err);
	if (!t->read_failed)
		task_parse(&r, t, data, len);
	gomod_summary_release(&r.scan);
}

static void run_missing(struct batch *b)
{
	b->missing = xreallocarray(NULL, b->tasks.n + 1, sizeof(struct task *));
	for (size_t i = 0; i < b->tasks.n; i++) {
		if (b->tasks.items[i].missing)
			b->missing[b->n_missing++] = &b->tasks.items[i];
	}
	b->missing_arenas = xcalloc(b->n_missing + 1, sizeof(*b->missing_arenas));
	par_for_waiting(b->n_missing, MIN(par_cpus(), 4u), NETWORK_THREADS, missing_run, b);
}

static void batch_release(struct batch *b, size_t runs)
{
	for (size_t i = 0; i < runs; i++)
		arena_release(&b->arenas[i]);
	for (size_t i = 0; i < b->n_missing; i++)
		arena_release(&b->missing_arenas[i]);
	free(b->arenas);
	free(b->missing);
	free(b->missing_arenas);
	vec_release(&b->tasks);
}

static void batch_run(struct batch *b)
{
	struct modload *ml = b->ml;
	size_t runs = (b->tasks.n + RUN - 1) / RUN;

	b->arenas = xcalloc(runs + 1, sizeof(*b->arenas));
	par_for(runs, MIN(par_cpus(), 4u), task_run, b);
	run_missing(b);
	for (size_t i = 0; i < b->tasks.n; i++) {
		struct task *t = &b->tasks.items[i];

		task_finish(ml, t);
		if (ml->o.progress && i % 64 == 0)
			ml->o.progress(ml->o.progress_ctx, ml->n_loaded + i, ml->n_wanted, t->mod);
		err_release(&t->err);
	}
	ml->n_loaded += b->tasks.n;
	batch_release(b, runs);
}

static void task_add(struct batch *b, uint32_t node, bool want_full)
{
	struct modload *ml = b->ml;
	struct slot *slot = modload_slot(ml, node);
	struct task t = { .node = node,
			  .mod = ml->tab.nodes[node].mod,
			  .err = ERR_INIT,
			  .want_full = want_full };

	if (slot->raw_state != SLOT_NEW)
		return;
	slot->raw_state = SLOT_OK; /* until it is read, so that it is asked for once */
	if (*t.mod.version)
		t.indexed = modindex_find(&ml->index, node);
	else
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

void modload_read_sums(struct modload *ml)
{
	struct err e = ERR_INIT;

	if (!gosum_init(ml->sums, &e))
		modload_note_fatal(ml, &e);
	err_release(&e);
}

static bool sum_is_known(struct modload *ml, struct modver actual)
{
	modload_read_sums(ml);
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

		err_set(&f->err, ERR_REFUSED,
			"missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s",
			m.path);
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
	if (*actual.version &&
	    (!*declared || (!str_eq(declared, m.path) && !str_eq(declared, actual.path)))) {
		struct mod_failure *f = failure_new(ml, actual);

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
	return node < ml->cap_slots && ml->slots[node].state == SLOT_FAILED
		       ? ml->slots[node].failure
		       : NULL;
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

const struct mod_summary *modload_raw_summary(struct modload *ml, struct modver m, bool *too_new,
					      struct err *e)
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
		return modulestxt_find(ml->vendor, m) ? modulestxt_find(ml->vendor, m)->go_version
						      : "";
	return node != MODTAB_NONE && node < ml->cap_slots && ml->slots[node].raw
		       ? ml->slots[node].raw->go_version
		       : "";
}

bool modload_was_read(struct modload *ml, struct modver m)
{
	uint32_t node = modtab_find(&ml->tab, m);

	return node != MODTAB_NONE && node < ml->cap_slots && ml->slots[node].raw;
}

/* Fresh entries, and those of the last time that were not read anew; what is no longer in use goes when it is most of it. */
void modload_index_write(struct modload *ml)
{
	VEC(struct modindex_new) list = { 0 };
	size_t used = ml->fresh.n, old = 0;

	if (!ml->index_file || !ml->fresh.n)
		return;
	modload_slot(ml, (uint32_t)ml->tab.n_nodes - 1);
	for (size_t i = 0; i < ml->fresh.n; i++)
		vec_push(&list, ml->fresh.items[i]);
	for (size_t i = 0; i < ml->index.n_entries; i++)
		used += ml->slots[ml->index.entries[i].node].raw_state == SLOT_OK;
	for (size_t i = 0; i < ml->index.n_entries; i++) {
		const struct modindex_entry *e = &ml->index.entries[i];
		const struct slot *slot = &ml->slots[e->node];

		if (slot->raw ? slot->raw->require != ml->index.require + e->require
			      : old++ > used * 4)
			continue;
		vec_push(&list, (struct modindex_new){ *e, ml->index.strings + e->name,
						       ml->index.require + e->require,
						       ml->index.indirect + e->require });
	}
	if (list.n >= MIN_INDEX)
		modindex_write(ml->index_file, &ml->tab, list.items, list.n);
	vec_release(&list);
}

void modload_summary_release(struct modload *ml)
{
	modload_index_write(ml);
	vec_release(&ml->fresh);
	modindex_release(&ml->index);
	for (size_t i = 0; i < ml->n_failures; i++)
		err_release(&ml->failures[i]->err);
	free(ml->failures);
	free(ml->slots);
}
