#include "cache/cachejob.h"

#include <jansson.h>
#include <pthread.h>

#include "base/fs.h"
#include "change/apply.h"
#include "change/shelf.h"
#include "gofiles/goenv.h"
#include "gofiles/gosum.h"
#include "gofiles/pseudo.h"
#include "fetch/origin.h"
#include "fetch/source.h"

#define MAX_UNANSWERED 2u /* then the checksum database is asked no more */

struct cachejob {
	struct cachejob_options o;
	struct arena arena;
	const char *root, *own_cache, *sumdb_config;
	struct hashmemo *memo;
	struct cache_trust trust;
	struct source *asker; /* for the checksum database; made at the first question */
	unsigned unanswered;  /* questions since its last answer */
	pthread_mutex_t lock; /* of asker, unanswered, answers */
	struct arena answers;
	struct gosum *
		vouched; /* what the database has proven before: a file of ours in go.sum's form; NULL: none is kept */
	const char *vouched_file;
	struct buf proven;    /* lines to be added to it, under lock */
	struct source *fresh; /* for repair */
	struct arena fetched; /* .info texts */
};

static struct source *asker(struct cachejob *j)
{
	struct source *s;

	pthread_mutex_lock(&j->lock);
	if (!j->asker)
		j->asker = source_new(
			&(struct source_options){ .env = j->o.env,
						  .cancel = j->o.cancel,
						  .log = j->o.log,
						  .offline = j->o.offline || !j->o.ask_database });
	s = j->asker;
	pthread_mutex_unlock(&j->lock);
	return s;
}

/* The line "PATH VERSION h1:..." of what the database has signed; NULL if there is none. */
static const char *line_of(struct cachejob *j, const struct buf *lines, struct modver m, bool gomod)
{
	char *key = xasprintf("%s %s%s ", m.path, m.version, gomod ? "/go.mod" : "");
	const char *out = NULL, *rest;

	for (const char *s = lines->data; *s && !out; s += strcspn(s, "\n"), s += *s == '\n') {
		rest = str_cut_prefix(s, key);
		if (!rest || !str_has_prefix(rest, "h1:"))
			continue;
		pthread_mutex_lock(&j->lock);
		out = arena_strndup(&j->answers, rest, strcspn(rest, "\n"));
		pthread_mutex_unlock(&j->lock);
	}
	free(key);
	return out;
}

/* Counts questions without an answer: a network that is gone may take seconds to say so, each time. */
static void note_answer(struct cachejob *j, const struct err *e)
{
	pthread_mutex_lock(&j->lock);
	j->unanswered = e->code == ERR_NETWORK ? j->unanswered + 1 : 0;
	pthread_mutex_unlock(&j->lock);
}

static bool is_silent(struct cachejob *j)
{
	bool silent;

	pthread_mutex_lock(&j->lock);
	silent = j->unanswered >= MAX_UNANSWERED;
	pthread_mutex_unlock(&j->lock);
	return silent;
}

static const char *database_sum(struct cachejob *j, struct modver m, bool gomod)
{
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	const char *sum = NULL;

	if (is_silent(j))
		return NULL;
	if (source_sumdb_lines(asker(j), m, &lines, &e))
		sum = line_of(j, &lines, m, gomod);
	note_answer(j, &e);
	buf_release(&lines);
	err_release(&e);
	return sum;
}

/* A proof stays valid, and proving takes longer than hashing a small zip. */
static void keep_proof(struct cachejob *j, struct modver m, bool gomod, const char *sum)
{
	pthread_mutex_lock(&j->lock);
	buf_addf(&j->proven, "%s %s%s %s\n", m.path, m.version, gomod ? "/go.mod" : "", sum);
	pthread_mutex_unlock(&j->lock);
}

static void save_proofs(struct cachejob *j)
{
	struct buf all = BUF_INIT;

	if (!j->vouched_file || !j->proven.len)
		return;
	fs_read_buf(&all, j->vouched_file, FS_MAX_SUM, NULL);
	buf_add(&all, j->proven.data, j->proven.len);
	fs_write_atomic(j->vouched_file, all.data, all.len, 0666, false,
			NULL); /* without it the next run only takes longer */
	buf_release(&all);
}

static enum cache_voucher trust_sum(void *ctx, struct modver m, bool gomod, const char **sum)
{
	struct cachejob *j = ctx;
	const char *known = j->o.sums ? gosum_recorded(j->o.sums, m, gomod ? GOSUM_MOD : GOSUM_ZIP)
				      : NULL;

