#include "cache/cache_private.h"

#include <dirent.h>

#include "cache/sumdb_audit.h"
#include "fetch/sumdb_setting.h"

/* go's newest tree is outside of GOMODCACHE, where we change nothing. */
static const char forget_latest[] =
	"delete it: go then starts with the next signed tree, but can no longer detect a tree that was rolled back";

static void sumdb_problem(struct cache_worker *w, const struct sumdb_audit_file *f)
{
	static const enum cache_problem_kind kinds[] = { [AUDIT_TILE] = CACHE_KIND_SUMDB_TILE,
							 [AUDIT_LOOKUP] = CACHE_KIND_SUMDB_LOOKUP,
							 [AUDIT_HEAD] = CACHE_KIND_SUMDB_LATEST };
	struct cache_problem *p = cache_other_problem(w, FINDING_ERROR, kinds[f->kind], f->file,
						      f->problem);

	p->expected = f->expected;
	p->found = f->found;
	p->go_says = f->go_says;
	if (f->kind != AUDIT_HEAD)
		return;
	p->fix = CACHE_FIX_NONE;
	p->remedy = forget_latest;
}

static void check_sumdb(struct cache_worker *w, struct cache_others *out, const char *name,
			const char *dir)
{
	const struct cache_options *o = w->o;
	struct cache_other other = { .kind = CACHE_OTHER_SUMDB, .about = name, .file = dir };
	struct note_verifier key;
	struct sumdb_audit audit;
	bool known = o->gosumdb && sumdb_setting_key_of(o->gosumdb, name, &key);

	sumdb_audit_run(&audit, &w->arena,
			&(struct sumdb_audit_options){
				.dir = dir,
				.latest = o->sumdb_config ? arena_fmt(&w->arena, "%s/%s/latest",
								      o->sumdb_config, name)
							  : NULL,
				.key = known ? &key : NULL,
				.prove = o->hash,
				.cancel = o->cancel });
	w->problems.n = 0;
	if (audit.unread)
		cache_other_unread(w, dir, audit.unread)->problem = "not all of it can be read";
	for (size_t i = 0; i < audit.n; i++) {
		other.bytes += audit.files[i].kind == AUDIT_HEAD ? 0 : audit.files[i].bytes;
		other.n_files += audit.files[i].kind != AUDIT_HEAD;
		if (audit.files[i].state == AUDIT_WRONG)
			sumdb_problem(w, &audit.files[i]);
	}
	other.n_proven = audit.states[AUDIT_PROVEN];
	other.n_unproven = audit.states[AUDIT_UNPROVEN];
	other.unproven = audit.unproven;
	cache_other_take(w, &other);
	vec_push(out, other);
}

static const char *sumdb_dir(struct cache_worker *w)
{
	return arena_fmt(&w->arena, "%s/cache/download/sumdb", w->o->root);
}

void cache_check_database(struct cache_worker *w, struct cache_others *out, const char *dir)
{
	const char *name = str_cut_prefix(dir, sumdb_dir(w));

	check_sumdb(w, out, name && *name ? name + 1 : "", dir);
}

/* A database is named host[/path]. */
static void find_sumdbs(struct cache_worker *w, struct cache_others *out, const char *dir,
			const char *name, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > 4 || !cache_other_list(w, out, dir, &entries, &n))
		return;
	for (size_t i = 0; i < n && *name; i++)
		if (str_eq(entries[i].name, "tile") || str_eq(entries[i].name, "lookup")) {
			check_sumdb(w, out, name, dir);
			return;
		}
	for (size_t i = 0; i < n; i++)
		if (entries[i].type == DT_DIR)
			find_sumdbs(w, out, arena_fmt(&w->arena, "%s/%s", dir, entries[i].name),
				    *name ? arena_fmt(&w->arena, "%s/%s", name, entries[i].name)
					  : entries[i].name,
				    depth + 1);
}

static bool is_found(const struct cache_others *out, const char *name)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].kind == CACHE_OTHER_SUMDB && str_eq(out->items[i].about, name))
			return true;
	return false;
}

/* Databases that GOMODCACHE has nothing of, but for which go has a head. */
static void find_heads(struct cache_worker *w, struct cache_others *out, const char *dir,
		       const char *name, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > 4 || !cache_other_list(w, out, dir, &entries, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		if (*name && str_eq(entries[i].name, "latest") && !is_found(out, name))
			check_sumdb(w, out, name,
				    arena_fmt(&w->arena, "%s/%s", sumdb_dir(w), name));
		else if (entries[i].type == DT_DIR)
			find_heads(w, out, arena_fmt(&w->arena, "%s/%s", dir, entries[i].name),
				   *name ? arena_fmt(&w->arena, "%s/%s", name, entries[i].name)
					 : entries[i].name,
				   depth + 1);
	}
}

void cache_check_sumdb(struct cache_worker *w, struct cache_others *out)
{
	find_sumdbs(w, out, sumdb_dir(w), "", 0);
	if (w->o->sumdb_config)
		find_heads(w, out, w->o->sumdb_config, "", 0);
}
