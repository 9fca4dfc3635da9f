#include "git/gitclone.h"

#include "base/fs.h"
#include "base/hex.h"
#include "base/map.h"
#include "git/gitrepo_impl.h"
#include "zip/sha256.h"

#define MAX_KEPT_REFS ((size_t)256 << 20)
#define MAX_OBJECT ((size_t)1 << 20)
#define MAX_GITFILE ((size_t)64 << 10)
#define MAX_WALKED 1000000u

const char *gitclone_dir(struct arena *a, const char *below, const char *url)
{
	const char *key = arena_fmt(a, "git3:%s", url);
	unsigned char digest[32];
	char hex[65];

	sha256_bytes(key, strlen(key), digest);
	hex_encode(digest, sizeof(digest), hex);
	return arena_fmt(a, "%s/%s", below, hex);
}

/* HOST:PATH, which ssh reaches: connect.c's url_is_local_not_ssh. */
static bool is_scp_like(const char *url)
{
	return url[strcspn(url, ":/")] == ':';
}

const char *gitclone_path(struct arena *a, const char *url)
{
	const char *s = str_cut_prefix(url, "file://");
	char *out, *p;

	if (!s)
		return strstr(url, "://") || is_scp_like(url) ? NULL : url;
	s = strchr(s, '/');
	if (!s)
		return "/";
	p = out = arena_alloc(a, strlen(s) + 1);
	for (; *s; s++) {
		int high = *s == '%' ? hex_digit(s[1]) : -1, low = high < 0 ? -1 : hex_digit(s[2]);

		if (low < 0 || high + low == 0) {
			*p++ = *s;
			continue;
		}
		*p++ = (char)(high * 16 + low);
		s += 2;
	}
	*p = 0;
	return out;
}

