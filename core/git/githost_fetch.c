/* Where a repository is, and bringing what is not here into ours. */
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hex.h"
#include "base/text.h"
#include "git/githost_impl.h"

#define MAX_LOGINS 3u
#define MAX_KEPT 1000u

static bool is_local(const char *url)
{
	return str_has_prefix(url, "file://") || !strstr(url, "://");
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The path of file://host/path, percent signs decoded as git does. */
static const char *path_of(struct arena *a, const char *url)
{
	const char *s = str_cut_prefix(url, "file://");
	char *out, *p;

	if (!s)
		return url;
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

/* enter_repo's places */
static bool open_here(struct githost *h, struct err *e)
{
	static const char *const suffixes[] = { "/.git", "", ".git/.git", ".git" };
	const char *path = path_of(&h->arena, h->o.real_url);
	struct err why = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		const char *dir = arena_fmt(&h->arena, "%s%s", path, suffixes[i]);

		err_clear(&why);
		if (fs_is_dir(dir) && gitrepo_open_at(&h->repo, dir, &why))
			return true;
		if (err_is_set(&why) && why.code != ERR_NOT_FOUND)
			break;
	}
	if (err_is_set(&why))
		err_move(e, &why);
	else
		err_set(e, ERR_NETWORK, "%s does not appear to be a git repository", h->o.url);
	err_release(&why);
	return false;
}

static const char *clone_dir(struct githost *h)
{
	unsigned char digest[32];
	char hex[65];
	char *key = xasprintf("git3:%s", h->o.url);

	sha256_bytes(key, strlen(key), digest);
	free(key);
	hex_encode(digest, sizeof(digest), hex);
	return arena_fmt(&h->arena, "%s/%s", h->o.own_dir, hex);
}

static bool open_clone(struct githost *h, struct err *e)
{
	const char *dir = clone_dir(h);
	git_repository *repo;

	if (!fs_mkdir_all(h->o.own_dir, e))
		return false;
	if (gitrepo_open_at(&h->repo, dir, NULL))
		return true;
	if (h->git->repository_init(&repo, dir, 1) != 0)
		return gitrepo_fail(h->git, GIT_ERROR, dir, e);
	h->git->repository_free(repo);
	return gitrepo_open_at(&h->repo, dir, e);
}

bool githost_fetch_open(struct githost *h, struct err *e)
{
	if (h->repo)
		return true;
	h->git = git_lib_get(e);
	if (!h->git)
		return false;
	h->local = is_local(h->o.real_url);
	h->all = h->local;
	if (h->local)
		return open_here(h, e);
	if (h->o.offline)
		return err_set(e, ERR_OFFLINE, "%s would be asked, which --offline forbids",
			       h->o.url);
	if (!h->o.own_dir)
		return err_set(e, ERR_NOT_HERE, "there is no place for a copy of %s", h->o.url);
	return open_clone(h, e);
}

struct session {
	struct githost *h;
	unsigned logins;
	size_t keys; /* of ssh, that have been tried */
};

/* The agent, then the user's keys without a passphrase, as ssh would try them. */
static int ssh_key(git_credential **out, struct session *s, const char *user)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa", "id_rsa" };

	if (s->keys == 0 && s->h->o.ssh_agent) {
		s->keys++;
		return s->h->git->credential_ssh_key_from_agent(out, user);
	}
	for (s->keys += s->keys == 0; s->keys <= ARRAY_LEN(names);) {
		const char *file = arena_fmt(&s->h->arena, "%s/%s",
					     s->h->o.ssh_dir ? s->h->o.ssh_dir : "",
					     names[s->keys++ - 1]);

		if (fs_is_file(file))
			return s->h->git->credential_ssh_key_new(out, user, NULL, file, NULL);
	}
	return GIT_EAUTH;
}

static int on_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
			  void *ctx)
{
	struct session *s = ctx;
	const char *name, *password;

	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return ssh_key(out, s, user ? user : "git");
	if (s->logins++ >= MAX_LOGINS)
		return GIT_EAUTH;
	if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) && s->h->o.login &&
	    s->h->o.login(s->h->o.login_ctx, url, &name, &password))
		return s->h->git->credential_userpass_plaintext_new(out, name, password);
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return s->h->git->credential_username_new(out, user ? user : "git");
	return GIT_EAUTH;
}

static int on_progress(const git_indexer_progress *p, void *ctx)
{
	const struct session *s = ctx;

	(void)p;
	return cancel_is_set(s->h->o.cancel) ? GIT_EUSER : 0;
}

static int on_sideband(const char *text, int len, void *ctx)
{
	(void)text;
	(void)len;
	return on_progress(NULL, ctx);
}

