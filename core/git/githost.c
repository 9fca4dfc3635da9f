#include "git/githost.h"

#include "base/text.h"
#include "git/githost_impl.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

#define MIN_HASH_DIGITS 7u

struct githost *githost_new(const struct githost_options *o)
{
	struct githost *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	h->o.url = arena_strdup(&h->arena, o->url);
	h->o.real_url = arena_strdup(&h->arena, o->real_url);
	if (o->own_dir)
		h->o.own_dir = arena_strdup(&h->arena, o->own_dir);
	if (o->go_dir)
		h->o.go_dir = arena_strdup(&h->arena, o->go_dir);
	return h;
}

void githost_free(struct githost *h)
{
	if (!h)
		return;
	if (h->git)
		githost_connect_end(h);
	git_socket_guard_free(h->guard);
	githost_open_close(h);
	githost_quick_close(h);
	vec_release(&h->refs);
	vec_release(&h->spaced);
	vec_release(&h->gone_tags);
	map_release(&h->by_name);
	map_release(&h->revs);
	map_release(&h->here);
	arena_release(&h->arena);
	free(h);
}

const char *githost_url(const struct githost *h)
{
	return h->o.url;
}

bool githost_ping(struct githost *h, struct err *e)
{
	return githost_refs_load(h, e);
}

bool githost_fetch(struct githost *h, struct err *e)
{
	return githost_refs_load(h, e) && (h->local || githost_fetch_all(h, e));
}

static bool is_hash(const char *rev)
{
	size_t n = strlen(rev);

	return n >= MIN_HASH_DIGITS && n <= GIT_OID_HEXSZ && strspn(rev, "0123456789abcdef") == n;
}

static bool unknown(const char *rev, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "unknown revision %s", rev);
}

/* A walk over all commits that refs reach; false if it cannot start. */
static bool walk_all(struct githost *h, git_revwalk **walk, struct err *e)
{
	git_oid id;

	if (h->git->revwalk_new(walk, h->repo->repo) != 0)
		return gitrepo_fail(h->git, GIT_ERROR, h->o.url, e);
	for (size_t i = 0; i < h->refs.n; i++)
		if (h->git->oid_fromstr(&id, h->refs.items[i].hash) == 0)
			h->git->revwalk_push(
				*walk, &id); /* fails for tags of other objects than commits */
	return true;
}

