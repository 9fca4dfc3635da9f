/* Fetching all branches and tags into our copy. */
#include <unistd.h>

#include "base/text.h"
#include "git/githost_impl.h"

#define MAX_KEPT 1000u

bool githost_fetch_is_here(struct githost *h, const char *hash)
{
	git_object *commit;
	git_oid id;

	if (h->git->oid_fromstr(&id, hash) != 0 ||
	    h->git->object_lookup_prefix(&commit, h->repo->repo, &id, GIT_OID_HEXSZ,
					 GIT_OBJECT_COMMIT) != 0)
		return false;
	h->git->object_free(commit);
	return true;
}

/* Only with the store of complete histories: libgit2 does not fetch a commit that it finds, even if its ancestors are missing. */
static bool fetch(struct githost *h, const git_strarray *specs, struct err *e)
{
	git_fetch_options o = GIT_FETCH_OPTIONS_INIT;
	git_remote *remote;
	int lock, code;

	githost_connect_end(h);
	lock = githost_open_lock(h, e);
	if (lock < 0)
		return false;
	o.callbacks = githost_connect_callbacks(h);
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.proxy_opts.type = GIT_PROXY_AUTO;
	code = githost_connect_create(h, h->whole->repo, &remote);
	if (code == 0) {
		git_socket_enter(h->guard);
		code = h->git->remote_download(remote, specs, &o);
		h->git->remote_free(remote);
		git_socket_leave(h->guard);
		h->sub = NULL;
	}
	close(lock);
	githost_quick_close(h);
	return code == 0 || githost_connect_fail(h, code, e);
}

/* Keep branches as refs, so that the next fetch can tell the server what is here. Tags would add little to that, and up to fifty
 * thousand files. */
static void keep_branches(struct githost *h)
{
	git_reference *made;
	size_t n = 0;
	git_oid id;

	for (size_t i = 0; i < h->refs.n && n < MAX_KEPT; i++) {
		const struct githost_ref *ref = &h->refs.items[i];

		if (!str_has_prefix(ref->name, "refs/heads/") ||
		    h->git->oid_fromstr(&id, ref->hash) != 0 ||
		    h->git->reference_create(&made, h->whole->repo, ref->name, &id, 1, NULL) != 0)
			continue;
		h->git->reference_free(made);
		n++;
	}
}

bool githost_fetch_all(struct githost *h, struct err *e)
{
	char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*",
	     head[] = "+HEAD:refs/modscope/HEAD";
	char *specs[] = { heads, tags, head };
	git_strarray wanted = { specs, 2 };

	if (!githost_open_stores(h, e))
		return false;
	if (!h->all)
		h->all = githost_open_is_whole(h);
	if (h->all)
		return true;
	if (h->shallow)
		return err_set(e, ERR_NETWORK, "%s is shallow: its history cannot be fetched",
			       h->o.url);
	if (!h->whole)
		return githost_open_forbidden(h, e);
	if (map_get(&h->by_name, "HEAD"))
		wanted.count = 3;
	h->all = fetch(h, &wanted, e);
	if (h->all)
		keep_branches(h);
	return h->all;
}
