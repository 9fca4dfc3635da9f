#include "compare/modlog.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/hex.h"
#include "zip/sha256.h"

/* codehost.gitWorkDirType */
#define WORK_DIR "git3:"

struct place {
	const char *url, *hash; /* NULL if the origin lacks it */
};

static const char *member(struct arena *a, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && *s ? arena_strdup(a, s) : NULL;
}

static bool is_hash(const char *s)
{
	return s && strlen(s) == 40 && strspn(s, "0123456789abcdef") == 40;
}

static struct place read_origin(struct arena *a, const char *origin)
{
	json_t *o = origin ? json_loads(origin, 0, NULL) : NULL;
	const char *vcs = member(a, o, "VCS");
	struct place p = { 0 };

	if (vcs && str_eq(vcs, "git")) {
		p.url = member(a, o, "URL");
		p.hash = member(a, o, "Hash");
	}
	json_decref(o);
	if (!is_hash(p.hash))
		p.hash = NULL;
	return p;
}

/* codehost.WorkDir */
static const char *work_dir(struct arena *a, const char *modcache, const char *url)
{
	const char *key = arena_fmt(a, WORK_DIR "%s", url);
	unsigned char digest[32];
	char hex[65];

	sha256_bytes(key, strlen(key), digest);
	hex_encode(digest, sizeof(digest), hex);
	return arena_fmt(a, "%s/cache/vcs/%s", modcache, hex);
}

static void read_commits(struct modlog *out, struct arena *a, const char *dir, struct place was,
			 struct place is)
{
	struct gitrepo *r = NULL;
	struct gitrepo_commit *from, *to;
	struct err e = ERR_INIT;

	if (!gitrepo_open(&r, dir, &e) || !gitrepo_find(&from, r, was.hash, &e) ||
	    !gitrepo_find(&to, r, is.hash, &e) ||
	    !githistory_commits(&out->commits, &out->n, a, r, from, to, MODLOG_MAX, &e)) {
		out->n = 0;
		out->why = arena_strdup(a, e.text);
	}
	err_release(&e);
	gitrepo_free(r);
}

void modlog_read(struct modlog *out, struct arena *a, const char *modcache, const char *was,
		 const char *is)
{
	struct place old = read_origin(a, was), new = read_origin(a, is);
	const char *dir;

	*out = (struct modlog){ 0 };
	if (!old.url || !old.hash || !new.url || !new.hash || !str_eq(old.url, new.url)) {
		out->why = "the .info files do not name commits of one git repository";
		return;
	}
	dir = work_dir(a, modcache, new.url);
	if (fs_is_dir(dir))
		read_commits(out, a, dir, old, new);
	else
		out->why = arena_fmt(a, "the module cache has no clone of %s", new.url);
}
