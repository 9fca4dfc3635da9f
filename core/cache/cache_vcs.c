#include "cache/cache_private.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hex.h"
#include "cache/gitodb.h"
#include "base/map.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_SMALL ((size_t)1 << 20) /* config, shallow, one ref */
#define MAX_REFS ((size_t)64 << 20)
#define MAX_DEPTH 32u
#define MAX_OBJECTS 500000u
#define MAX_NAMED 20u /* objects of a repository that get a row each */
#define STALE 600     /* seconds after which a lock of git is stale */

/* One repository: cache/vcs/HASH is bare, HASH.info names its origin, and HASH is the hash of that text. */
struct repo {
	struct cache_worker *w;
	struct cache_other *o;
	const char *dir; /* the repository */
	struct gitodb *db;
	VEC(struct todo) todo;
	struct map seen;    /* names of objects */
	struct map shallow; /* commits whose parents are not here */
	size_t n_named;
};

/* An object that something refers to. */
struct todo {
	unsigned char id[GITODB_ID];
	const char *by;	  /* what needs it */
	const char *name; /* of a tree's entry; "" */
	unsigned mode;
};

static const char not_a_repository[] = "git fails: fatal: not a git repository";
static const char unknown_revision[] =
	"does not find the version in it, nor fetches it again: unknown revision";

static struct cache_problem *problem(struct repo *r, enum cache_problem_kind kind, const char *file,
				     const char *text, const char *go_says)
{
	struct cache_problem *p = cache_other_problem(r->w, FINDING_ERROR, kind, file, text);

	p->go_says = go_says;
	p->remedy = "modscope repair: move the repository away; go clones it again";
	return p;
}

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

/* HASH.info */

static void wrong_info(struct repo *r, const char *file, const char *name, const char *have)
{
	struct cache_problem *p =
		problem(r, CACHE_KIND_VCS_INFO, file,
			"it does not name the repository that its file name is the hash of",
			arena_fmt(&r->w->arena, "%s exists with wrong content", file));

	p->expected = arena_fmt(&r->w->arena, "a text whose SHA-256 is %s", name);
	p->found = have;
}

/* True if it is a git repository that go would look into. */
static bool check_info(struct repo *r, const char *name)
{
	struct arena *a = &r->w->arena;
	const char *file = arena_fmt(a, "%s.info", r->dir), *colon;
	struct err e = ERR_INIT;
	unsigned char digest[32];
	char hash[65];
	size_t len;
	char *data;

	if (!fs_read(a, file, MAX_SMALL, &data, &len, &e)) {
		if (e.code == ERR_NOT_FOUND)
			cache_other_problem(r->w, FINDING_WARNING, CACHE_KIND_VCS_INFO, file,
					    "it is missing")
				->go_says = "does not trust the repository and clones it again";
		else
			problem(r, CACHE_KIND_VCS_INFO, file, "it cannot be read",
				"does not trust the repository and clones it again")
				->found = arena_strdup(a, e.text);
		err_release(&e);
		return false;
	}
	if (len && data[len - 1] == '\n') /* go takes one off, too */
		data[--len] = '\0';
	sha256_bytes(data, len, digest);
	hex_encode(digest, sizeof(digest), hash);
	colon = strchr(data, ':');
	if (colon)
		r->o->about = colon + 1;
	if (!str_eq(hash, name))
		wrong_info(r, file, name, arena_strndup(a, data, MIN(len, 200u)));
	return !str_has_prefix(data, "vcs1."); /* Mercurial and the like */
}

/* Refs. */

static void need(struct repo *r, const unsigned char *id, const char *by, const char *name,
		 unsigned mode)
{
	char text[2 * GITODB_ID + 1];
	struct todo t = { .by = by, .name = name, .mode = mode };

	gitodb_id_text(id, text);
	if (r->seen.n >= MAX_OBJECTS || map_has(&r->seen, text))
		return;
	map_put(&r->seen, arena_strdup(&r->w->arena, text), r);
	memcpy(t.id, id, GITODB_ID);
	vec_push(&r->todo, t);
}

static void need_ref(struct repo *r, const char *hex, size_t len, const char *by)
{
	unsigned char id[GITODB_ID];

	if (r->db && len == 40 && gitodb_parse_id(hex, id))
		need(r, id, by, "", 0);
}

/* git ignores such a ref; go knows its value from the remote and fetches it again. */
static void bad_ref(struct repo *r, const char *file, const char *found, bool head)
{
	struct cache_problem *p = problem(r, CACHE_KIND_VCS_REFS, file,
					  "it is not a ref that git can read",
					  head ? not_a_repository
					       : "does not see it and asks the remote again");

	p->expected = "an object name, or ref: and a name";
	p->found = found;
}

