/* Locating a repository and our copies of it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/text.h"
#include "git/gitclone.h"
#include "git/githost_impl.h"

#define MAX_PACK_FILES 100000u
#define MAX_KEPT_REFS 200000u

static bool unread(const struct githost *h, const char *what, struct err *e)
{
	struct buf shown = BUF_INIT;

	text_redact_url(&shown, h->o.url);
	err_set(e, ERR_NOT_HERE, "git repository %s: %s", shown.data, what);
	buf_release(&shown);
	return false;
}

bool githost_open_sha256(const struct githost *h, struct err *e)
{
	return unread(h,
		      "its objects are named by SHA-256, which libgit2 " LIBGIT2_VERSION
		      " does not read; one built with EXPERIMENTAL_SHA256 (1.7 and later) does",
		      e);
}

/* Whether a repository that cannot be opened has the extension. */
static bool has_extension(struct githost *h, const char *dir, const char *name, const char *value)
{
	const char *key = arena_fmt(&h->arena, "^extensions\\.%s$", name);
	git_config_iterator *it;
	git_config_entry *entry;
	git_config *cfg;
	bool yes = false;

	if (h->git->config_open_ondisk(&cfg, arena_fmt(&h->arena, "%s/config", dir)) != 0)
		return false;
	if (h->git->config_iterator_glob_new(&it, cfg, key) == 0) {
		while (h->git->config_next(&entry, it) == 0)
			yes = str_has_prefix(entry->value, value);
		h->git->config_iterator_free(it);
	}
	h->git->config_free(cfg);
	return yes;
}

static bool is_bundle(const char *file)
{
	char head[16] = "";
	int fd = fs_is_file(file) ? open(file, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return false;
	if (read(fd, head, sizeof(head) - 1) < 0)
		*head = 0;
	close(fd);
	return str_has_prefix(head, "# v2 git bundle") || str_has_prefix(head, "# v3 git bundle");
}

/* Why a repository cannot be opened, if it is one that git opens. */
static bool name_format(struct githost *h, const char *dir, struct err *e)
{
	if (is_bundle(dir))
		return !unread(
			h,
			"it is a bundle, which libgit2 does not read; git clone --bare makes a "
			"repository of it",
			e);
	if (has_extension(h, dir, "objectformat", "sha256"))
		return !githost_open_sha256(h, e);
	return has_extension(h, dir, "refstorage", "reftable") &&
	       !unread(h,
		       "its refs are in the reftable format, which libgit2 " LIBGIT2_VERSION
		       " does not read; git refs migrate --ref-format=files makes them files",
		       e);
}

static bool open_here(struct githost *h, const char *path, struct err *e)
{
	struct err why = ERR_INIT;
	const char *tried;

	if (gitclone_open_path(&h->repo, &h->arena, path, &tried, &why))
		return true;
	if (why.code == ERR_NOT_FOUND || !name_format(h, tried, e)) {
		if (why.code == ERR_NETWORK)
			err_set(e, ERR_NETWORK, "%s does not appear to be a git repository",
				h->o.url);
		else
			err_move(e, &why);
	}
	err_release(&why);
	return false;
}

/* codehost.WorkDir's name below dir */
static const char *clone_dir(struct githost *h, const char *below)
{
	return gitclone_dir(&h->arena, below, h->o.url);
}

static bool add_alternate(struct githost *h, const char *objects, struct err *e)
{
	git_odb *db;
	int code = h->git->repository_odb(&db, h->repo->repo);

	if (code == 0) {
		code = h->git->odb_add_disk_alternate(db, objects);
		h->git->odb_free(db);
	}
	return code == 0 || gitrepo_fail(h->git, GIT_ERROR, objects, e);
}

/* go's clone. It is only read; an unusable one is ignored. */
static void open_gone(struct githost *h)
{
	if (h->o.go_dir)
		gitrepo_open_at(&h->gone, clone_dir(h, h->o.go_dir), NULL);
}

/* What is there is half a repository, of a process that was killed: its config.lock would stay for ever. */
static bool make_whole(struct githost *h, const char *dir, struct err *e)
{
	git_repository *repo;

	if (fs_exists(dir) && !fs_remove_all(dir, e))
		return false;
	if (h->git->repository_init(&repo, dir, 1) != 0)
		return gitrepo_fail(h->git, GIT_ERROR, dir, e);
	h->git->repository_free(repo);
	return gitrepo_open_at(&h->whole, dir, e);
}

static bool open_whole(struct githost *h, const char *dir, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok;
	int lock;

	if (!fs_mkdir_all(h->o.own_dir, e))
		return false;
	if (gitrepo_open_at(&h->whole, dir, NULL))
		return true;
	lock = githost_open_lock(h, e);
	if (lock < 0)
		return false;
	ok = gitrepo_open_at(&h->whole, dir, &why); /* another process may have made it */
	if (!ok && why.code == ERR_NOT_FOUND)
		ok = make_whole(h, dir, e);
	else if (!ok)
		err_move(e, &why); /* a whole one, of another user for instance */
	err_release(&why);
	close(lock);
	return ok;
}

static void add_gone(struct githost *h)
{
	if (h->gone)
		add_alternate(h, arena_fmt(&h->arena, "%s/objects", gitrepo_dir(h->gone)), NULL);
}

static bool open_own(struct githost *h, struct err *e)
{
	const char *dir = clone_dir(h, h->o.own_dir);

	h->some_dir = arena_fmt(&h->arena, "%s.some/objects", dir);
	if (!open_whole(h, dir, e) ||
	    !fs_mkdir_all(arena_fmt(&h->arena, "%s/pack", h->some_dir), e) ||
	    !gitrepo_open_at(&h->repo, dir, e) || !add_alternate(h, h->some_dir, e))
		return false;
	add_gone(h);
	return true;
}

bool githost_open_forbidden(const struct githost *h, struct err *e)
{
	return err_set(e, ERR_OFFLINE, "%s would be asked, which --offline forbids", h->o.url);
}

/* Without the network only go's clone can answer. */
static bool open_offline(struct githost *h, struct err *e)
{
	if (h->gone)
		return gitrepo_open_at(&h->repo, gitrepo_dir(h->gone), e);
	return githost_open_forbidden(h, e);
}

static bool open_local(struct githost *h, const char *path, struct err *e)
{
	if (!open_here(h, path, e))
		return false;
	h->shallow = fs_exists(arena_fmt(&h->arena, "%s/shallow", gitrepo_dir(h->repo)));
	h->all = !h->shallow;
	add_gone(h);
	return true;
}

bool githost_open_stores(struct githost *h, struct err *e)
{
	const char *path;

	if (h->repo)
		return true;
	h->git = git_lib_get(e);
	if (!h->git)
		return false;
	if (!h->gone)
		open_gone(h);
	path = gitclone_path(&h->arena, h->o.real_url);
	h->local = path != NULL;
	if (path)
		return open_local(h, path, e);
	if (h->o.offline)
		return open_offline(h, e);
	if (!h->o.own_dir)
		return err_set(e, ERR_NOT_HERE, "there is no place for a copy of %s", h->o.url);
	if (open_own(h, e))
		return true;
	gitrepo_free(h->repo);
	h->repo = NULL;
	return false;
}

void githost_open_close(struct githost *h)
{
	gitrepo_free(h->repo);
	gitrepo_free(h->whole);
	gitrepo_free(h->gone);
}

const char *githost_open_go_tag(struct githost *h, const char *tag)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object *commit = NULL;
	git_reference *ref;
	int code;

	if (!h->gone || h->git->reference_lookup(&ref, h->gone->repo,
						 arena_fmt(&h->arena, "refs/tags/%s", tag)) != 0)
		return NULL;
	code = h->git->reference_peel(&commit, ref, GIT_OBJECT_COMMIT);
	h->git->reference_free(ref);
	if (code != 0)
		return NULL;
	h->git->oid_tostr(hex, sizeof(hex), h->git->object_id(commit));
	h->git->object_free(commit);
	return arena_strdup(&h->arena, hex);
}

