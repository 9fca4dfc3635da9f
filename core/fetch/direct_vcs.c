#include "fetch/direct_vcs.h"

#include "base/text.h"
#include "fetch/direct_meta.h"
#include "fetch/direct_policy.h"
#include "fetch/gourl.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

static const char *const systems[] = { "hg", "git", "svn", "bzr", "fossil" };

struct search {
	const struct direct_vcs *v;
	struct arena *a;
	const char *path;
	bool insecure;
	struct direct_vcs_root *root;
};

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum found { FOUND, FAILED, ELSEWHERE };

static bool has_path_prefix(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(path, prefix, n) == 0 && (!path[n] || path[n] == '/');
}

/* [\w.\-]+ */
static bool is_element(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		      (s[i] >= '0' && s[i] <= '9') || strchr("_.-", s[i])))
			return false;
	return n > 0;
}

/* The number of elements from s to the end of the path, 0 if one is invalid; with `tilde` they may begin with "~". */
static size_t count_elements(const char *s, bool tilde)
{
	size_t count = 0;

	for (;; s++, count++) {
		size_t n = strcspn(s, "/"), skip = tilde && *s == '~';

		if (!is_element(s + skip, n - skip))
			return 0;
		s += n;
		if (!*s)
			return count + 1;
	}
}

static const char *first_elements(struct arena *a, const char *path, size_t count)
{
	const char *s = path;

	while (count--) {
		s += strcspn(s, "/");
		if (count && *s)
			s++;
	}
	return arena_strndup(a, path, (size_t)(s - path));
}

/* Hosts with known patterns: the root has this many elements. */
static const struct host {
	const char *prefix;
	size_t elements;
	bool no_suffix; /* the repository's name must not end in ".git" */
} hosts[] = {
	{ "github.com", 3, true },	   { "bitbucket.org", 3, true },
	{ "hub.jazz.net/git", 4, true },   { "git.apache.org", 2, false },
	{ "git.openstack.org", 3, false }, { "chiselapp.com", 5, false },
};

/* [a-z0-9_.\-]+\.git */
static bool is_apache(const char *name, size_t n)
{
	return strspn(name, LOWER DIGITS "_.-") >= n && n > 4 &&
	       memcmp(name + n - 4, ".git", 4) == 0;
}

/* user/[A-Za-z0-9]+/repository/ */
static bool is_chisel(const char *path)
{
	const char *user = str_cut_prefix(path, "user/");

	return user && str_has_prefix(user + strspn(user, LOWER UPPER DIGITS), "/repository/");
}

static bool fits_host(const struct host *h, const char *path)
{
	const char *rest = path + strlen(h->prefix);
	size_t prefix_elements = strchr(h->prefix, '/') ? 2 : 1, n;

	if (*rest != '/')
		return false;
	rest++;
	n = count_elements(rest, false);
	if (!n || n + prefix_elements < h->elements)
		return false;
	if (str_eq(h->prefix, "hub.jazz.net/git"))
		return rest[strspn(rest, LOWER DIGITS)] == '/';
	if (str_eq(h->prefix, "git.apache.org"))
		return is_apache(rest, strcspn(rest, "/"));
	return !str_eq(h->prefix, "chiselapp.com") || (n == 4 && is_chisel(rest));
}

static bool refuse_suffix(const struct host *h, const char *root, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		size_t n = strlen(systems[i]), m = strlen(root);

		if (m > n && root[m - n - 1] == '.' && str_eq(root + m - n, systems[i]))
			return err_set(e, ERR_NOT_FOUND,
				       "invalid version control suffix in %s/ path", h->prefix);
	}
	return true;
}

static enum found find_host(struct search *x, const struct host *h, struct err *e)
{
	const char *vcs = str_eq(h->prefix, "chiselapp.com") ? "fossil" : "git", *root;

