#include "fetch/direct.h"

#include <pthread.h>

#include "base/map.h"
#include "base/path.h"
#include "base/text.h"
#include "fetch/direct_code.h"
#include "fetch/direct_http.h"
#include "fetch/direct_vcs.h"
#include "fetch/goauth.h"
#include "fetch/http.h"
#include "fetch/netrc.h"
#include "fetch/proxy.h"
#include "git/gitrewrite.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

#define MAX_PAGE ((size_t)4 << 20)

/* One repository. Freed with the table. */
struct host {
	pthread_mutex_t mutex; /* held during each request */
	struct githost *git;
};

/* One module: where it comes from. */
struct module {
	pthread_mutex_t mutex; /* held while it is looked up */
	bool looked_up;
	struct arena arena;
	struct err err;
	struct route_hop hop; /* from a "mod" tag; url NULL otherwise */
	struct host *host;
	struct direct_code *code;
};

struct direct {
	const struct goenv *env;
	const struct proxy *proxy;
	const char *own_dir, *go_dir;
	pthread_mutex_t mutex; /* of what follows */
	struct arena arena;
	struct map modules, hosts; /* path, URL -> struct module, struct host */
	bool configured;
	struct gitrewrite rewrite;
	struct git_ssh ssh;
	struct netrc netrc;
	struct direct_http http;
};

static void free_module(struct module *m)
{
	direct_code_free(m->code);
	err_release(&m->err);
	arena_release(&m->arena);
	pthread_mutex_destroy(&m->mutex);
}

void direct_free(struct direct *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->modules.n; i++)
		free_module(d->modules.entries[i].value);
	for (size_t i = 0; i < d->hosts.n; i++) {
		struct host *h = d->hosts.entries[i].value;

		githost_free(h->git);
		pthread_mutex_destroy(&h->mutex);
	}
	map_release(&d->modules);
	map_release(&d->hosts);
	gitrewrite_release(&d->rewrite);
	netrc_release(&d->netrc);
	pthread_mutex_destroy(&d->mutex);
	arena_release(&d->arena);
	free(d);
}

static bool is_offline(const struct direct *d)
{
	return d->proxy->offline || d->proxy->look;
}

static struct http *http_of(const struct direct *d)
{
	return d->proxy->http(d->proxy->http_ctx);
}

static bool ask_for_login(void *ctx, const char *url)
{
	const struct direct *d = ctx;

	return goauth_ask(http_auth(http_of(d)), url, "", d->proxy->cancel);
}

static bool find_login(void *ctx, const char *url, const char **user, const char **password)
{
	const struct direct *d = ctx;
	const struct goauth_credential *c = goauth_find(http_auth(http_of(d)), url);
	const struct netrc_entry *entry;

	if (c && c->user) {
		*user = c->user;
		*password = c->password;
		return true;
	}
	entry = netrc_find(&d->netrc, url);
	if (!entry)
		return false;
	*user = entry->login;
	*password = entry->password;
	return true;
}

struct direct *direct_new(const struct goenv *env, const struct proxy *p)
{
	struct direct *d = xcalloc(1, sizeof(*d));
	const char *own = goenv_own_cache(env), *cache = goenv_get(env, "GOMODCACHE");

	d->env = env;
	d->proxy = p;
	if (*cache)
		d->go_dir = path_join(&d->arena, cache, "cache/vcs");
	d->own_dir = own ? path_join(&d->arena, own, "vcs") : NULL;
	d->http = (struct direct_http){ env, p->cancel, find_login, ask_for_login, d };
	pthread_mutex_init(&d->mutex, NULL);
	return d;
}

/* The first that is set. */
static const char *setting(const struct direct *d, const char *name, const char *otherwise)
{
	const char *value = goenv_get(d->env, name);

	return *value || !otherwise ? value : otherwise;
}

static void configure(struct direct *d)
{
	gitrewrite_load(&d->rewrite, d->env);
	netrc_load(&d->netrc, d->env);
	d->ssh = (struct git_ssh){ setting(d, "GIT_SSH_COMMAND", d->rewrite.ssh_command),
				   goenv_get(d->env, "GIT_SSH"),
				   setting(d, "GIT_SSH_VARIANT", d->rewrite.ssh_variant) };
	d->configured = true;
}

