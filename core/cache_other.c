#include "cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "sumdb.h"
#include "sumdbaudit.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_REFS ((size_t)64 << 20)
#define MAX_DEPTH 32u

static void take_problems(struct cache_worker *w, struct cache_other *o)
{
	o->problems = arena_memdup(&w->arena, w->problems.items,
				   w->problems.n * sizeof(*o->problems));
	o->n_problems = w->problems.n;
	w->problems.n = 0;
}

static struct cache_problem *other_problem(struct cache_worker *w, enum finding_severity severity,
					   const char *kind, const char *file, const char *problem)
{
	return cache_problem_add(w, CACHE_OTHER, severity, CACHE_FIX_REMOVE, kind,
				 arena_strdup(&w->arena, file), problem);
}

/* The vcs cache: HASH is a bare repository, HASH.info says of what, and HASH is the hash of that text. */

static bool is_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
			return false;
	return true;
}

static bool is_object_id(const char *s, size_t n)
{
	return (n == 40 || n == 64) && is_hex(s, n);
}

static void check_vcs_info(struct cache_worker *w, struct cache_other *o, const char *dir,
			   const char *name)
{
	const char *file = arena_fmt(&w->arena, "%s/%s.info", dir, name);
	struct err e = ERR_INIT;
	unsigned char digest[32];
	struct buf hash = BUF_INIT;
	struct cache_problem *p;
	size_t len, skip;
	char *data;

	if (!fs_read(&w->arena, file, (size_t)1 << 16, &data, &len, &e)) {
		if (e.code != ERR_NOT_FOUND)
			other_problem(w, FINDING_ERROR, "cache/vcs-info", file, "it cannot be read")
				->found = arena_strdup(&w->arena, e.text);
		err_release(&e);
		return; /* without it go clones again */
	}
	sha256_bytes(data, len, digest);
	for (unsigned i = 0; i < sizeof(digest); i++)
		buf_addf(&hash, "%02x", digest[i]);
	skip = strcspn(data, ":");
	if (data[skip])
		o->about = data + skip + 1;
	if (!str_eq(hash.data, name)) {
		p = other_problem(w, FINDING_ERROR, "cache/vcs-info", file,
				  "it does not name the repository that its file name is made of");
		p->expected = arena_fmt(&w->arena, "a text whose SHA-256 is %s", name);
		p->found = arena_strndup(&w->arena, data, MIN(len, 200u));
		p->go_says = arena_fmt(&w->arena, "%s/%s exists with wrong content", dir, name);
	}
	buf_release(&hash);
}

static void bad_ref(struct cache_worker *w, const char *file, const char *found)
{
	struct cache_problem *p = other_problem(w, FINDING_ERROR, "cache/vcs-refs", file,
						"it is not a ref that git can read");

	p->expected = "an object name, or ref: and a name";
	p->found = found;
	p->go_says = "git fails: fatal: bad object, or not a git repository";
	p->remedy = "modscope repair: move the repository away; go clones it again";
}

static void check_ref_file(struct cache_worker *w, const char *file)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!fs_read(&w->arena, file, (size_t)1 << 16, &data, &len, &e)) {
		bad_ref(w, file, arena_strdup(&w->arena, e.text));
		err_release(&e);
		return;
	}
	len = strcspn(data, "\r\n");
	if (!is_object_id(data, len) && !(str_has_prefix(data, "ref: ") && len > 5))
		bad_ref(w, file,
			len ? arena_strndup(&w->arena, data, MIN(len, 80u)) : "an empty file");
}

static void check_refs(struct cache_worker *w, const char *dir, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > MAX_DEPTH || !fs_list(&w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *file = arena_fmt(&w->arena, "%s/%s", dir, entries[i].name);

		if (entries[i].type == DT_DIR)
			check_refs(w, file, depth + 1);
		else if (!str_has_suffix(entries[i].name, ".lock"))
			check_ref_file(w, file);
	}
}

static void check_packed_refs(struct cache_worker *w, const char *file)
{
	char *data;
	size_t len;

	if (!fs_read(&w->arena, file, MAX_REFS, &data, &len, NULL))
		return;
	for (char *s = data; *s;) {
		size_t n = strcspn(s, "\n"), id = strcspn(s, " \n");

		if (n && *s != '#' && *s != '^' && !(is_object_id(s, id) && s[id] == ' ')) {
			bad_ref(w, file, arena_strndup(&w->arena, s, MIN(n, 80u)));
			return;
		}
		s += n + (s[n] == '\n');
	}
	if (strlen(data) != len)
		bad_ref(w, file, "a NUL byte");
}