static bool has_all(struct githost *h, const struct gitrepo *store)
{
	git_odb *db;
	git_oid id;
	bool has = h->git->repository_odb(&db, store->repo) == 0;

	if (!has)
		return false;
	for (size_t i = 0; has && i < h->refs.n; i++)
		has = h->git->oid_fromstr(&id, h->refs.items[i].id) == 0 &&
		      h->git->odb_exists(db, &id) == 1;
	h->git->odb_free(db);
	return has;
}

bool githost_open_is_whole(struct githost *h)
{
	if (h->whole && has_all(h, h->whole))
		return true;
	return h->gone && !fs_exists(arena_fmt(&h->arena, "%s/shallow", gitrepo_dir(h->gone))) &&
	       has_all(h, h->gone);
}

void githost_open_keep_refs(struct githost *h)
{
	struct buf lines = BUF_INIT;

	if (!h->whole || h->refs.n > MAX_KEPT_REFS)
		return;
	for (size_t i = 0; i < h->refs.n; i++)
		buf_addf(&lines, "%s\t%s\n", h->refs.items[i].id, h->refs.items[i].name);
	gitclone_keep_refs(clone_dir(h, h->o.own_dir), &lines);
	buf_release(&lines);
}

/* What a killed fetch has left: nobody else writes while the lock is held. */
static void sweep(const char *objects)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	const char *dir = arena_fmt(&a, "%s/pack", objects);
	size_t n = 0;

	if (!fs_list(&a, dir, MAX_PACK_FILES, &entries, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(entries[i].name, "pack_git2_"))
			unlink(path_join(&a, dir, entries[i].name));
	arena_release(&a);
}

int githost_open_lock(struct githost *h, struct err *e)
{
	const char *file = arena_fmt(&h->arena, "%s.lock", clone_dir(h, h->o.own_dir));
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	if (fd < 0) {
		err_sys(e, errno, "open %s", file);
		return fd;
	}
	sweep(h->some_dir);
	sweep(arena_fmt(&h->arena, "%s/objects", clone_dir(h, h->o.own_dir)));
	return fd;
}