/* Called with the mutex held. */
static struct host *host_of(struct direct *d, const char *url)
{
	struct host *h = map_get(&d->hosts, url);
	const char *home = goenv_get(d->env, "HOME");

	if (!d->configured)
		configure(d);
	if (h)
		return h;
	h = arena_calloc(&d->arena, 1, sizeof(*h));
	pthread_mutex_init(&h->mutex, NULL);
	h->git = githost_new(&(struct githost_options){
		.url = url,
		.real_url = gitrewrite_url(&d->rewrite, &d->arena, url),
		.own_dir = d->own_dir,
		.go_dir = d->go_dir,
		.offline = is_offline(d),
		.cancel = d->proxy->cancel,
		.http = direct_http_new,
		.http_param = &d->http,
		.ssh = &d->ssh,
		.ssh_agent = *goenv_get(d->env, "SSH_AUTH_SOCK") != 0,
		.ssh_dir = *home ? path_join(&d->arena, home, ".ssh") : NULL,
		.login = find_login,
		.login_ctx = d,
	});
	map_put(&d->hosts, arena_strdup(&d->arena, url), h);
	return h;
}

static struct host *find_host(struct direct *d, const char *url)
{
	struct host *h;

	pthread_mutex_lock(&d->mutex);
	h = host_of(d, url);
	pthread_mutex_unlock(&d->mutex);
	return h;
}

static bool get_page(void *ctx, const char *url, struct buf *body, bool *ok, struct err *status,
		     struct err *e)
{
	struct direct *d = ctx;
	struct http_answer r;
	bool got;

	if (is_offline(d))
		return err_set(e, ERR_OFFLINE, "reading %s: %s", url,
			       d->proxy->offline
				       ? "the network is not used (--offline)"
				       : "not in the module cache, and viewing does not fetch");
	got = http_get(http_of(d),
		       &(struct http_request){ .url = url,
					       .max_bytes = MAX_PAGE,
					       .error_pages = true,
					       .cancel = d->proxy->cancel },
		       &r, e);
	if (got) {
		*ok = r.status == 200;
		if (!*ok)
			http_status_error(&r, status);
		buf_add(body, r.body.data, r.body.len);
	}
	http_answer_release(&r);
	return got;
}

static bool ping(void *ctx, const char *url, struct err *e)
{
	struct host *h = find_host(ctx, url);
	bool ok;

	pthread_mutex_lock(&h->mutex);
	ok = githost_ping(h->git, e);
	pthread_mutex_unlock(&h->mutex);
	return ok;
}

static bool set_code(struct direct *d, struct module *m, const char *path,
		     const struct direct_vcs_root *root, struct err *e)
{
	if (!str_eq(root->vcs, "git"))
		return err_set(e, ERR_NOT_HERE, "%s uses %s, and modscope reads only git",
			       root->root, root->vcs);
	if (!strstr(root->repo, "://")) /* what stands before the colon was taken for a scheme */
		return err_set(e, ERR_REFUSED,
			       "lookup %s: git remote (%s) must not be local directory (use URL "
			       "syntax not host:path syntax)",
			       root->root, root->repo);
	m->host = find_host(d, root->repo);
	m->code = direct_code_new(m->host->git, root->root, root->subdir, path, e);
	return m->code != NULL;
}

/* modfetch.lookupDirect */
static bool look_up(struct direct *d, struct module *m, const char *path, struct err *e)
{
	struct direct_vcs v = { d->env, get_page, ping, d };
	struct direct_vcs_root root;

	if (!modpath_check(path, e) || !direct_vcs_find(&v, &m->arena, path, &root, e))
		return false;
	if (!str_eq(root.vcs, "mod"))
		return set_code(d, m, path, &root, e);
	return route_hop_of_url(&m->arena, root.repo, &m->hop, e);
}

/* The module, with its host locked if it has one. NULL with an error if the lookup failed. */
static struct module *begin(struct direct *d, const char *path, struct err *e)
{
	struct module *m;