static void check_repository(struct cache_worker *w, const char *repo)
{
	static const char *const parts[] = { "HEAD", "objects", "refs" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *file = arena_fmt(&w->arena, "%s/%s", repo, parts[i]);

		if (fs_exists(file))
			continue;
		other_problem(w, FINDING_ERROR, "cache/vcs-broken", file, "it is missing")
			->go_says = "git fails: fatal: not a git repository";
		return;
	}
	check_ref_file(w, arena_fmt(&w->arena, "%s/HEAD", repo));
	check_refs(w, arena_fmt(&w->arena, "%s/refs", repo), 0);
	check_packed_refs(w, arena_fmt(&w->arena, "%s/packed-refs", repo));
}

void cache_check_vcs(struct cache_worker *w, struct cache_others *out)
{
	const char *dir = arena_fmt(&w->arena, "%s/cache/vcs", w->o->root);
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(&w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		struct cache_other o = { .kind = "vcs", .about = "", .unproven = "" };
		int fd;

		if (entries[i].type != DT_DIR || strlen(entries[i].name) != 64 ||
		    !is_hex(entries[i].name, 64))
			continue;
		o.file = arena_fmt(&w->arena, "%s/%s", dir, entries[i].name);
		fd = open(o.file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			cache_walk(fd, &o.bytes, &o.n_files);
		w->problems.n = 0;
		check_vcs_info(w, &o, dir, entries[i].name);
		check_repository(w, o.file);
		take_problems(w, &o);
		vec_push(out, o);
	}
}

/* The checksum databases' caches. */

/* go's memory of the newest tree is outside of GOMODCACHE, where nothing is changed. */
static const char forget_latest[] =
	"delete it: go then begins with the next signed tree, but can no longer see that a tree was taken back";

static void sumdb_problem(struct cache_worker *w, const struct audit_file *f)
{
	static const char *const kinds[] = { [AUDIT_TILE] = "cache/sumdb-tile",
					     [AUDIT_LOOKUP] = "cache/sumdb-lookup",
					     [AUDIT_HEAD] = "cache/sumdb-latest" };
	struct cache_problem *p = other_problem(w, FINDING_ERROR, kinds[f->kind], f->file,
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
	struct cache_other other = { .kind = "sumdb", .about = name, .file = dir };
	struct note_verifier key;
	struct sumdb_audit audit;
	bool known = o->gosumdb && sumdb_key_of(o->gosumdb, name, &key);

	sumdb_audit(&audit, &w->arena,
		    &(struct sumdb_audit_options){
			    .dir = dir,
			    .latest = o->sumdb_config ? arena_fmt(&w->arena, "%s/%s/latest",
								  o->sumdb_config, name)
						      : NULL,
			    .key = known ? &key : NULL,
			    .prove = o->hash,
			    .cancel = o->cancel });
	w->problems.n = 0;
	for (size_t i = 0; i < audit.n; i++) {
		other.bytes += audit.files[i].kind == AUDIT_HEAD ? 0 : audit.files[i].bytes;
		other.n_files += audit.files[i].kind != AUDIT_HEAD;
		if (audit.files[i].state == AUDIT_WRONG)
			sumdb_problem(w, &audit.files[i]);
	}
	other.n_proven = audit.states[AUDIT_PROVEN];
	other.n_unproven = audit.states[AUDIT_UNPROVEN];
	other.unproven = audit.unproven;
	take_problems(w, &other);
	vec_push(out, other);
}

/* A database is named host[/path]. */
static void find_sumdbs(struct cache_worker *w, struct cache_others *out, const char *dir,
			const char *name, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > 4 || !fs_list(&w->arena, dir, MAX_NAMES, &entries, &n, NULL))
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

void cache_check_sumdb(struct cache_worker *w, struct cache_others *out)
{
	find_sumdbs(w, out, arena_fmt(&w->arena, "%s/cache/download/sumdb", w->o->root), "", 0);
}