static void check_ref_file(struct repo *r, const char *file, bool head)
{
	struct arena *a = &r->w->arena;
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!fs_read(a, file, MAX_SMALL, &data, &len, &e)) {
		bad_ref(r, file, arena_strdup(a, e.text), head);
		err_release(&e);
		return;
	}
	len = strcspn(data, "\r\n");
	if (is_object_id(data, len))
		need_ref(r, data, len, file);
	else if (!(str_has_prefix(data, "ref: ") && len > 5))
		bad_ref(r, file, len ? arena_strndup(a, data, MIN(len, 80u)) : "an empty file",
			head);
}

static void check_git_lock(struct repo *r, const char *file)
{
	struct stat st;

	if (lstat(file, &st) || st.st_mtime + STALE > time(NULL))
		return;
	cache_other_problem(r->w, FINDING_WARNING, CACHE_KIND_VCS_LOCK, file,
			    "a lock left behind by git")
		->go_says =
		arena_fmt(&r->w->arena,
			  "git cannot write there: fatal: Unable to create '%s': File exists.",
			  file);
}

static void check_refs(struct repo *r, const char *dir, unsigned depth)
{
	struct fs_dirent *entries;
	size_t n;

	if (depth > MAX_DEPTH || !fs_list(&r->w->arena, dir, MAX_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *file = arena_fmt(&r->w->arena, "%s/%s", dir, entries[i].name);

		if (entries[i].type == DT_DIR)
			check_refs(r, file, depth + 1);
		else if (str_has_suffix(file, ".lock"))
			check_git_lock(r, file);
		else
			check_ref_file(r, file, false);
	}
}

static void check_packed_refs(struct repo *r)
{
	struct arena *a = &r->w->arena;
	const char *file = arena_fmt(a, "%s/packed-refs", r->dir), *line;
	char *data;
	size_t len;

	if (!fs_read(a, file, MAX_REFS, &data, &len, NULL))
		return;
	for (char *s = data; *s;) {
		size_t n = strcspn(s, "\n"), id = strcspn(s, " \n");

		if (n && *s != '#' && *s != '^') {
			if (!is_object_id(s, id) || s[id] != ' ') {
				line = arena_strndup(a, s, MIN(n, 80u));
				problem(r, CACHE_KIND_VCS_REFS, file,
					"one of its lines is not a ref",
					arena_fmt(a, "git fails: fatal: unexpected line in %s: %s",
						  file, line))
					->found = line;
				return;
			}
			need_ref(r, s, id, arena_strndup(a, s + id + 1, n - id - 1));
		}
		s += n + (s[n] == '\n');
	}
	if (strlen(data) != len)
		problem(r, CACHE_KIND_VCS_REFS, file, "it contains a NUL byte", "git fails");
}

/* The commits at which a fetch with a depth has cut the history. */
static void read_shallow(struct repo *r)
{
	struct arena *a = &r->w->arena;
	const char *file = arena_fmt(a, "%s/shallow", r->dir);
	char *data;
	size_t len;

	if (!fs_read(a, file, MAX_REFS, &data, &len, NULL))
		return;
	for (char *s = data; *s;) {
		size_t n = strcspn(s, "\n");
		bool ok = is_object_id(s, n);

		if (n && !ok) {
			problem(r, CACHE_KIND_VCS_REFS, file, "it is not a list of commits",
				unknown_revision)
				->found = arena_strndup(a, s, MIN(n, 80u));
			return;
		}
		map_put(&r->shallow, arena_strndup(a, s, n), r);
		s += n + (s[n] == '\n');
	}
}

/* What git requires of a config file: sections, keys, comments. */
static void check_config(struct repo *r)
{
	struct arena *a = &r->w->arena;
	const char *file = arena_fmt(a, "%s/config", r->dir);
	size_t len, number = 1;
	bool goes_on = false;
	char *data;

	if (!fs_read(a, file, MAX_SMALL, &data, &len, NULL))
		return;
	for (char *s = data; *s; number++) {
		size_t n = strcspn(s, "\n"), blank = strspn(s, " \t\r");
		char c = s[MIN(blank, n)];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		bool section = c == '[' && (s[blank + 1] | 0x20) >= 'a' &&
			       (s[blank + 1] | 0x20) <= 'z' && memchr(s, ']', n);

		if (!goes_on && blank < n && !letter && !section && c != '#' && c != ';') {
			problem(r, CACHE_KIND_VCS_BROKEN, file, "git cannot read it",
				arena_fmt(a, "git fails: fatal: bad config line %zu in file %s",
					  number, file))
				->found = arena_strndup(a, s, MIN(n, 80u));
			return;
		}
		goes_on = n && s[n - 1] == '\\';
		s += n + (s[n] == '\n');
	}
}

/* Objects. */

/* Without a commit or a tag git knows no version; without a tree, or the go.mod in it, go treats the files as absent. */
static const char *object_says(struct repo *r, const struct todo *t, bool absent,
			       enum err_code code)
{
	struct arena *a = &r->w->arena;
	char id[2 * GITODB_ID + 1];

	gitodb_id_text(t->id, id);
	if (!t->mode)
		return unknown_revision;
	if (t->mode == 040000 || str_eq(t->name, "go.mod"))
		return "treats the go.mod as absent: verifying go.mod: checksum mismatch";
	if (absent)
		return arena_fmt(a, "git archive fails: error: cannot read '%s'", id);
	if (code == ERR_CHECKSUM)
		return "git does not notice: the zip that go makes of it has a different hash";
	return arena_fmt(a, "git archive fails: loose object %s is corrupt", id);
}

static void bad_object(struct repo *r, const struct todo *t, bool absent, const struct err *e)
{
	struct arena *a = &r->w->arena;
	struct cache_problem *p;

	if (r->n_named++ >= MAX_NAMED)
		return;
	p = problem(r, CACHE_KIND_VCS_OBJECT, gitodb_file(r->db, a, t->id),
		    absent ? "the object is missing" : arena_strdup(a, e->text),
		    object_says(r, t, absent, e->code));
	p->expected = arena_fmt(a, "an object that %s%s%s refers to", t->by, *t->name ? ": " : "",
				t->name);
}

static const char *id_text(struct repo *r, const unsigned char *id)
{
	char text[2 * GITODB_ID + 1];

	gitodb_id_text(id, text);
	return arena_strdup(&r->w->arena, text);
}

static void follow_tree(struct repo *r, const struct todo *t, const struct buf *b)
{
	struct arena *a = &r->w->arena;
	const char *by = NULL, *end = b->data + b->len;

	for (const char *s = b->data; s < end;) {
		unsigned mode = (unsigned)strtoul(s, NULL, 8);
		const char *name = memchr(s, ' ', (size_t)(end - s)), *nul;

		nul = name ? memchr(name, '\0', (size_t)(end - name)) : NULL;
		if (!nul || (size_t)(end - nul) <= GITODB_ID)
			return;
		if (!by)
			by = arena_fmt(a, "tree %s", id_text(r, t->id));
		if (mode != 0160000) /* a submodule's commit is elsewhere */
			need(r, (const unsigned char *)nul + 1, by, arena_strdup(a, name + 1),
			     mode);
		s = nul + 1 + GITODB_ID;
	}
}

/* The lines before the message: "tree ID", "parent ID", "object ID". */
static void follow_header(struct repo *r, const struct todo *t, const struct buf *b, bool tag)
{
	struct arena *a = &r->w->arena;
	const char *by = arena_fmt(a, "%s %s", tag ? "tag" : "commit", id_text(r, t->id));
	bool cut = map_has(&r->shallow, id_text(r, t->id));
	unsigned char id[GITODB_ID];

	for (const char *s = b->data; *s && *s != '\n'; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *hex = str_cut_prefix(s, tag ? "object " : "tree ");
		bool parent = !tag && !hex && !cut && (hex = str_cut_prefix(s, "parent "));

		if (hex && strcspn(hex, "\n") == 40 && gitodb_parse_id(hex, id))
			need(r, id, by, "", tag || parent ? 0 : 040000);
	}
}

static void check_object(struct repo *r, const struct todo *t)
{
	enum gitodb_place place = gitodb_find(r->db, t->id);
	struct err e = ERR_INIT;
	struct buf content = BUF_INIT;
	enum gitodb_type type = GITODB_BLOB;

	if (place == GITODB_ABSENT) {
		bad_object(r, t, true, &e);
	} else if (place == GITODB_PACKED) {
		/* its pack is checked as a whole */
	} else if (!gitodb_read(r->db, t->id, &type, &content, r->w->o->cancel, &e)) {
		if (e.code != ERR_CANCELLED && e.code != ERR_LIMIT)
			bad_object(r, t, false, &e);
	} else if (type == GITODB_TREE) {
		follow_tree(r, t, &content);
	} else if (type != GITODB_BLOB) {
		follow_header(r, t, &content, type == GITODB_TAG);
	}
	buf_release(&content);
	err_release(&e);
}

static void check_packs(struct repo *r)
{
	for (size_t i = 0; i < gitodb_packs(r->db); i++) {
		struct err e = ERR_INIT;
		const char *file;

		if (!gitodb_check_pack(r->db, i, r->w->o->cancel, &file, &e) &&
		    e.code != ERR_CANCELLED)
			problem(r, CACHE_KIND_VCS_OBJECT, file, arena_strdup(&r->w->arena, e.text),
				"does not find what is in it: unknown revision, or verifying go.mod: checksum mismatch");
		err_release(&e);
	}
}

static void check_objects(struct repo *r)
{
	check_packs(r);
	for (size_t i = 0; i < r->todo.n && !cancel_is_set(r->w->o->cancel); i++) {
		const struct todo t = r->todo.items[i]; /* the list grows */

		check_object(r, &t);
	}
	if (r->n_named > MAX_NAMED)
		problem(r, CACHE_KIND_VCS_OBJECT, arena_fmt(&r->w->arena, "%s/objects", r->dir),
			arena_fmt(&r->w->arena, "and %zu more objects are missing or broken",
				  r->n_named - MAX_NAMED),
			unknown_revision);
}

/* The repository. */

static bool is_sha256(struct repo *r)
{
	const char *file = arena_fmt(&r->w->arena, "%s/config", r->dir);
	char *data;
	size_t len;

	if (!fs_read(&r->w->arena, file, MAX_SMALL, &data, &len, NULL))
		return false;
	for (char *s = data; *s; s++)
		*s = (char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
	return strstr(data, "objectformat = sha256") || strstr(data, "objectformat=sha256");
}

static bool check_parts(struct repo *r)
{
	static const struct {
		const char *name, *go_says;
	} parts[] = {
		{ "HEAD", not_a_repository },
		{ "refs", not_a_repository },
		{ "objects", "git remote add fails: error: remote origin already exists." },
	};
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *file = arena_fmt(&r->w->arena, "%s/%s", r->dir, parts[i].name);

		if (fs_exists(file))
			continue;
		problem(r, CACHE_KIND_VCS_BROKEN, file, "it is missing", parts[i].go_says);
		ok = false;
	}
	return ok;
}

static void check_locks(struct repo *r)
{
	static const char *const names[] = { "HEAD.lock", "config.lock", "packed-refs.lock",
					     "shallow.lock" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_git_lock(r, arena_fmt(&r->w->arena, "%s/%s", r->dir, names[i]));
}

static void check_repository(struct repo *r)
{
	struct arena *a = &r->w->arena;

	if (!check_parts(r))
		return;
	if (r->w->o->hash && !is_sha256(r))
		r->db = gitodb_open(a, arena_fmt(a, "%s/objects", r->dir));
	check_locks(r);
	check_config(r);
	read_shallow(r);
	check_ref_file(r, arena_fmt(a, "%s/HEAD", r->dir), true);
	check_refs(r, arena_fmt(a, "%s/refs", r->dir), 0);
	check_packed_refs(r);
	if (!r->db)
		return;
	check_objects(r);
	gitodb_close(r->db);
}

/* What cannot be seen is not called missing. */
static void unread(struct repo *r, int errnum)
{
	struct cache_problem *p = cache_other_unread(r->w, r->dir, errnum);

	p->problem = "not all of it can be read: it is not checked";
	p->go_says = "git fails where it needs what cannot be read";
}

void cache_check_repository(struct cache_worker *w, struct cache_others *out, const char *repo)
{
	struct cache_other o = { .kind = CACHE_OTHER_VCS, .about = "", .unproven = "" };
	struct repo r = { .w = w, .o = &o };
	int errnum;

	o.file = r.dir = repo;
	o.has_info = fs_exists(arena_fmt(&w->arena, "%s.info", repo));
	errnum = cache_walk(repo, &o.bytes, &o.n_files);
	w->problems.n = 0;
	if (errnum)
		unread(&r, errnum);
	else if (check_info(&r, path_base(&w->arena, repo)))
		check_repository(&r);
	cache_other_take(w, &o);
	vec_push(out, o);
	vec_release(&r.todo);
	map_release(&r.seen);
	map_release(&r.shallow);
}

void cache_check_vcs(struct cache_worker *w, struct cache_others *out)
{
	const char *dir = arena_fmt(&w->arena, "%s/cache/vcs", w->o->root);
	struct fs_dirent *entries;
	size_t n;

	if (!cache_other_list(w, out, dir, &entries, &n))
		return;
	for (size_t i = 0; i < n && !cancel_is_set(w->o->cancel); i++)
		if (entries[i].type == DT_DIR && strlen(entries[i].name) == 64 &&
		    is_hex(entries[i].name, 64))
			cache_check_repository(w, out,
					       arena_fmt(&w->arena, "%s/%s", dir, entries[i].name));
}