	if (!fits_host(h, x->path)) {
		err_set(e, ERR_NOT_FOUND, "invalid %s import path \"%s\"", h->prefix, x->path);
		return FAILED;
	}
	root = first_elements(x->a, x->path, h->elements);
	if ((h->no_suffix && !refuse_suffix(h, root, e)) ||
	    !direct_policy_check(x->v->env, vcs, root, e))
		return FAILED;
	*x->root = (struct direct_vcs_root){ vcs, arena_fmt(x->a, "https://%s", root), root, "" };
	return FOUND;
}

/* GIT_ALLOW_PROTOCOL, else the schemes that go considers secure. */
static bool is_secure(const struct goenv *env, const char *vcs, const char *scheme)
{
	const char *allow = goenv_get(env, "GIT_ALLOW_PROTOCOL");

	if (str_eq(vcs, "git") && *allow) {
		for (size_t n; *allow; allow += n + (allow[n] != 0)) {
			n = strcspn(allow, ":");
			if (strlen(scheme) == n && memcmp(allow, scheme, n) == 0)
				return true;
		}
		return false;
	}
	return str_eq(scheme, "https") || str_eq(scheme, "git+ssh") || str_eq(scheme, "ssh");
}

/* Not the repository's absence: what we were told not to do, or cannot read. */
static bool is_ours(const struct err *e)
{
	return e->code == ERR_OFFLINE || e->code == ERR_CANCELLED || e->code == ERR_NOT_HERE;
}

/* The first scheme for which the repository answers. */
static bool find_scheme(struct search *x, const char *vcs, const char *repo, struct err *e)
{
	static const char *const schemes[] = { "git", "https", "http", "git+ssh", "ssh" };
	struct err why = ERR_INIT;

	if (!str_eq(vcs, "git")) { /* not contacted: direct.c reports that it cannot be read */
		x->root->repo = arena_fmt(x->a, "https://%s", repo);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (!x->insecure && !is_secure(x->v->env, vcs, schemes[i]))
			continue;
		x->root->repo = arena_fmt(x->a, "%s://%s", schemes[i], repo);
		if (x->v->ping(x->v->ctx, x->root->repo, &why))
			return true;
		if (is_ours(&why))
			return err_move(e, &why);
		err_clear(&why);
	}
	err_release(&why);
	return err_set(e, ERR_NOT_FOUND, "no %sprotocol found for repository",
		       x->insecure ? "" : "secure ");
}

/* The length of "REPO.git" where the name of a system ends an element, the last one; 0 if there is none. *vcs names it. */
static size_t find_suffix(const char *path, const char **vcs)
{
	const char *s = strchr(path, '/');
	size_t found = 0;

	while (s) {
		const char *element = s + 1 + (s[1] == '~');
		size_t n = strcspn(element, "/");

		if (!is_element(element, n))
			return 0;
		for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
			size_t m = strlen(systems[i]);

			if (n > m + 1 && element[n - m - 1] == '.' &&
			    memcmp(element + n - m, systems[i], m) == 0) {
				*vcs = systems[i];
				found = (size_t)(element + n - path);
			}
		}
		s = element[n] ? element + n : NULL;
	}
	return found;
}

static enum found find_general(struct search *x, struct err *e)
{
	const char *vcs = NULL, *root;
	size_t n = find_suffix(x->path, &vcs);

	if (!n || (x->path[n] && !count_elements(x->path + n + 1, true)))
		return ELSEWHERE;
	root = arena_strndup(x->a, x->path, n);
	*x->root = (struct direct_vcs_root){ vcs, "", root, "" };
	if (!direct_policy_check(x->v->env, vcs, root, e) ||
	    !find_scheme(x, vcs, arena_strndup(x->a, root, n - strlen(vcs) - 1), e))
		return FAILED;
	return FOUND;
}

static enum found find_static(struct search *x, struct err *e)
{
	if (has_path_prefix(x->path, "example.net")) {
		err_set(e, ERR_NOT_FOUND, "no modules on example.net");
		return FAILED;
	}
	if (str_eq(x->path, "rsc.io")) {
		err_set(e, ERR_NOT_FOUND, "rsc.io is not a module");
		return FAILED;
	}
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (has_path_prefix(x->path, hosts[i].prefix))
			return find_host(x, &hosts[i], e);
	return find_general(x, e);
}