/* Where a .git file leads, as that of a worktree or submodule: setup.c's read_gitfile. NULL if it is none. */
static const char *follow_gitfile(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/'), *to;
	char *data;
	size_t len;

	if (!fs_is_file(file) || !fs_read(a, file, MAX_GITFILE, &data, &len, NULL))
		return NULL;
	to = str_cut_prefix(data, "gitdir: ");
	while (to && len && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		data[--len] = 0;
	if (!to || !*to || strlen(data) != len)
		return NULL;
	return *to == '/' || !slash ? to : arena_fmt(a, "%.*s/%s", (int)(slash - file), file, to);
}

bool gitclone_open_path(struct gitrepo **out, struct arena *a, const char *path, const char **tried,
			struct err *e)
{
	/* the places that git's enter_repo tries */
	static const char *const suffixes[] = { "/.git", "", ".git/.git", ".git" };
	struct err why = ERR_INIT;
	size_t len = strlen(path);
	bool file = false;

	while (len > 1 && path[len - 1] == '/')
		len--;
	for (size_t i = 0; !file && i < ARRAY_LEN(suffixes); i++) {
		const char *to;

		*tried = arena_fmt(a, "%.*s%s", (int)len, path, suffixes[i]);
		file = fs_is_file(*tried); /* git tries no other place then */
		to = file ? follow_gitfile(a, *tried) : *tried;
		err_clear(&why);
		if (to && fs_is_dir(to) && gitrepo_open_at(out, to, &why))
			return true;
		if (err_is_set(&why) && why.code != ERR_NOT_FOUND)
			return err_move(e, &why);
	}
	if (err_is_set(&why))
		return err_move(e, &why);
	return err_set(e, ERR_NETWORK, "%s does not appear to be a git repository", path);
}

/* Kept refs. */

static const char *refs_file(struct arena *a, const char *dir)
{
	return arena_fmt(a, "%s.refs", dir);
}

void gitclone_keep_refs(const char *dir, const struct buf *lines)
{
	struct arena a = ARENA_INIT;
	const char *file = refs_file(&a, dir);
	struct buf old = BUF_INIT;

	if (!fs_read_buf(&old, file, MAX_KEPT_REFS, NULL) || old.len != lines->len ||
	    memcmp(old.data, lines->data, old.len) != 0)
		fs_write_atomic(file, lines->data, lines->len, 0666, false, NULL);
	buf_release(&old);
	arena_release(&a);
}

bool gitclone_kept_refs(struct buf *lines, const char *dir)
{
	struct arena a = ARENA_INIT;
	bool ok = fs_read_buf(lines, refs_file(&a, dir), MAX_KEPT_REFS, NULL);

	arena_release(&a);
	return ok;
}

static void add_ref(struct gitclone *c, const char *name, const char *id)
{
	arena_vec_push(&c->arena, &c->refs, (struct gitclone_ref){ name, id });
}

/* Lines with anything else are ignored. */
static bool read_kept(struct gitclone *c, const char *dir)
{
	char *data, *line, *next;
	size_t len;

	if (!fs_read(&c->arena, refs_file(&c->arena, dir), MAX_KEPT_REFS, &data, &len, NULL))
		return false;
	for (line = data; *line; line = next) {
		char *end = strchr(line, '\n');

		next = end ? end + 1 : line + strlen(line);
		if (end)
			*end = 0;
		if (strspn(line, "0123456789abcdef") != GIT_OID_HEXSZ ||
		    line[GIT_OID_HEXSZ] != '\t')
			continue;
		line[GIT_OID_HEXSZ] = 0;
		add_ref(c, line + GIT_OID_HEXSZ + 1, line);
	}
	return true;
}

static const char *hex_of(struct gitclone *c, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	c->repo->git->oid_tostr(hex, sizeof(hex), id);
	return arena_strdup(&c->arena, hex);
}

static void take_ref(struct gitclone *c, const git_reference *ref)
{
	const struct git_lib *git = c->repo->git;
	git_reference *end;

	if (git->reference_resolve(&end, ref) != 0)
		return;
	if (git->reference_target(end))
		add_ref(c, arena_strdup(&c->arena, git->reference_name(ref)),
			hex_of(c, git->reference_target(end)));
	git->reference_free(end);
}

static void read_refs(struct gitclone *c, struct gitrepo *from)
{
	const struct git_lib *git = c->repo->git;
	git_reference_iterator *it;
	git_reference *ref;

	if (git->reference_lookup(&ref, from->repo, "HEAD") == 0) {
		take_ref(c, ref);
		git->reference_free(ref);
	}
	if (git->reference_iterator_new(&it, from->repo) != 0)
		return;
	while (git->reference_next(&ref, it) == 0) {
		take_ref(c, ref);
		git->reference_free(ref);
	}
	git->reference_iterator_free(it);
}

/* The stores. */

static void add_objects(struct gitclone *c, const char *objects)
{
	git_odb *db;

	if (!fs_is_dir(objects) || c->repo->git->repository_odb(&db, c->repo->repo) != 0)
		return;
	c->repo->git->odb_add_disk_alternate(db, objects);
	c->repo->git->odb_free(db);
}

static bool open_store(struct gitrepo **out, const char *dir, struct err *e)
{
	return dir && fs_is_dir(dir) && gitrepo_open_at(out, dir, e);
}

/* Our copy, with what go has; else go's alone. If neither can be opened, e says why, or is not set. */
static bool open_stores(struct gitclone *c, const struct gitclone_places *p, struct err *e)
{
	const char *own = p->own_dir ? gitclone_dir(&c->arena, p->own_dir, p->url) : NULL;
	const char *go = p->go_dir ? gitclone_dir(&c->arena, p->go_dir, p->url) : NULL;
	struct gitrepo *gone = NULL;

	open_store(&gone, go, e);
	if (!open_store(&c->repo, own, e)) {
		c->repo = gone;
		if (gone)
			read_refs(c, gone);
		return gone != NULL;
	}
	add_objects(c, arena_fmt(&c->arena, "%s.some/objects", own));
	if (gone)
		add_objects(c, arena_fmt(&c->arena, "%s/objects", go));
	if (!read_kept(c, own) && gone)
		read_refs(c, gone);
	gitrepo_free(gone);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct gitclone_ref *)a)->name,
		      ((const struct gitclone_ref *)b)->name);
}

