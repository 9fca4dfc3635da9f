/* Contents of commits that are here, without libgit2: loading it takes longer than the rest. Whatever is unusual is left to it. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hex.h"
#include "base/text.h"
#include "git/gitclone.h"
#include "git/githost_impl.h"

#define MAX_CONFIG ((size_t)64 << 10)
#define MAX_REF ((size_t)4 << 10)
#define MAX_PACKED_REFS ((size_t)64 << 20)
#define MAX_TAGS 10u /* of tags */
#define MIN_DIGITS 7u

/* Extensions are other names for objects, other places for refs and the like. libgit2 refuses what belongs to another user. */
static bool is_usual(struct githost *h, const char *dir)
{
	struct buf config = BUF_INIT;
	struct stat st;
	bool ok = stat(dir, &st) == 0 && st.st_uid == geteuid() &&
		  fs_read_buf(&config, arena_fmt(&h->arena, "%s/config", dir), MAX_CONFIG, NULL) &&
		  !strcasestr(config.data, "extensions") && !strcasestr(config.data, "include") &&
		  !memchr(config.data, 0, config.len);

	buf_release(&config);
	return ok;
}

static struct gitobjects *open_store(struct githost *h, const char *dir, const char *more)
{
	struct gitobjects *o;

	if (!is_usual(h, dir))
		return NULL;
	o = gitobjects_new();
	gitobjects_add(o, arena_fmt(&h->arena, "%s/objects", dir));
	if (more)
		gitobjects_add(o, more);
	return o;
}

static const char *gone_dir(struct githost *h)
{
	return gitclone_dir(&h->arena, h->o.go_dir, h->o.url);
}

static bool open_quick(struct githost *h)
{
	const char *own;

	if (!h->quick_tried) {
		if (h->o.go_dir)
			h->quick_gone = open_store(h, gone_dir(h), NULL);
		if (h->o.own_dir && !h->o.offline && !gitclone_path(&h->arena, h->o.real_url)) {
			own = gitclone_dir(&h->arena, h->o.own_dir, h->o.url);
			h->quick_own = open_store(h, own,
						  arena_fmt(&h->arena, "%s.some/objects", own));
		} else if (h->local) {
			h->quick_own = open_store(h, gitrepo_dir(h->repo), NULL);
		}
	}
	h->quick_tried = true;
	return h->quick_own || h->quick_gone;
}

void githost_quick_close(struct githost *h)
{
	gitobjects_free(h->quick_own);
	gitobjects_free(h->quick_gone);
	h->quick_own = h->quick_gone = NULL;
	h->quick_tried = false;
}

static bool read_quick(struct githost *h, const unsigned char *id, git_object_t type,
		       struct buf *out)
{
	struct gitobjects *const stores[] = { h->quick_own, h->quick_gone };
	enum gitobjects_type is;
	size_t before = out->len;

	for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
		if (!stores[i] || !gitobjects_read(stores[i], id, &is, out))
			continue;
		if ((int)is == (int)type)
			return true;
		buf_truncate(out, before);
		return false;
	}
	return false;
}

static bool read_object(void *ctx, const git_oid *id, git_object_t type, struct buf *out,
			const char *what, struct err *e)
{
	struct githost *h = ctx;
	struct gittree_objects repo;

	if (read_quick(h, id->id, type, out))
		return true;
	if (!githost_open_stores(h, e))
		return false;
	repo = gittree_of_repo(h->repo);
	return repo.read(repo.ctx, id, type, out, what, e);
}

static bool size_object(void *ctx, const git_oid *id, git_object_t *type, size_t *size,
			const char *what, struct err *e)
{
	struct githost *h = ctx;
	struct gitobjects *const stores[] = { h->quick_own, h->quick_gone };
	struct gittree_objects repo;
	enum gitobjects_type is;

	for (size_t i = 0; i < ARRAY_LEN(stores); i++)
		if (stores[i] && gitobjects_size(stores[i], id->id, &is, size)) {
			*type = (git_object_t)is;
			return true;
		}
	if (!githost_open_stores(h, e))
		return false;
	repo = gittree_of_repo(h->repo);
	return repo.size(repo.ctx, id, type, size, what, e);
}

struct gittree_objects githost_quick_objects(struct githost *h)
{
	return (struct gittree_objects){ size_object, read_object, h };
}