	if (known) {
		*sum = known;
		return CACHE_GOSUM;
	}
	known = j->vouched ? gosum_recorded(j->vouched, m, gomod ? GOSUM_MOD : GOSUM_ZIP) : NULL;
	if (!known && (known = database_sum(j, m, gomod)) != NULL)
		keep_proof(j, m, gomod, known);
	*sum = known ? known : "";
	return known ? CACHE_SUMDB : CACHE_NOBODY;
}

bool cachejob_new(struct cachejob **out, const struct cachejob_options *o, struct err *e)
{
	const char *root = goenv_modcache(o->env, e), *own = goenv_own_cache(o->env), *db;
	struct cachejob *j;

	if (!root)
		return false;
	j = xcalloc(1, sizeof(*j));
	j->o = *o;
	pthread_mutex_init(&j->lock, NULL);
	j->root = path_clean(&j->arena, root);
	j->own_cache = own;
	j->memo = hashmemo_open(own ? path_join(&j->arena, own, "hashes") : NULL);
	j->sumdb_config = goenv_gopath_dir(o->env, &j->arena, "pkg/sumdb");
	db = goenv_get(o->env, "GOSUMDB");
	j->proven = (struct buf)BUF_INIT;
	j->trust = (struct cache_trust){
		.sum = trust_sum,
		.ctx = j,
		.gosum_name = "go.sum",
		.sumdb_name = arena_strndup(&j->arena, db, strcspn(db, "+ ")),
	};
	if (own && strspn(j->trust.sumdb_name, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
			   strlen(j->trust.sumdb_name)) {
		j->vouched_file = arena_fmt(&j->arena, "%s/proven-%s.sum", own,
					    j->trust.sumdb_name);
		j->vouched = gosum_new(j->vouched_file, true);
	}
	*out = j;
	return true;
}

void cachejob_free(struct cachejob *j)
{
	if (!j)
		return;
	save_proofs(j);
	gosum_free(j->vouched);
	buf_release(&j->proven);
	hashmemo_save(j->memo, NULL); /* without it the next run only takes longer */
	hashmemo_free(j->memo);
	source_free(j->asker);
	source_free(j->fresh);
	pthread_mutex_destroy(&j->lock);
	arena_release(&j->answers);
	arena_release(&j->fetched);
	arena_release(&j->arena);
	free(j);
}

const char *cachejob_root(const struct cachejob *j)
{
	return j->root;
}

const char *cachejob_own_cache(const struct cachejob *j)
{
	return j->own_cache;
}

struct hashmemo *cachejob_memo(struct cachejob *j)
{
	return j->memo;
}

struct cache_options cachejob_cache_options(struct cachejob *j)
{
	return (struct cache_options){
		.root = j->root,
		.memo = j->memo,
		.trust = &j->trust,
		.gosumdb = goenv_get(j->o.env, "GOSUMDB"),
		.sumdb_config = *j->sumdb_config ? j->sumdb_config : NULL,
		.cancel = j->o.cancel,
	};
}

struct history {
	struct arena *a;
	VEC(struct apply_record) records;
};

static int newest_first(const void *a, const void *b)
{
	return strcmp(((const struct apply_record *)b)->id, ((const struct apply_record *)a)->id);
}

static bool add_history(struct history *h, const char *root, const char *own, struct err *e)
{
	struct apply_record *records;
	size_t n;

	if (!apply_history(h->a, root, own, &records, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		vec_push(&h->records, records[i]);
	return true;
}

/* Where the shelf of a project is not in our own cache. */
static bool add_project(struct history *h, const struct cachejob *j, const char *root,
			struct err *e)
{
	const char *shelf = shelf_of(h->a, root, j->own_cache);

	return (j->own_cache && str_eq(shelf, j->own_cache)) || fs_is_gone(shelf) ||
	       add_history(h, root, shelf, e);
}

/* The directory at or above this one that has a go.mod; NULL. */
static const char *module_root(struct arena *a, const char *dir)
{
	while (!fs_is_file(path_join(a, dir, "go.mod"))) {
		const char *up = path_dir(a, dir);

		if (str_eq(up, dir))
			return NULL;
		dir = up;
	}
	return dir;
}

bool cachejob_history(const struct cachejob *j, struct arena *a, struct apply_record **records,
		      size_t *n, struct err *e)
{
	const char *root = module_root(a, goenv_cwd(j->o.env)), *work = NULL, *dir = NULL;
	struct history h = { .a = a };
	bool ok;

	if (goenv_find_gowork(j->o.env, a, &work, NULL) && work && path_is_abs(work))
		dir = path_dir(a, work);
	ok = add_history(&h, j->root, j->own_cache, e) && (!root || add_project(&h, j, root, e)) &&
	     (!dir || (root && str_eq(dir, root)) || add_project(&h, j, dir, e));
	if (h.records.n)
		qsort(h.records.items, h.records.n, sizeof(*h.records.items), newest_first);
	*n = h.records.n;
	*records = arena_memdup(a, h.records.items, *n * sizeof(**records));
	vec_release(&h.records);
	return ok;
}

const struct apply_record *cachejob_change(const struct cachejob *j, struct arena *a,
					   const char *id, struct err *e)
{
	struct apply_record *records;
	size_t n;

	if (!cachejob_history(j, a, &records, &n, e))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(records[i].id, id))
			return &records[i];
	err_set(e, ERR_NOT_FOUND, "%s: no such change in the quarantine", id);
	return NULL;
}

static bool fetch_zip(void *ctx, struct modver m, const char **file, struct err *e)
{
	return source_zip(((struct cachejob *)ctx)->fresh, m, file, e);
}

static bool fetch_gomod(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	return source_gomod(((struct cachejob *)ctx)->fresh, m, data, len, e);
}

/* modfetch.writeDiskStat: of an origin it keeps what matters for a version that is known by its name. */
static void add_origin(struct buf *b, const char *origin, bool is_pseudo)
{
	static const char *const fields[] = { "VCS", "URL", "Subdir", "Hash", "Ref" };
	json_t *o = json_loads(origin, 0, NULL);
	bool first = true;

	if (!json_is_object(o)) {
		json_decref(o);
		return;
	}
	buf_addstr(b, ",\"Origin\":{");
	for (size_t i = 0; i < ARRAY_LEN(fields) - is_pseudo; i++) {
		const char *value = json_string_value(json_object_get(o, fields[i]));

		if (!value || !*value)
			continue;
		buf_addf(b, "%s\"%s\":", first ? "" : ",", fields[i]);
		origin_write_string(b, value);
		first = false;
	}
	buf_addch(b, '}');
	json_decref(o);
}

static bool fetch_info(void *ctx, struct modver m, const char **data, size_t *len, struct err *e)
{
	struct cachejob *j = ctx;
	struct source_info info;
	struct buf b = BUF_INIT;

	if (!source_stat(j->fresh, m.path, m.version, &info, e))
		return false;
	if (!str_eq(info.version, m.version))
		return err_set(
			e, ERR_SYNTAX,
			"%s@%s: proxy returned info for version %s instead of requested version",
			m.path, m.version, info.version);
	buf_addstr(&b, "{\"Version\":");
	origin_write_string(&b, info.version);
	buf_addstr(&b, ",\"Time\":");
	origin_write_string(&b, info.time && *info.time ? info.time : "0001-01-01T00:00:00Z");
	if (info.origin)
		add_origin(&b, info.origin, pseudo_is(m.version));
	buf_addch(&b, '}');
	pthread_mutex_lock(&j->lock);
	*data = arena_strndup(&j->fetched, b.data, b.len);
	pthread_mutex_unlock(&j->lock);
	*len = b.len;
	buf_release(&b);
	return true;
}

static void open_fresh(struct cachejob *j)
{
	if (j->fresh)
		return;
	j->fresh = source_new(&(struct source_options){ .env = j->o.env,
							.offline = j->o.offline,
							.cancel = j->o.cancel,
							.log = j->o.log,
							.zips_unhashed = j->o.zips_unhashed,
							.skip_modcache = true });
	if (j->o.sums)
		source_set_sums(j->fresh, j->o.sums, false);
}

struct mend_fetch cachejob_fetch(struct cachejob *j)
{
	open_fresh(j);
	return (struct mend_fetch){ fetch_zip, fetch_gomod, fetch_info, j };
}

bool cachejob_run(struct cachejob *j, struct arena *a, const struct plan *p,
		  const struct cachejob_progress *progress, struct execute_result **results,
		  size_t *n, struct err *e)
{
	const struct mend_fetch fetch = { fetch_zip, fetch_gomod, fetch_info, j };
	const struct cache_options o = cachejob_cache_options(j);
	bool rw = false;

	if (!goenv_flag_bool(j->o.env, "modcacherw", &rw, e))
		return false;
	if (p->network)
		open_fresh(j);
	mend_run(a, p,
		 &(struct mend_options){ .root = *p->root ? p->root : j->root,
					 .own_cache = *p->shelf ? p->shelf : j->own_cache,
					 .trust = &j->trust,
					 .fetch = &fetch,
					 .gosumdb = o.gosumdb,
					 .sumdb_config = o.sumdb_config,
					 .mod_cache_rw = rw,
					 .cancel = j->o.cancel,
					 .log = j->o.log,
					 .progress = progress ? progress->fn : NULL,
					 .ctx = progress ? progress->ctx : NULL },
		 results, n);
	return true;
}