static int on_transport(git_transport **out, git_remote *remote, void *ctx)
{
	const struct session *s = ctx;
	git_smart_subtransport_definition d = { s->h->o.http, 1, s->h->o.http_param };

	return s->h->git->transport_smart(out, remote, &d);
}

static git_remote_callbacks callbacks(struct session *s)
{
	git_remote_callbacks c = GIT_REMOTE_CALLBACKS_INIT;

	c.credentials = on_credentials;
	c.transfer_progress = on_progress;
	c.sideband_progress = on_sideband;
	if (s->h->o.http && (str_has_prefix(s->h->o.real_url, "http://") ||
			     str_has_prefix(s->h->o.real_url, "https://")))
		c.transport = on_transport;
	c.payload = s;
	return c;
}

/* No address with a password in an error. */
static bool fail(struct githost *h, int code, struct err *e)
{
	const git_error *last = h->git->error_last();
	struct buf shown = BUF_INIT;

	if (cancel_is_set(h->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	text_redact_url(&shown, h->o.url);
	err_set(e, ERR_NETWORK, "git repository %s: %s", shown.data,
		code == GIT_EAUTH ? "authentication required"
		: last		  ? last->message
				  : "unknown error");
	buf_release(&shown);
	return false;
}

bool githost_fetch_connect(struct githost *h, git_remote **out, struct err *e)
{
	struct session s = { h, 0, 0 };
	git_remote_callbacks c = callbacks(&s);
	git_proxy_options proxy = GIT_PROXY_OPTIONS_INIT;
	int code = h->git->remote_create_anonymous(out, h->repo->repo, h->o.real_url);

	proxy.type = GIT_PROXY_AUTO;
	if (code != 0)
		return fail(h, code, e);
	code = h->git->remote_connect(*out, GIT_DIRECTION_FETCH, &c, &proxy, NULL);
	if (code == 0)
		return true;
	fail(h, code, e);
	h->git->remote_free(*out);
	return false;
}

static int take_lock(struct githost *h, struct err *e)
{
	const char *file = arena_fmt(&h->arena, "%s.lock", clone_dir(h));
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	if (fd < 0)
		err_sys(e, errno, "open %s", file);
	return fd;
}

static bool fetch(struct githost *h, const git_strarray *specs, struct err *e)
{
	struct session s = { h, 0, 0 };
	git_fetch_options o = GIT_FETCH_OPTIONS_INIT;
	git_remote *remote;
	int lock = take_lock(h, e), code;

	if (lock < 0)
		return false;
	o.callbacks = callbacks(&s);
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.proxy_opts.type = GIT_PROXY_AUTO;
	code = h->git->remote_create_anonymous(&remote, h->repo->repo, h->o.real_url);
	if (code == 0) {
		code = h->git->remote_download(remote, specs, &o);
		h->git->remote_free(remote);
	}
	close(lock);
	return code == 0 || fail(h, code, e);
}

static bool is_here(struct githost *h, const char *hash)
{
	git_object *commit;
	git_oid id;

	if (!*hash || h->git->oid_fromstr(&id, hash) != 0 ||
	    h->git->object_lookup_prefix(&commit, h->repo->repo, &id, GIT_OID_HEXSZ,
					 GIT_OBJECT_COMMIT) != 0)
		return false;
	h->git->object_free(commit);
	return true;
}

/* Branches are kept as refs, so that the next fetch can say what is here. A tag more or less makes no difference to that, and fifty
 * thousand files do. */
static void keep_branches(struct githost *h)
{
	git_reference *made;
	size_t n = 0;
	git_oid id;

	for (size_t i = 0; i < h->refs.n && n < MAX_KEPT; i++) {
		const struct githost_ref *ref = &h->refs.items[i];

		if (!str_has_prefix(ref->name, "refs/heads/") ||
		    h->git->oid_fromstr(&id, ref->hash) != 0 ||
		    h->git->reference_create(&made, h->repo->repo, ref->name, &id, 1, NULL) != 0)
			continue;
		h->git->reference_free(made);
		n++;
	}
}

bool githost_fetch_commit(struct githost *h, const char *hash, struct err *e)
{
	char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*",
	     head[] = "+HEAD:refs/modscope/HEAD";
	char *specs[] = { heads, tags, head };
	git_strarray wanted = { specs, 2 };

	if (h->all || is_here(h, hash))
		return true;
	if (map_get(&h->by_name, "HEAD"))
		wanted.count = 3;
	h->all = fetch(h, &wanted, e);
	if (h->all)
		keep_branches(h);
	return h->all;
}