static bool parse_id(const char *hex, unsigned char *id)
{
	for (size_t i = 0; i < GITOBJECTS_ID; i++, hex += 2) {
		int high = hex_digit(hex[0]), low = high < 0 ? -1 : hex_digit(hex[1]);

		if (low < 0)
			return false;
		id[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

bool githost_quick_tree(struct githost *h, const char *hash, git_oid *tree, struct err *e)
{
	struct buf commit = BUF_INIT;
	const char *line;
	git_oid id;
	bool ok;

	open_quick(h);
	ok = parse_id(hash, id.id) && read_object(h, &id, GIT_OBJECT_COMMIT, &commit, hash, e);
	line = ok ? str_cut_prefix(commit.data, "tree ") : NULL;
	if (ok && (!line || !parse_id(line, tree->id)))
		ok = err_set(e, ERR_REFUSED, "%s: a commit without a tree", hash);
	buf_release(&commit);
	return ok;
}

/* Whether a commit begins as git writes it. */
static bool is_whole(const char *commit)
{
	const char *end = strstr(commit, "\n\n"), *author = strstr(commit, "\nauthor ");

	return str_has_prefix(commit, "tree ") && author && (!end || author < end);
}

static bool set_commit(struct githost *h, const unsigned char *id, struct githost_rev *out)
{
	char hex[2 * GITOBJECTS_ID + 1];
	struct buf commit = BUF_INIT;
	bool ok = read_quick(h, id, GIT_OBJECT_COMMIT, &commit) && is_whole(commit.data) &&
		  githost_time_parse(commit.data, &out->time);

	buf_release(&commit);
	if (!ok)
		return false;
	hex_encode(id, GITOBJECTS_ID, hex);
	out->hash = out->version = arena_strdup(&h->arena, hex);
	out->ref = "";
	return true;
}

static bool is_hash(const char *rev)
{
	size_t n = strlen(rev);

	return n >= MIN_DIGITS && n <= 2 * GITOBJECTS_ID && strspn(rev, "0123456789abcdef") == n;
}

/* githost_here_find_own, in all stores. */
static bool find_own(struct githost *h, const char *digits, struct githost_rev *out)
{
	unsigned char own[GITOBJECTS_ID], gone[GITOBJECTS_ID];
	unsigned n, m;

	if (!h->quick_own || githost_here_may_be_ref(h, digits))
		return false;
	n = gitobjects_find(h->quick_own, digits, own);
	m = h->quick_gone ? gitobjects_find(h->quick_gone, digits, gone) : 0;
	if (n > 1 || m > 1 || n + m == 0 || (n && m && memcmp(own, gone, sizeof(own)) != 0))
		return false;
	return set_commit(h, n ? own : gone, out);
}

/* The object's name in a ref of go's clone: the file, else the line in packed-refs. */
static bool read_ref(struct githost *h, const char *name, char hex[2 * GITOBJECTS_ID + 1])
{
	const char *dir = gone_dir(h), *file = arena_fmt(&h->arena, "%s/%s", dir, name), *line;
	const char *end = arena_fmt(&h->arena, " %s\n", name);
	struct buf b = BUF_INIT;
	bool ok = false;

	if (!fs_is_gone(file)) {
		ok = fs_read_buf(&b, file, MAX_REF, NULL) && b.len == 2 * GITOBJECTS_ID + 1;
		line = b.data;
	} else {
		fs_read_buf(&b, arena_fmt(&h->arena, "%s/packed-refs", dir), MAX_PACKED_REFS, NULL);
		line = memmem(b.data, b.len, end, strlen(end));
		line = line && line - b.data >= (ptrdiff_t)(2 * GITOBJECTS_ID)
			       ? line - 2 * GITOBJECTS_ID
			       : NULL;
		ok = line && (line == b.data || line[-1] == '\n');
	}
	ok = ok && strspn(line, "0123456789abcdef") == 2 * GITOBJECTS_ID;
	if (ok)
		snprintf(hex, 2 * GITOBJECTS_ID + 1, "%s", line);
	buf_release(&b);
	return ok;
}

/* Whether nothing in go's clone has the digits as its name, which git would prefer. */
static bool is_no_ref(struct githost *h, const char *digits)
{
	static const char *const below[] = { "refs", "refs/tags", "refs/heads" };
	char hex[2 * GITOBJECTS_ID + 1];

	for (size_t i = 0; i < ARRAY_LEN(below); i++) {
		const char *name = arena_fmt(&h->arena, "%s/%s", below[i], digits);

		if (!fs_is_gone(arena_fmt(&h->arena, "%s/%s", gone_dir(h), name)) ||
		    read_ref(h, name, hex))
			return false;
	}
	return true;
}

/* githost_here_find_go */
static bool find_gone(struct githost *h, const char *digits, struct githost_rev *out)
{
	unsigned char id[GITOBJECTS_ID];

	if ((strlen(digits) < 2 * GITOBJECTS_ID && !is_no_ref(h, digits)) ||
	    gitobjects_find(h->quick_gone, digits, id) != 1 || !set_commit(h, id, out))
		return false;
	h->deep |= !fs_exists(arena_fmt(&h->arena, "%s/shallow", gone_dir(h)));
	return true;
}

/* From a tag to its commit. */
static bool peel(struct githost *h, unsigned char id[GITOBJECTS_ID])
{
	struct buf tag = BUF_INIT;
	bool ok = true;

	for (unsigned i = 0; ok && i < MAX_TAGS; i++) {
		const char *target;

		buf_clear(&tag);
		if (!read_quick(h, id, GIT_OBJECT_TAG, &tag))
			break;
		target = str_cut_prefix(tag.data, "object ");
		ok = target && parse_id(target, id);
	}
	buf_release(&tag);
	return ok;
}

static bool find_tag(struct githost *h, const char *tag, struct githost_rev *out)
{
	const char *name = arena_fmt(&h->arena, "refs/tags/%s", tag);
	char hex[2 * GITOBJECTS_ID + 1];
	unsigned char id[GITOBJECTS_ID];

	if (!path_is_local(tag) || !read_ref(h, name, hex) || !parse_id(hex, id) || !peel(h, id) ||
	    !set_commit(h, id, out))
		return false;
	out->version = arena_strdup(&h->arena, tag);
	out->ref = name;
	return true;
}

bool githost_quick_stat(struct githost *h, const char *rev, const struct githost_rev **out)
{
	struct githost_rev *made = map_get(&h->here, rev);

	*out = made;
	if (made || !h->reads || h->repo || h->revs.n || !open_quick(h))
		return made != NULL && h->reads;
	made = arena_calloc(&h->arena, 1, sizeof(*made));
	if (is_hash(rev) && find_own(h, rev, made))
		map_put(&h->here, arena_strdup(&h->arena, rev), made);
	else if (h->quick_gone &&
		 ((is_hash(rev) && find_gone(h, rev, made)) || find_tag(h, rev, made)))
		map_put(&h->revs, arena_strdup(&h->arena, rev), made);
	else
		return false;
	*out = made;
	return true;
}