/* The commit whose hash begins with the digits, if refs reach it and it is the only one. */
static bool find_hash(struct githost *h, const char *digits, const char **hash, struct err *e)
{
	char hex[GIT_OID_HEXSZ + 1];
	size_t n = strlen(digits), found = 0;
	git_revwalk *walk;
	git_oid id;

	if (!walk_all(h, &walk, e))
		return false;
	while (found < 2 && h->git->revwalk_next(&id, walk) == 0) {
		if (cancel_is_set(h->o.cancel))
			break;
		h->git->oid_tostr(hex, sizeof(hex), &id);
		if (memcmp(hex, digits, n) != 0)
			continue;
		found++;
		*hash = arena_strdup(&h->arena, hex);
		if (n == GIT_OID_HEXSZ)
			break;
	}
	h->git->revwalk_free(walk);
	if (cancel_is_set(h->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	return found == 1 || unknown(digits, e);
}

/* The first ref, by name, whose hash begins with the digits. */
static bool match_refs(struct githost *h, const char *digits, const struct githost_ref **ref,
		       struct err *e)
{
	size_t n = strlen(digits);

	*ref = NULL;
	for (size_t i = 0; i < h->refs.n; i++) {
		const struct githost_ref *r = &h->refs.items[i];

		if (strncmp(r->hash, digits, n) != 0)
			continue;
		if (*ref && !str_eq((*ref)->hash, r->hash))
			return err_set(e, ERR_SYNTAX, "ambiguous revision %s", digits);
		if (!*ref)
			*ref = r;
	}
	return true;
}

/* The ref that a revision names; *tag if it is a tag. NULL: it may be a hash that no ref has. */
static bool find_ref(struct githost *h, const char *rev, const struct githost_ref **ref, bool *tag,
		     struct err *e)
{
	*ref = githost_refs_find(h, "refs/tags/", rev);
	*tag = *ref != NULL;
	if (!*ref)
		*ref = githost_refs_find(h, "refs/heads/", rev);
	if (!*ref && str_eq(rev, "HEAD"))
		*ref = githost_refs_find(h, "", rev);
	if (*ref)
		return true;
	if (!is_hash(rev))
		return unknown(rev, e);
	return match_refs(h, rev, ref, e);
}

static bool lookup(struct githost *h, const char *hash, const char *rev, git_object **commit,
		   struct err *e)
{
	git_object *object;
	git_oid id;

	if (h->git->oid_fromstr(&id, hash) != 0)
		return unknown(rev, e);
	if (h->git->object_lookup_prefix(commit, h->repo->repo, &id, GIT_OID_HEXSZ,
					 GIT_OBJECT_COMMIT) == 0)
		return true;
	/* a tag of a tree or a file: git log prints nothing */
	if (h->git->object_lookup_prefix(&object, h->repo->repo, &id, GIT_OID_HEXSZ,
					 GIT_OBJECT_ANY) == 0) {
		h->git->object_free(object);
		return err_set(e, ERR_REFUSED, "unexpected response from git log: \"\"");
	}
	return unknown(rev, e);
}

/* An earlier answer whose hash begins with the digits; go has that commit in its clone by now and does not consult the refs. */
static const struct githost_rev *find_seen(const struct githost *h, const char *rev)
{
	const struct githost_rev *found = NULL;

	if (!is_hash(rev))
		return NULL;
	for (size_t i = 0; i < h->revs.n; i++) {
		const struct githost_rev *r = h->revs.entries[i].value;

		if (strncmp(r->hash, rev, strlen(rev)) != 0)
			continue;
		if (found && !str_eq(found->hash, r->hash))
			return NULL;
		found = r;
	}
	return found;
}

/* The commit of a ref, with as little else as possible. */
static bool fetch_ref(struct githost *h, const struct githost_ref *ref, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok;

	if (h->all || githost_fetch_is_here(h, ref->hash))
		return true;
	ok = githost_some_fetch(h, ref, &why);
	if (!ok && why.code == ERR_CANCELLED)
		return err_move(e, &why);
	err_release(&why);
	h->refetched |= !ok;
	return ok || githost_fetch_all(h, e); /* whatever the error, as in go */
}

/* The names are those of a commit that go has just fetched without its history: its clone ends there, and has its tags and the branch that was asked for. */
static bool refuse_time(struct githost *h, const struct githost_rev *rev, struct buf *shown,
			struct err *e)
{
	const char *branch = str_cut_prefix(rev->ref, "refs/heads/"), **tags;
	const char *comma = h->deep ? "" : ", ";
	struct buf quoted = BUF_INIT;
	size_t n;

	if (!h->deep)
		buf_addstr(shown, "grafted");
	githost_tags_of(h, rev, &h->arena, &tags, &n);
	for (; n--; comma = ", ")
		buf_addf(shown, "%stag: %s", comma, tags[n]);
	if (branch)
		buf_addf(shown, "%sorigin/%s, %s", comma, branch, branch);
	text_quote(&quoted, shown->data, shown->len);
	err_set(e, ERR_REFUSED, "invalid time from git log: %s", quoted.data);
	buf_release(&quoted);
	return false;
}

static bool set_time(struct githost *h, struct githost_rev *rev, struct err *e)
{
	struct buf shown = BUF_INIT;
	bool ok = githost_time_read(h, rev, &shown) || refuse_time(h, rev, &shown, e);

	buf_release(&shown);
	return ok;
}

static bool make_rev(struct githost *h, const char *rev, const struct githost_ref *ref, bool tag,
		     struct githost_rev *out, struct err *e)
{
	git_object *commit;

	h->deep |= !ref;
	h->refetched |= !ref;
	out->ref = "";
	out->time = 0;
	if (ref) {
		out->hash = ref->hash;
		/* go fetches HEAD by its hash, which it then takes for the ref */
		if (!str_eq(ref->name, "HEAD") || githost_gone_has(h, ref->hash))
			out->ref = ref->name;
	}
	if (!(ref ? fetch_ref(h, ref, e) : githost_fetch_all(h, e)) ||
	    (!ref && !find_hash(h, rev, &out->hash, e)) || !set_time(h, out, e) ||
	    !lookup(h, out->hash, rev, &commit, e))
		return false;
	if (!out->time) /* not read, or zero */
		out->time = h->git->commit_time((const git_commit *)commit);
	h->git->object_free(commit);
	out->version = tag ? arena_strdup(&h->arena, rev) : out->hash;
	return true;
}

static bool find_rev(struct githost *h, const char *rev, struct githost_rev *out, struct err *e)
{
	const struct githost_ref *ref;
	bool tag;

	return githost_refs_load(h, e) && find_ref(h, rev, &ref, &tag, e) &&
	       make_rev(h, rev, ref, tag, out, e);
}

/* A ref may have moved between the list and the fetch: list them once more. */
static bool find_rev_twice(struct githost *h, const char *rev, struct githost_rev *out,
			   struct err *e)
{
	const struct githost_ref *ref = NULL;
	struct err why = ERR_INIT;
	bool tag;

	if (find_rev(h, rev, out, &why))
		return true;
	if (why.code != ERR_NOT_FOUND || h->local || !h->all ||
	    !find_ref(h, rev, &ref, &tag, NULL) || !ref)
		return err_move(e, &why);
	err_clear(&why);
	h->all = false;
	githost_refs_forget(h);
	return find_rev(h, rev, out, e);
}

/* Answers that need no server: an earlier answer, a commit or a tag in go's clone. */
static bool find_known(struct githost *h, const char *rev, struct githost_rev *out)
{
	const struct githost_rev *seen = find_seen(h, rev);
	git_object *commit;
	const char *hash;

	if (seen) {
		*out = *seen;
		out->version = out->hash;
		out->ref = "";
		return true;
	}
	if (is_hash(rev) && githost_here_find_go(h, rev, out))
		return true;
	hash = githost_open_go_tag(h, rev);
	if (!hash || !lookup(h, hash, rev, &commit, NULL))
		return false;
	*out = (struct githost_rev){ .hash = hash,
				     .version = arena_strdup(&h->arena, rev),
				     .ref = arena_fmt(&h->arena, "refs/tags/%s", rev),
				     .time = h->git->commit_time((const git_commit *)commit) };
	h->git->object_free(commit);
	return githost_time_read(h, out, NULL);
}

void githost_reads(struct githost *h, bool on)
{
	h->reads = on;
}

/* A hash in our copy, while only contents are asked for. */
static const struct githost_rev *find_here(struct githost *h, const char *rev)
{
	struct githost_rev *made = map_get(&h->here, rev);

	if (made || !is_hash(rev))
		return made;
	made = arena_calloc(&h->arena, 1, sizeof(*made));
	if (!githost_here_find_own(h, rev, made))
		return NULL;
	map_put(&h->here, arena_strdup(&h->arena, rev), made);
	return made;
}

bool githost_stat(struct githost *h, const char *rev, const struct githost_rev **out, struct err *e)
{
	struct githost_rev *made = map_get(&h->revs, rev);

	*out = made;
	if (made || githost_quick_stat(h, rev, out))
		return true;
	if (!githost_open_stores(h, e))
		return false;
	*out = h->reads ? find_here(h, rev) : NULL;
	if (*out)
		return true;
	made = arena_calloc(&h->arena, 1, sizeof(*made));
	if (!find_known(h, rev, made) && !find_rev_twice(h, rev, made, e))
		return false;
	map_put(&h->revs, arena_strdup(&h->arena, rev), made);
	*out = made;
	return true;
}

struct tags_of {
	struct arena *a;
	const char *hash;
	ARENA_VEC(const char *) list;
};

static void add_gone_tag(void *ctx, const char *tag, const char *hash)
{
	struct tags_of *t = ctx;

	if (str_eq(hash, t->hash))
		arena_vec_push(t->a, &t->list, tag);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void githost_tags_of(struct githost *h, const struct githost_rev *rev, struct arena *a,
		     const char ***tags, size_t *n)
{
	struct tags_of t = { .a = a, .hash = rev->hash };
	const char *own = str_cut_prefix(rev->ref, "refs/tags/");

	if (!githost_refs_load(h, NULL)) {
		if (own)
			arena_vec_push(a, &t.list, own);
	}
	for (size_t i = 0; i < h->refs.n; i++) {
		const char *name = str_cut_prefix(h->refs.items[i].name, "refs/tags/");

		if (name &&
		    (str_eq(h->refs.items[i].hash, rev->hash) || (own && str_eq(own, name))))
			arena_vec_push(a, &t.list, name);
	}
	/* of "tag: v1.0.0 x" go takes the first word */
	for (size_t i = 0; i < h->spaced.n; i++) {
		const char *name = str_cut_prefix(h->spaced.items[i].name, "refs/tags/");
		struct text_field word;

		if (name && str_eq(h->spaced.items[i].hash, rev->hash) &&
		    text_fields(name, strlen(name), &word, 1))
			arena_vec_push(a, &t.list, arena_strndup(a, word.s, word.len));
	}
	githost_gone_tags(h, add_gone_tag, &t);
	if (t.list.n)
		qsort(t.list.items, t.list.n, sizeof(*t.list.items), compare_strings);
	*tags = t.list.items;
	*n = t.list.n;
}

bool githost_latest(struct githost *h, const struct githost_rev **out, struct err *e)
{
	const struct githost_ref *head;
	struct githost_rev *copy;

	if (!githost_refs_load(h, e))
		return false;
	head = githost_refs_find(h, "", "HEAD");
	if (!head)
		return err_set(e, ERR_NOT_FOUND, "no commits");
	if (!githost_stat(h, head->hash, out, e))
		return false;
	copy = arena_memdup(&h->arena, *out, sizeof(**out));
	copy->ref = "HEAD";
	*out = copy;
	return true;
}

/* isOriginTag: tags that version selection depends on. */
static bool is_origin_tag(struct arena *a, const char *tag)
{
	const char *c = semver_canonical(a, tag);

	return *c && str_has_prefix(tag, c) && !pseudo_is(tag);
}

static void sum_up(const struct buf *lines, char kind, char sum[GITHOST_SUM_LEN + 1])
{
	unsigned char digest[32];

	sha256_bytes(lines->data, lines->len, digest);
	dirhash_format(digest, sum);
	sum[0] = kind;
}

bool githost_tags(struct githost *h, struct arena *a, const char *prefix, struct githost_tag **tags,
		  size_t *n, char sum[GITHOST_SUM_LEN + 1], struct err *e)
{
	ARENA_VEC(struct githost_tag) list = { 0 };
	const char *slash = strrchr(prefix, '/');
	const char *dir = slash ? arena_strndup(a, prefix, (size_t)(slash - prefix) + 1) : "";
	struct buf lines = BUF_INIT;

	if (!githost_refs_load(h, e))
		return false;
	for (size_t i = 0; i < h->refs.n; i++) {
		const struct githost_ref *r = &h->refs.items[i];
		const char *name = str_cut_prefix(r->name, "refs/tags/");

		if (!name || !str_has_prefix(name, prefix))
			continue;
		arena_vec_push(a, &list, (struct githost_tag){ name, r->hash });
		if (!is_origin_tag(a, str_has_prefix(name, dir) ? name + strlen(dir) : name))
			continue;
		text_quote(&lines, name, strlen(name));
		buf_addf(&lines, " %s\n", r->hash);
	}
	sum_up(&lines, 't', sum);
	buf_release(&lines);
	*tags = list.items;
	*n = list.n;
	return true;
}

bool githost_sum(struct githost *h, char sum[GITHOST_SUM_LEN + 1], struct err *e)
{
	struct buf lines = BUF_INIT;

	if (!githost_refs_load(h, e))
		return false;
	for (size_t i = 0; i < h->refs.n; i++) {
		text_quote(&lines, h->refs.items[i].name, strlen(h->refs.items[i].name));
		buf_addf(&lines, " %s\n", h->refs.items[i].hash);
	}
	sum_up(&lines, 'r', sum);
	buf_release(&lines);
	return true;
}

/* git cat-file blob: the content of a link is its target's name. */
static bool read_entry(const struct gittree_objects *o, struct arena *a,
		       const struct gittree_entry *entry, const char *path, size_t max, char **data,
		       size_t *len, struct err *e)
{
	struct buf content = BUF_INIT;
	git_object_t type;
	size_t size = 0;
	bool ok;

	if (o->size(o->ctx, &entry->id, &type, &size, path, NULL) && size > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes are too many", path, size);
	ok = o->read(o->ctx, &entry->id, GIT_OBJECT_BLOB, &content, path, NULL);
	if (ok) {
		*data = arena_strndup(a, content.data, content.len);
		*len = content.len;
	}
	buf_release(&content);
	return ok || err_set(e, ERR_NOT_FOUND, "file does not exist");
}

bool githost_read(struct githost *h, const char *rev, struct arena *a, const char *path, size_t max,
		  char **data, size_t *len, struct err *e)
{
	const struct gittree_objects o = githost_quick_objects(h);
	const struct githost_rev *r;
	struct gittree_entry entry;
	git_oid tree;

	if (!githost_stat(h, rev, &r, e) || !githost_quick_tree(h, r->hash, &tree, e))
		return false;
	if (!gittree_find(&o, &tree, path, &entry, NULL) || entry.mode == GIT_FILEMODE_TREE ||
	    entry.mode == GIT_FILEMODE_COMMIT)
		return err_set(e, ERR_NOT_FOUND, "file does not exist");
	return read_entry(&o, a, &entry, path, max, data, len, e);
}

struct bases {
	struct map best; /* commit -> the highest allowed version */
	const char *prefix;
	githost_allow_fn *allow;
	void *ctx;
};

static void add_base(void *ctx, const char *tag, const char *hash)
{
	struct bases *b = ctx;
	const char *version = str_cut_prefix(tag, b->prefix), *old;

	if (!version || !b->allow(b->ctx, tag))
		return;
	old = map_get(&b->best, hash);
	if (semver_compare(version, old ? old : "") > 0)
		map_put(&b->best, hash, (void *)(uintptr_t)version);
}

/* The highest version on the commits of the walk, which it frees. A missing ancestor ends it. */
static int highest_of(struct githost *h, const struct bases *b, git_revwalk *walk,
		      const char **highest)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int code = 0;

	while (!cancel_is_set(h->o.cancel) && (code = h->git->revwalk_next(&id, walk)) == 0) {
		const char *version;

		h->git->oid_tostr(hex, sizeof(hex), &id);
		version = map_get(&b->best, hex);
		if (version && semver_compare(version, *highest) > 0)
			*highest = version;
	}
	h->git->revwalk_free(walk);
	return code;
}

/* With the refs of go's clone as they are, go needs no others if one of them leads to a version. */
static void find_gone_tag(struct githost *h, const char *hash, struct bases *b,
			  const char **highest)
{
	git_revwalk *walk;
	int code;

	if (!githost_gone_walk(h, hash, &walk))
		return;
	githost_gone_tags(h, add_base, b);
	if (map_get(&b->best, hash)) /* in a clone that is cut off the walk may fail at once */
		*highest = map_get(&b->best, hash);
	code = highest_of(h, b, walk, highest);
	if (code != 0 && code != GIT_ITEROVER && code != GIT_ENOTFOUND)
		*highest = ""; /* there may be a higher one behind what cannot be read */
	map_release(&b->best);
	b->best = (struct map)MAP_INIT;
}

static void add_bases(struct githost *h, struct bases *b)
{
	for (size_t i = 0; i < h->refs.n; i++) {
		const char *name = str_cut_prefix(h->refs.items[i].name, "refs/tags/");

		if (name)
			add_base(b, name, h->refs.items[i].hash);
	}
}

/* All branches and tags are fetched. */
static bool find_fetched_tag(struct githost *h, const char *hash, struct bases *b,
			     const char **highest, struct err *e)
{
	git_revwalk *walk;
	git_oid id;
	int code;

	h->refetched = true;
	if (!githost_fetch_all(h, e))
		return false;
	githost_gone_tags(h, add_base, b);
	if (h->git->oid_fromstr(&id, hash) != 0 || h->git->revwalk_new(&walk, h->repo->repo) != 0)
		return gitrepo_fail(h->git, GIT_ERROR, h->o.url, e);
	code = h->git->revwalk_push(walk, &id);
	if (code == 0)
		code = highest_of(h, b, walk, highest);
	else
		h->git->revwalk_free(walk);
	if (cancel_is_set(h->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	return code == 0 || code == GIT_ITEROVER || gitrepo_fail(h->git, code, h->o.url, e);
}

static bool find_recent_tag(struct githost *h, const char *hash, struct bases *b,
			    const char **highest, struct err *e)
{
	find_gone_tag(h, hash, b, highest);
	if (**highest)
		return true;
	add_bases(h, b);
	if (!h->deep && map_get(&b->best, hash))
		*highest = map_get(&b->best, hash);
	if (!b->best.n || **highest)
		return true;
	h->deep = true;
	/* where it is cut off go takes the failure for an answer */
	return h->shallow || find_fetched_tag(h, hash, b, highest, e);
}

bool githost_recent_tag(struct githost *h, const char *hash, struct arena *a, const char *prefix,
			githost_allow_fn *allow, void *ctx, const char **tag, struct err *e)
{
	struct bases b = { .prefix = prefix, .allow = allow, .ctx = ctx };
	const char *highest = "";
	bool ok;

	ok = githost_open_stores(h, e) && find_recent_tag(h, hash, &b, &highest, e);
	map_release(&b.best);
	*tag = *highest ? arena_fmt(a, "%s%s", prefix, highest) : "";
	return ok;
}

bool githost_descends(struct githost *h, const char *hash, const struct githost_tag *tag, bool *yes,
		      struct err *e)
{
	git_commit *there = NULL;
	git_oid commit, old;
	int code;

	if (!githost_open_stores(h, e))
		return false;
	*yes = str_eq(hash, tag->hash) ||
	       (h->gone && !h->refetched && githost_gone_descends(h, hash, tag));
	h->deep |= !*yes;
	h->refetched |= !*yes;
	if (!*yes && !githost_fetch_all(h, e))
		return false;
	if (*yes || h->git->oid_fromstr(&commit, hash) != 0 ||
	    h->git->oid_fromstr(&old, tag->hash) != 0)
		return true;
	/* a tag that is gone has no descendants */
	code = h->git->commit_lookup(&there, h->repo->repo, &old);
	if (code == GIT_ENOTFOUND)
		return true;
	if (code == 0)
		code = h->git->graph_descendant_of(h->repo->repo, &commit, &old);
	h->git->object_free((git_object *)there);
	*yes = code == 1;
	return code >= 0 || gitrepo_fail(h->git, code, h->o.url, e);
}

bool githost_zip(struct githost *h, const char *rev, const char *dir, struct gitzip **out,
		 struct err *e)
{
	const struct gittree_objects o = githost_quick_objects(h);
	const struct githost_rev *r;
	git_oid tree;

	return githost_stat(h, rev, &r, e) && githost_quick_tree(h, r->hash, &tree, e) &&
	       gitzip_open_tree(out, &o, r->hash, &tree, dir, h->o.cancel, e);
}