	pthread_mutex_lock(&d->mutex);
	m = map_get(&d->modules, path);
	if (!m) {
		m = arena_calloc(&d->arena, 1, sizeof(*m));
		pthread_mutex_init(&m->mutex, NULL);
		map_put(&d->modules, arena_strdup(&d->arena, path), m);
	}
	pthread_mutex_unlock(&d->mutex);
	pthread_mutex_lock(&m->mutex);
	if (!m->looked_up)
		look_up(d, m, path, &m->err);
	m->looked_up = true;
	pthread_mutex_unlock(&m->mutex);
	if (err_is_set(&m->err)) {
		if (e)
			err_copy(e, &m->err);
		return NULL;
	}
	if (m->host)
		pthread_mutex_lock(&m->host->mutex);
	return m;
}

static void end(struct module *m)
{
	if (m->host)
		pthread_mutex_unlock(&m->host->mutex);
}

static bool add_versions(struct module *m, const char *prefix, struct buf *out, struct err *e)
{
	const char *const *list;
	size_t n;

	if (!direct_code_versions(m->code, prefix, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s\n", list[i]);
	return true;
}

bool direct_list(struct direct *d, const char *module, const char *prefix, struct buf *out,
		 struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->code ? add_versions(m, prefix, out, e)
		     : proxy_list(d->proxy, &m->hop, module, out, e);
	end(m);
	return ok;
}

bool direct_info(struct direct *d, const char *module, const char *rev, struct buf *out,
		 struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->code ? direct_code_info(m->code, rev, out, e)
		     : proxy_info(d->proxy, &m->hop, module, rev, out, e);
	end(m);
	return ok;
}

bool direct_latest(struct direct *d, const char *module, struct buf *out, struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->code ? direct_code_info(m->code, NULL, out, e)
		     : proxy_latest(d->proxy, &m->hop, module, NULL, out, e);
	end(m);
	return ok;
}

bool direct_fetch(struct direct *d, const char *module, struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->host ? githost_fetch(m->host->git, e)
		     : err_set(e, ERR_NOT_HERE, "%s comes from a proxy, not from a repository",
			       module);
	end(m);
	return ok;
}

const char *direct_list_origin(struct direct *d, const char *module, struct arena *a,
			       const char *prefix)
{
	struct module *m = begin(d, module, NULL);
	const char *origin;

	if (!m)
		return NULL;
	origin = m->code ? direct_code_list_origin(m->code, a, prefix) : NULL;
	end(m);
	return origin;
}

const char *direct_failed_origin(struct direct *d, const char *module, struct arena *a,
				 const char *rev)
{
	struct module *m = begin(d, module, NULL);
	const char *origin;

	if (!m)
		return NULL;
	origin = m->code ? direct_code_failed_origin(m->code, a, rev) : NULL;
	end(m);
	return origin;
}

bool direct_mod(struct direct *d, const char *module, const char *version, struct buf *out,
		struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->code ? direct_code_gomod(m->code, version, out, e)
		     : proxy_mod(d->proxy, &m->hop, module, version, out, e);
	end(m);
	return ok;
}

/* gover.TooNewError's "running go": the version, and GOTOOLCHAIN unless it is the default. */
static const char *running_go(const struct direct *d, struct arena *a)
{
	const char *version = goenv_go_version(d->env), *chosen = goenv_get(d->env, "GOTOOLCHAIN");

	return !*chosen || str_eq(chosen, "auto")
		       ? version
		       : arena_fmt(a, "%s; GOTOOLCHAIN=%s", version, chosen);
}

bool direct_zip(struct direct *d, const char *module, const char *version, int fd, const char *name,
		struct err *e)
{
	struct module *m = begin(d, module, e);
	bool ok;

	if (!m)
		return false;
	ok = m->code ? direct_code_zip(m->code, version, goenv_go_version(d->env),
				       running_go(d, &m->arena), d->proxy->cancel, fd, e)
		     : proxy_zip(d->proxy, &m->hop, module, version, fd, name, e);
	end(m);
	return ok;
}