/* urlForImportPath, without the scheme. */
static const char *page_of(struct search *x, const char *path, struct err *e)
{
	size_t n = strcspn(path, "/");

	if (!memchr(path, '.', n))
		return err_set(e, ERR_NOT_FOUND, "import path does not begin with hostname"), NULL;
	return arena_fmt(x->a, "%s%s?go-get=1", path, path[n] ? "" : "/");
}

struct page {
	const char *url;
	const char *bare; /* without the scheme, as go names it in some errors */
	struct direct_metas metas;
};

static bool get_any(struct search *x, struct page *p, const char *page, struct buf *body, bool *ok,
		    struct err *status, struct err *e)
{
	struct err why = ERR_INIT;

	p->bare = arena_fmt(x->a, "//%s", page);
	p->url = arena_fmt(x->a, "https://%s", page);
	if (x->v->get(x->v->ctx, p->url, body, ok, status, &why))
		return true;
	if (x->insecure && why.code != ERR_CANCELLED && why.code != ERR_OFFLINE) {
		err_clear(&why);
		p->url = arena_fmt(x->a, "http://%s", page);
		buf_clear(body);
		if (x->v->get(x->v->ctx, p->url, body, ok, status, &why))
			return true;
	}
	return err_move(e, &why);
}

/* The tags of a path's page. *fetched is false if the page could not be fetched. */
static bool read_page(struct search *x, const char *path, struct page *p, bool *fetched,
		      struct err *e)
{
	struct err status = ERR_INIT, broken = ERR_INIT;
	struct buf body = BUF_INIT;
	const char *page = page_of(x, path, e);
	bool ok = false, good;

	*fetched = true;
	*p = (struct page){ .url = "", .bare = "" };
	if (!page)
		return false;
	*fetched = good = get_any(x, p, page, &body, &ok, &status, e);
	if (good) {
		direct_meta_parse(&p->metas, x->a, body.data, body.len, &broken);
		if (!p->metas.n && !ok)
			good = err_move(e, &status);
		else if (err_is_set(&broken))
			good = err_set(e, ERR_NOT_FOUND, "parsing %s: %s",
				       path == x->path ? path : p->url, broken.text);
	}
	err_release(&broken);
	err_release(&status);
	buf_release(&body);
	return good;
}

static void add_mismatches(struct buf *b, const struct page *p, const char *path)
{
	for (size_t i = 0; i < p->metas.n; i++)
		buf_addf(b, "%smeta tag %s did not match import path %s", i ? ", " : "",
			 p->metas.items[i].prefix, path);
}

/* matchGoImport */
static bool match(struct search *x, const struct page *p, const struct direct_meta **out,
		  struct err *e)
{
	struct buf b = BUF_INIT;

	*out = NULL;
	for (size_t i = 0; i < p->metas.n; i++) {
		const struct direct_meta *m = &p->metas.items[i];

		if (!has_path_prefix(x->path, m->prefix))
			continue;
		if (*out && str_eq((*out)->vcs, "mod") && !str_eq(m->vcs, "mod"))
			break;
		if (*out)
			return err_set(e, ERR_NOT_FOUND,
				       "parse %s: multiple meta tags match import path \"%s\"",
				       p->bare, x->path);
		*out = m;
	}
	if (*out)
		return true;
	add_mismatches(&b, p, x->path);
	err_set(e, ERR_NOT_FOUND, "parse %s: no go-import meta tags (%s)", p->url, b.data);
	buf_release(&b);
	return false;
}

static bool same(const struct direct_meta *a, const struct direct_meta *b)
{
	return str_eq(a->prefix, b->prefix) && str_eq(a->vcs, b->vcs) && str_eq(a->repo, b->repo) &&
	       str_eq(a->subdir, b->subdir);
}

