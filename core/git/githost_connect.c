/* Connections to a repository on another machine. */
#include "base/fs.h"
#include "base/text.h"
#include "git/git_sshurl.h"
#include "git/githost_impl.h"

#define MAX_LOGINS 3u

/* The agent, then the user's keys without a passphrase, in the order of ssh. */
static int ssh_key(git_credential **out, struct githost *h, const char *user)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa", "id_rsa" };

	if (h->keys == 0 && h->o.ssh_agent) {
		h->keys++;
		return h->git->credential_ssh_key_from_agent(out, user);
	}
	for (h->keys += h->keys == 0; h->keys <= ARRAY_LEN(names);) {
		const char *file = arena_fmt(&h->arena, "%s/%s", h->o.ssh_dir ? h->o.ssh_dir : "",
					     names[h->keys++ - 1]);

		if (fs_is_file(file))
			return h->git->credential_ssh_key_new(out, user, NULL, file, NULL);
	}
	return GIT_EAUTH;
}

static int on_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
			  void *ctx)
{
	struct githost *h = ctx;
	const char *name, *password;

	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return ssh_key(out, h, user ? user : "git");
	if (h->logins++ >= MAX_LOGINS)
		return GIT_EAUTH;
	if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) && h->o.login &&
	    h->o.login(h->o.login_ctx, url, &name, &password))
		return h->git->credential_userpass_plaintext_new(out, name, password);
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return h->git->credential_username_new(out, user ? user : "git");
	return GIT_EAUTH;
}

static int on_progress(const git_indexer_progress *p, void *ctx)
{
	const struct githost *h = ctx;

	(void)p;
	git_socket_alive(h->guard);
	return cancel_is_set(h->o.cancel) ? GIT_EUSER : 0;
}

static int on_sideband(const char *text, int len, void *ctx)
{
	(void)text;
	(void)len;
	return on_progress(NULL, ctx);
}

bool githost_connect_is_http(const struct githost *h)
{
	return h->o.http && (str_has_prefix(h->o.real_url, "http://") ||
			     str_has_prefix(h->o.real_url, "https://"));
}

static int connect_ssh(git_smart_subtransport **out, git_transport *owner, struct githost *h)
{
	if (h->o.ssh && git_ssh_is_there(h->o.ssh))
		return git_ssh_new(out, h->o.ssh, h->o.real_url, h->guard);
	return h->git->smart_subtransport_ssh(out, owner, NULL);
}

/* libgit2 does not expose its subtransport, which githost_some.c needs too. */
static int on_subtransport(git_smart_subtransport **out, git_transport *owner, void *ctx)
{
	struct githost *h = ctx;
	int code = githost_connect_is_http(h) ? h->o.http(out, owner, h->o.http_param)
		   : str_has_prefix(h->o.real_url, "git://")
			   ? h->git->smart_subtransport_git(out, owner, NULL)
			   : connect_ssh(out, owner, h);

	if (code == 0)
		*out = githost_watch(h, *out);
	h->sub = code == 0 ? *out : NULL;
	return code;
}

static int on_transport(git_transport **out, git_remote *remote, void *ctx)
{
	git_smart_subtransport_definition d = { on_subtransport, githost_connect_is_http(ctx),
						ctx };
	const struct githost *h = ctx;

	return h->git->transport_smart(out, remote, &d);
}

git_remote_callbacks githost_connect_callbacks(struct githost *h)
{
	git_remote_callbacks c = GIT_REMOTE_CALLBACKS_INIT;

	h->logins = 0;
	h->keys = 0;
	if (!h->guard && !githost_connect_is_http(h))
		h->guard = git_socket_guard_new(h->o.cancel, h->o.patience_ms);
	c.credentials = on_credentials;
	c.transfer_progress = on_progress;
	c.sideband_progress = on_sideband;
	if (githost_connect_is_http(h) || str_has_prefix(h->o.real_url, "git://") ||
	    git_sshurl_is(h->o.real_url))
		c.transport = on_transport;
	c.payload = h;
	return c;
}

bool githost_connect_fail(struct githost *h, int code, struct err *e)
{
	const git_error *last = h->git->error_last();
	struct buf shown = BUF_INIT;

	if (cancel_is_set(h->o.cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (h->sha256)
		return githost_open_sha256(h, e);
	text_redact_url(&shown, h->o.url);
	err_set(e, ERR_NETWORK, "git repository %s: %s", shown.data,
		git_socket_gave_up(h->guard) ? "the server does not answer"
		: code == GIT_EAUTH	     ? "authentication required"
		: last			     ? last->message
					     : "out of memory, or an object of over 1 GB");
	buf_release(&shown);
	return false;
}

int githost_connect_create(struct githost *h, git_repository *repo, git_remote **out)
{
	git_remote_create_options o = GIT_REMOTE_CREATE_OPTIONS_INIT;

	o.repository = repo;
	o.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
	return h->git->remote_create_with_opts(out, h->o.real_url, &o);
}

bool githost_connect_remote(struct githost *h, struct err *e)
{
	git_remote_callbacks c = githost_connect_callbacks(h);
	git_proxy_options proxy = GIT_PROXY_OPTIONS_INIT;
	int code = githost_connect_create(h, h->repo->repo, &h->remote);

	proxy.type = GIT_PROXY_AUTO;
	if (code != 0)
		return githost_connect_fail(h, code, e);
	git_socket_enter(h->guard);
	code = h->git->remote_connect(h->remote, GIT_DIRECTION_FETCH, &c, &proxy, NULL);
	git_socket_leave(h->guard);
	if (code == 0)
		return true;
	githost_connect_fail(h, code, e);
	githost_connect_end(h);
	return false;
}

void githost_connect_end(struct githost *h)
{
	if (!h->remote)
		return;
	git_socket_enter(h->guard);
	h->git->remote_disconnect(h->remote);
	h->git->remote_free(h->remote);
	git_socket_leave(h->guard);
	h->remote = NULL;
	h->sub = NULL;
}