bool gitclone_open(struct gitclone *c, const struct gitclone_places *p, struct err *e)
{
	const char *path, *tried;
	struct err why = ERR_INIT;
	bool ok;

	*c = (struct gitclone){ .arena = ARENA_INIT };
	path = gitclone_path(&c->arena, p->real_url ? p->real_url : p->url);
	if (!git_lib_get(e))
		return false;
	if (path && !gitclone_open_path(&c->repo, &c->arena, path, &tried, e))
		return false;
	if (path)
		read_refs(c, c->repo);
	ok = path || open_stores(c, p, &why) ||
	     (err_is_set(&why) && why.code != ERR_NOT_FOUND
		      ? err_move(e, &why)
		      : err_set(e, ERR_NOT_FOUND, "there is no clone of it on this machine"));
	err_release(&why);
	if (!ok)
		return false;
	if (c->refs.n)
		qsort(c->refs.items, c->refs.n, sizeof(*c->refs.items), by_name);
	return true;
}

void gitclone_close(struct gitclone *c)
{
	gitrepo_free(c->repo);
	arena_release(&c->arena);
}

static const char *find_ref(const struct gitclone *c, const char *name)
{
	const struct gitclone_ref key = { name, "" }, *found;

	found = c->refs.n ? bsearch(&key, c->refs.items, c->refs.n, sizeof(key), by_name) : NULL;
	return found ? found->id : NULL;
}

/* Tags and signatures. */

/* The object's content; NULL if it is not here, too large, or of another type. */
static char *read_object(struct gitclone *c, const char *hex, git_object_t type, struct arena *a)
{
	const struct git_lib *git = c->repo->git;
	git_object_t is = GIT_OBJECT_INVALID;
	git_odb_object *object;
	char *data = NULL;
	size_t len = 0;
	git_oid id;
	git_odb *db;

	if (git->oid_fromstr(&id, hex) != 0 || git->repository_odb(&db, c->repo->repo) != 0)
		return NULL;
	if (git->odb_read_header(&len, &is, db, &id) == 0 && is == type && len <= MAX_OBJECT &&
	    git->odb_read(&object, db, &id) == 0) {
		data = arena_strndup(a, git->odb_object_data(object), git->odb_object_size(object));
		git->odb_object_free(object);
	}
	git->odb_free(db);
	return data;
}

/* gpg-interface.c: a line that begins so. */
static enum gitclone_signature signature_of(const char *line)
{
	static const struct {
		const char *begins;
		enum gitclone_signature kind;
	} kinds[] = {
		{ "-----BEGIN PGP SIGNATURE-----", GITCLONE_OPENPGP },
		{ "-----BEGIN PGP MESSAGE-----", GITCLONE_OPENPGP },
		{ "-----BEGIN SSH SIGNATURE-----", GITCLONE_SSH },
		{ "-----BEGIN SIGNED MESSAGE-----", GITCLONE_X509 },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_has_prefix(line, kinds[i].begins))
			return kinds[i].kind;
	return GITCLONE_UNSIGNED;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* "tagger NAME <EMAIL> 1500000000 +0200" */
static void read_tagger(struct gitclone_tag *tag, struct arena *a, const char *line)
{
	size_t len = strcspn(line, "\n"), name = strcspn(line, "<\n");
	const char *mail = memchr(line, '>', len);

	while (name && line[name - 1] == ' ')
		name--;
	tag->tagger = arena_strndup(a, line, name);
	if (mail)
		tag->time = strtoll(mail + 1, NULL, 10);
}

void gitclone_tag(struct gitclone *c, const char *ref, struct gitclone_tag *tag, struct arena *a)
{
	const char *id = find_ref(c, ref);
	const char *text = id ? read_object(c, id, GIT_OBJECT_TAG, a) : NULL;
	const char *line = text;

	*tag = (struct gitclone_tag){ .found = id != NULL,
				      .annotated = text != NULL,
				      .tagger = "" };
	/* a tag object that is not here cannot be told from a commit */
	if (id && !text && !read_object(c, id, GIT_OBJECT_COMMIT, a))
		tag->found = false;
	for (; line && *line && *line != '\n'; line = next_line(line))
		if (str_has_prefix(line, "tagger "))
			read_tagger(tag, a, line + strlen("tagger "));
	for (; line && *line && !tag->signature; line = next_line(line))
		tag->signature = signature_of(line);
}

enum gitclone_signature gitclone_commit_signature(struct gitclone *c, const char *hash)
{
	struct arena a = ARENA_INIT;
	const char *line = read_object(c, hash, GIT_OBJECT_COMMIT, &a);
	enum gitclone_signature kind = GITCLONE_UNSIGNED;