/* The page of the prefix must agree, so that no page can claim a path outside its prefix. */
static bool check_parent(struct search *x, const struct page *p, const struct direct_meta *m,
			 struct err *e)
{
	const struct direct_meta *other;
	struct err why = ERR_INIT;
	struct page parent;
	bool fetched, agree;

	if (str_eq(m->prefix, x->path))
		return true;
	if (!read_page(x, m->prefix, &parent, &fetched, &why)) {
		err_set(e, why.code, "%s%s%s%s", fetched ? "" : "fetching ",
			fetched ? "" : m->prefix, fetched ? "" : ": ", why.text);
		err_release(&why);
		return false;
	}
	if (!parent.metas.n)
		return err_set(e, ERR_NOT_FOUND, "fetching %s: no go-import meta tag found in %s",
			       m->prefix, parent.url);
	agree = match(x, &parent, &other, &why) && same(m, other);
	err_release(&why);
	return agree || err_set(e, ERR_NOT_FOUND, "%s and %s disagree about go-import for %s",
				p->url, parent.bare, m->prefix);
}

static bool check_meta(struct search *x, const struct page *p, const struct direct_meta *m,
		       struct err *e)
{
	struct err why = ERR_INIT;
	struct gourl u;
	bool known = str_eq(m->vcs, "mod");

	if (*m->subdir == '/' || *m->subdir == '-')
		return err_set(e, ERR_NOT_FOUND, "%s: invalid subdirectory \"%s\": leading %s",
			       p->url, m->subdir, *m->subdir == '/' ? "slash" : "hyphen");
	if (!gourl_parse(x->a, m->repo, &u, &why))
		err_set(e, ERR_NOT_FOUND, "%s: invalid repo root \"%s\": %s", p->url, m->repo,
			why.text);
	else if (!*u.scheme || str_eq(u.scheme, "file"))
		err_set(e, ERR_NOT_FOUND, "%s: invalid repo root \"%s\": %s", p->url, m->repo,
			*u.scheme ? "file scheme disallowed" : "no scheme");
	err_release(&why);
	if (err_is_set(e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(systems); i++)
		known |= str_eq(m->vcs, systems[i]);
	if (!known)
		return err_set(e, ERR_NOT_FOUND, "%s: unknown vcs \"%s\"", p->url, m->vcs);
	return direct_policy_check(x->v->env, m->vcs, m->prefix, e);
}

static bool find_dynamic(struct search *x, struct err *e)
{
	const struct direct_meta *m;
	struct page p;
	bool fetched;

	if (!read_page(x, x->path, &p, &fetched, e)) {
		if (!fetched && !err_is_final(e))
			err_wrap(e, "%shttps fetch: ", x->insecure ? "http/" : "");
		return false;
	}
	if (!match(x, &p, &m, e) || !check_parent(x, &p, m, e) || !check_meta(x, &p, m, e))
		return false;
	*x->root = (struct direct_vcs_root){ m->vcs, m->repo, m->prefix, m->subdir };
	return true;
}

bool direct_vcs_find(const struct direct_vcs *v, struct arena *a, const char *path,
		     struct direct_vcs_root *root, struct err *e)
{
	struct search x = { v, a, path, false, root };
	struct err why = ERR_INIT;
	enum found found;

	x.insecure = modpath_match_globs(goenv_get(v->env, "GOINSECURE"), path);
	found = find_static(&x, &why);
	if (found == ELSEWHERE) {
		found = find_dynamic(&x, &why) ? FOUND : FAILED;
		if (err_is_final(&why))
			return err_move(e, &why);
		if (found == FAILED)
			err_wrap(&why, "unrecognized import path \"%s\": ", path);
	}
	if (found == FOUND)
		return true;
	/* go treats every failure to find a repository as absence */
	if (!is_ours(&why))
		why.code = ERR_NOT_FOUND;
	err_mark(&why, ERR_FORM_LOOKUP);
	return err_move(e, &why);
}
