#include "base/fs.h"
#include "fetch/source.h"
#include "gofiles/goenv.h"
#include "gofiles/gomod_summary.h"
#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "graph/modload_impl.h"
#include "graph/pruning.h"

/* A requirement as parsed by a thread, with its hashes. */
struct found {
	const char *path, *version;
	uint64_t path_hash, version_hash;
	uint32_t path_len, version_len;
	bool indirect;
};

/* One go.mod file to read: filled by a thread, taken over by the loader's thread. */
struct task {
	uint32_t node; /* the module to read, after replacement */
	struct modver mod;
	const char *file;		      /* of a directory; NULL: the source knows */
	bool want_full;			      /* including retractions and similar lines */
	const struct modindex_entry *indexed; /* its entry in the index; NULL */
	/* filled in; the run owns the strings */
	bool missing; /* not in GOMODCACHE: look elsewhere */
	bool read_failed, done;
	struct err err;
	struct gomod_summary_piece module, go;
	bool has_module;
	struct found *require;
	size_t n_require;
	const char *deprecated;
	struct modload_retraction *retract;
	const char **ignore;
	size_t n_retract, n_ignore;
	bool known; /* id, name and sum can go into the index */
	struct modindex_id id;
	const char *name;
	char sum[DIRHASH_LEN + 1];
};

/* Files are read in runs, each with its own memory, so that threads do not contend. */
#define RUN 16
/* A file in the index is checked, not read: fewer than this are done before a thread has started. */
#define MANY 64
#define NETWORK_THREADS 32u

struct batch {
	struct modload *ml;
	VEC(struct task) tasks;
	struct arena *arenas; /* by run */
	struct task **missing;
	size_t n_missing;
	struct arena *missing_arenas;
};

/* Scratch memory of a run. */
struct reader {
	struct modload *ml;
	struct arena *arena;
	struct buf bytes, name;
	struct gomod_summary scan;
};

static const struct overlay *overlay_of(const struct reader *r)
{
	return goenv_overlay(modproject_env(r->ml->project));
}

static bool task_read(struct reader *r, struct task *t, const char **data, size_t *len)
{
	struct stat st;

	if (t->file) {
		buf_clear(&r->bytes);
		if (!fs_read_buf(&r->bytes, overlay_actual(overlay_of(r), t->file), FS_MAX_MOD,
				 &t->err))
			return false;
		*data = r->bytes.data;
		*len = r->bytes.len;
		return true;
	}
	t->missing = !source_cached_gomod(modproject_source(r->ml->project), t->mod, &r->bytes,
					  data, len, &st, &r->name, t->sum);
	if (t->missing)
		return false;
	t->known = true;
	modindex_id_of(&t->id, &st);
	t->name = arena_strndup(r->arena, r->name.data, r->name.len);
	return true;
}