	for (; line && *line && *line != '\n' && !kind; line = next_line(line)) {
		const char *value = str_cut_prefix(line, "gpgsig ");

		kind = value ? signature_of(value) : GITCLONE_UNSIGNED;
	}
	arena_release(&a);
	return kind;
}

/* Branches. */

struct search {
	struct gitclone *c;
	struct map wanted; /* hash -> index + 1 */
	size_t left, walked;
	const char **found;
	const struct gitclone_ref *branches[GITCLONE_MAX_BRANCHES];
	size_t n;
	bool complete; /* all branches are in the list, and all could be walked */
	const struct cancel *cancel;
};

static void see(struct search *s, const git_oid *id, const char *branch)
{
	char hex[GIT_OID_HEXSZ + 1];
	uintptr_t i;

	s->c->repo->git->oid_tostr(hex, sizeof(hex), id);
	i = (uintptr_t)map_get(&s->wanted, hex);
	if (!i || *s->found[i - 1])
		return;
	s->found[i - 1] = branch;
	s->left--;
}

/* The commits of branch k that no earlier one has. */
static bool walk_branch(struct search *s, size_t k)
{
	const struct git_lib *git = s->c->repo->git;
	const char *name = s->branches[k]->name + strlen("refs/heads/");
	git_revwalk *walk;
	git_oid id;
	int code = git->revwalk_new(&walk, s->c->repo->repo);

	if (code != 0)
		return false;
	git->oid_fromstr(&id, s->branches[k]->id); /* 40 digits */
	see(s, &id, name);
	code = git->revwalk_push(walk, &id);
	for (size_t i = 0; i < k && code == 0; i++) {
		git->oid_fromstr(&id, s->branches[i]->id);
		code = git->revwalk_hide(walk, &id);
	}
	while (code == 0 && s->left && s->walked < MAX_WALKED && !cancel_is_set(s->cancel)) {
		code = git->revwalk_next(&id, walk);
		s->walked++;
		if (code == 0)
			see(s, &id, name);
	}
	git->revwalk_free(walk);
	return (code == 0 || code == GIT_ITEROVER) && s->walked < MAX_WALKED &&
	       !cancel_is_set(s->cancel);
}

#define RANKS 3u

/* 0: the default branch. Several may be at HEAD's commit; the usual names are the likely ones. */
static unsigned rank_of(const struct gitclone *c, const struct gitclone_ref *branch)
{
	const char *head = find_ref(c, "HEAD");
	bool is_main = str_eq(branch->name, "refs/heads/main") ||
		       str_eq(branch->name, "refs/heads/master");

	if (head && !str_eq(branch->id, head))
		return 2;
	return is_main ? 0 : head ? 1 : 2;
}

/* The default branch first. */
static void list_branches(struct search *s)
{
	const struct gitclone *c = s->c;

	for (unsigned rank = 0; rank < RANKS; rank++) {
		for (size_t i = 0; i < c->refs.n; i++) {
			const struct gitclone_ref *ref = &c->refs.items[i];

			if (!str_has_prefix(ref->name, "refs/heads/") || rank_of(c, ref) != rank)
				continue;
			if (s->n == GITCLONE_MAX_BRANCHES)
				s->complete = false;
			else
				s->branches[s->n++] = ref;
		}
	}
}

void gitclone_branches(struct gitclone *c, struct arena *a, const char *const *hashes,
		       const char **branches, size_t n, const struct cancel *cancel)
{
	struct search s = {
		.c = c, .found = branches, .left = n, .complete = true, .cancel = cancel
	};

	s.wanted = (struct map)MAP_INIT;
	for (size_t i = 0; i < n; i++) {
		branches[i] = "";
		if (map_has(&s.wanted, hashes[i]))
			s.left--;
		else
			map_put(&s.wanted, hashes[i], (void *)(uintptr_t)(i + 1));
	}
	list_branches(&s);
	for (size_t k = 0; k < s.n && s.left; k++)
		s.complete &= !cancel_is_set(cancel) && walk_branch(&s, k);
	for (size_t i = n; i-- > 0;) {
		const char *found = branches[(uintptr_t)map_get(&s.wanted, hashes[i]) - 1];

		branches[i] = *found ? arena_strdup(a, found) : s.complete && s.n ? "" : NULL;
	}
	map_release(&s.wanted);
}