static void keep_requires(struct reader *r, struct task *t)
{
	const struct modtab *tab = r->ml->tab;

	t->n_require = r->scan.n_require;
	t->require = arena_alloc(r->arena, t->n_require * sizeof(*t->require));
	for (size_t i = 0; i < t->n_require; i++) {
		const struct gomod_summary_dep *d = &r->scan.require[i];
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

	if (!gomod_summary_read(&r->scan, name, data, len, t->want_full ? GOMOD_SUMMARY_NOTES : 0,
				&t->err))
		return;
	t->has_module = r->scan.has_module;
	t->module = (struct gomod_summary_piece){
		arena_strndup(r->arena, r->scan.module.s, r->scan.module.len), r->scan.module.len
	};
	t->go = (struct gomod_summary_piece){ arena_strndup(r->arena, r->scan.go.s, r->scan.go.len),
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

	for (i *= RUN; i < end && !cancel_is_set(modproject_cancel(b->ml->project)); i++)
		task_do(&r, &b->tasks.items[i]);
	buf_release(&r.bytes);
	buf_release(&r.name);
	gomod_summary_release(&r.scan);
}

struct modload_requires modload_requires_new(struct modload *ml, size_t n)
{
	return (struct modload_requires){ arena_alloc(ml->arena, (n + 1) * sizeof(uint32_t)),
					  arena_alloc(ml->arena, n + 1), 0 };
}

void modload_requires_add(struct modload_requires *r, uint32_t node, bool indirect)
{
	r->indirect[r->n] = indirect;
	r->node[r->n++] = node;
}

void modload_requires_give(struct modload *ml, struct modload_requires *r,
			   struct modload_summary *s)
{
	if (*s->go_version && gover_compare(s->go_version, GOVER_STRICT) >= 0)
		modload_requires_add(r,
				     modtab_node(ml->tab, (struct modver){ "go", s->go_version }),
				     false);
	s->require = r->node;
	s->indirect = r->indirect;
	s->n_require = r->n;
}

static const char *const no_text = "";

/* Copies the parts of a file that the loader keeps. */
static void copy_notes(struct modload *ml, struct modload_summary *s,
		       const struct modload_retraction *retract, size_t n_retract,
		       const char *const *ignore, size_t n_ignore)
{
	struct modload_retraction *r = arena_alloc(ml->arena, n_retract * sizeof(*r));
	const char **list = arena_alloc(ml->arena, n_ignore * sizeof(*list));

	for (size_t i = 0; i < n_retract; i++) {
		r[i].low = arena_strdup(ml->arena, retract[i].low);
		r[i].high = arena_strdup(ml->arena, retract[i].high);
		r[i].rationale = arena_strdup(ml->arena, retract[i].rationale);
	}
	for (size_t i = 0; i < n_ignore; i++)
		list[i] = arena_strdup(ml->arena, ignore[i]);
	s->retract = r;
	s->n_retract = n_retract;
	s->ignore = list;
	s->n_ignore = n_ignore;
}

static const char *go_version_keep(struct modload *ml, const char *s, size_t len)
{
	/* all modules together have a few dozen versions */
	uint32_t node = len ? modtab_node_n(ml->tab, "go", 2, s, len) : 0;

	return len ? ml->tab->nodes[node].mod.version : no_text;
}

static struct modload_summary *summary_of_task(struct modload *ml, const struct task *t)
{
	struct modload_summary *s = arena_calloc(ml->arena, 1, sizeof(*s));
	struct modload_requires r = modload_requires_new(ml, t->n_require);

	s->module.path =
		t->has_module
			? ml->tab->paths[modtab_path(ml->tab, t->module.s, t->module.len)].path
			: no_text;
	s->module.version = s->toolchain = no_text;
	s->deprecated = t->want_full && *t->deprecated ? arena_strdup(ml->arena, t->deprecated)
						       : no_text;
	s->go_version = go_version_keep(ml, t->go.s, t->go.len);
	s->pruned = t->go.len && pruning_for(s->go_version) == PRUNING_PRUNED;
	for (size_t i = 0; i < t->n_require; i++) {
		const struct found *f = &t->require[i];

		modload_requires_add(&r,
				     modtab_node_hashed(ml->tab, f->path, f->path_len, f->path_hash,
							f->version, f->version_len,
							f->version_hash),
				     f->indirect);
	}
	modload_requires_give(ml, &r, s);
	if (t->want_full)
		copy_notes(ml, s, t->retract, t->n_retract, t->ignore, t->n_ignore);
	return s;
}

/* The index has requirements in the form of summaries, including go@V. */
static struct modload_summary *summary_of_entry(struct modload *ml, const struct modindex_entry *e)
{
	struct modload_summary *s = arena_calloc(ml->arena, 1, sizeof(*s));

	s->module.path = e->module == MODTAB_NONE ? no_text : ml->tab->paths[e->module].path;
	s->module.version = s->toolchain = s->deprecated = no_text;
	s->go_version = e->go == MODTAB_NONE ? no_text : ml->tab->nodes[e->go].mod.version;
	s->pruned = *s->go_version && pruning_for(s->go_version) == PRUNING_PRUNED;
	s->require = ml->index.require + e->require;
	s->indirect = ml->index.indirect + e->require;
	s->n_require = e->n_require;
	return s;
}

static void note_fresh(struct modload *ml, const struct task *t, const struct modload_summary *s)
{
	struct modindex_new n = { .require = s->require, .indirect = s->indirect };

	if (!t->known)
		return;
	/* read again for its retractions: already in the index */
	if (t->indexed && memcmp(&t->indexed->id, &t->id, sizeof(t->id)) == 0 &&
	    memcmp(t->indexed->sum, t->sum, sizeof(t->sum)) == 0)
		return;
	n.e.id = t->id;
	n.e.node = t->node;
	n.e.module = *s->module.path ? modtab_find_path(ml->tab, s->module.path) : MODTAB_NONE;
	n.e.go = *s->go_version ? modtab_node(ml->tab, (struct modver){ "go", s->go_version })
				: MODTAB_NONE;
	n.e.n_require = (uint32_t)s->n_require;
	memcpy(n.e.sum, t->sum, sizeof(n.e.sum));
	n.name = arena_strdup(ml->arena, t->name);
	modload_index_note(ml, n);
}

/* A file for a newer Go is a failure, but raw stays: retractions may be read from it. */
static void check_go_version(struct modload *ml, struct modload_slot *slot, struct modver m)
{
	const char *go = slot->raw->go_version, *what;
	struct modload_failure *f;

	if (!*go || gover_compare(go, modproject_local_version(ml->project)) <= 0 ||
	    gover_compare(go, GOVER_STRICT) < 0)
		return;
	what = *m.version ? arena_fmt(ml->arena, "module %s@%s", m.path, m.version)
			  : arena_fmt(ml->arena, "module %s", m.path);
	f = slot->raw_failure = modload_new_failure(ml, m);
	f->too_new = true;
	f->module_error = false;
	modproject_too_new(ml->project, what, go, &f->err);
	slot->raw_state = SLOT_FAILED;
}

/* Takes over a thread's result. */
static void task_finish(struct modload *ml, struct task *t)
{
	struct modload_slot *slot = modload_slot(ml, t->node);
	const struct modload_summary *s;
	struct modload_failure *f;

	slot->raw_state = SLOT_FAILED;
	if (err_is_set(&t->err)) {
		modproject_note_fatal(ml->project, &t->err);
		f = slot->raw_failure = modload_new_failure(ml, t->mod);
		if (t->read_failed && t->file)
			err_wrap(&t->err, "reading %s: ", modproject_short(ml->project, t->file));
		else if (!t->read_failed)
			err_wrap(&t->err, "parsing %s: ",
				 t->file ? modproject_short(ml->project, t->file) : "go.mod");
		f->module_error = !err_is_bare(&t->err);
		err_move(&f->err, &t->err);
		return;
	}
	if (!t->done) { /* cancelled before it was read */
		f = slot->raw_failure = modload_new_failure(ml, t->mod);
		err_set(&f->err, ERR_CANCELLED, "cancelled");
		return;
	}
	s = summary_of_task(ml, t);
	note_fresh(ml, t, s);
	slot = modload_slot(ml, t->node);
	slot->raw = s;
	slot->raw_state = SLOT_OK;
	check_go_version(ml, slot, t->mod);
}

/* Files that GOMODCACHE lacks: from our own cache, then the proxies, many requests at once. */
static void missing_run(void *ctx, size_t i)
{
	struct batch *b = ctx;
	struct reader r = { .ml = b->ml,
			    .arena = &b->missing_arenas[i],
			    .scan = GOMOD_SUMMARY_INIT };
	struct task *t = b->missing[i];
	const char *data;
	size_t len;

	if (cancel_is_set(modproject_cancel(b->ml->project)))
		return;
	t->read_failed = !source_gomod(modproject_source(b->ml->project), t->mod, &data, &len,
				       &t->err);
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

static void tell_loaded(struct modload *ml, struct modver m)
{
	if (ml->progress && ml->n_loaded % 64 == 0)
		ml->progress(ml->progress_ctx, ml->n_loaded, ml->n_wanted, m);
	ml->n_loaded++;
}

static void batch_run(struct batch *b)
{
	struct modload *ml = b->ml;
	size_t runs = (b->tasks.n + RUN - 1) / RUN;

	b->arenas = xcalloc(runs + 1, sizeof(*b->arenas));
	par_for(runs, b->tasks.n < RUN ? 1 : MIN(par_cpus(), 4u), task_run, b);
	run_missing(b);
	for (size_t i = 0; i < b->tasks.n; i++) {
		struct task *t = &b->tasks.items[i];

		task_finish(ml, t);
		tell_loaded(ml, t->mod);
		err_release(&t->err);
	}
	batch_release(b, runs);
}

/* An unchanged file is not read, but its hash must still match go.sum. */
static bool take_indexed(struct modload *ml, const struct modindex_entry *e)
{
	struct modver m = ml->tab->nodes[e->node].mod;
	struct modload_slot *slot;

	if (cancel_is_set(modproject_cancel(ml->project)) || !modindex_is_current(&ml->index, e) ||
	    gosum_check(modproject_sums(ml->project), m, GOSUM_MOD, e->sum, NULL) != GOSUM_MATCH)
		return false;
	slot = modload_slot(ml, e->node);
	slot->raw = summary_of_entry(ml, e);
	slot->raw_state = SLOT_OK;
	check_go_version(ml, slot, m);
	tell_loaded(ml, m);
	return true;
}

static void task_add(struct batch *b, uint32_t node, bool want_full)
{
	struct modload *ml = b->ml;
	struct modver m = ml->tab->nodes[node].mod;
	const struct modindex_entry *indexed = *m.version ? modindex_find(&ml->index, node) : NULL;
	struct task t = { .node = node, .mod = m, .indexed = indexed, .want_full = want_full };

	ml->n_wanted++;
	if (indexed && !want_full && take_indexed(ml, indexed))
		return;
	modload_slot(ml, node)->raw_state = SLOT_OK; /* until it is read: request it once */
	if (!*m.version)
		t.file = path_join(ml->arena, modproject_dir_of(ml->project, m), "go.mod");
	vec_push(&b->tasks, t);
}

void modload_read(struct modload *ml, const uint32_t *nodes, size_t n, bool full)
{
	struct batch b = { .ml = ml };

	if (n >= MANY)
		modload_look_ahead(ml, (struct modver_list){ NULL, 0 });
	for (size_t i = 0; i < n; i++) {
		if (modload_slot(ml, nodes[i])->raw_state == SLOT_NEW)
			task_add(&b, nodes[i], full);
	}
	if (b.tasks.n)
		batch_run(&b);
}
