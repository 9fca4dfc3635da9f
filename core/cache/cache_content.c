#include "cache/cache_check_impl.h"

#include "base/fs.h"
#include "base/gojson.h"
#include "zip/modzip.h"

#define MAX_INFO ((size_t)1 << 20)
#define MAX_LIST ((size_t)16 << 20)

static void info_garbage(struct cache_check *c, enum cache_problem_kind kind, const char *why,
			 const char *data, size_t len)
{
	struct cache_problem *p = cache_problem_add(c->w, CACHE_INFO, FINDING_WARNING,
						    CACHE_FIX_FETCH, kind, c->files[CACHE_INFO],
						    why);

	p->expected = arena_fmt(&c->w->arena, "JSON with Version %s", c->entry->mod.version);
	p->found = len ? cache_quote_some(&c->w->arena, data, len) : "an empty file";
	p->go_says =
		"treats it as missing and fetches it again; with GOPROXY=off: module lookup disabled by GOPROXY=off";
}

/* What go can read, and whether it speaks of this version. A time that differs from the one in a pseudo-version
 * is no problem: proxies send such times in good faith. */
static void check_info_content(struct cache_check *c, const char *data, size_t len)
{
	struct gojson_info info = { 0 };
	struct cache_problem *p;
	struct err e = ERR_INIT;

	if (!gojson_info(&c->w->arena, data, len, &info, &e)) {
		info_garbage(c, info.bad_time ? CACHE_KIND_INFO_TIME : CACHE_KIND_INFO_GARBAGE,
			     info.bad_time ? "go cannot parse its time"
			     : len	   ? "it is not the JSON that go writes"
					   : "it is empty",
			     data, len);
	} else if (!str_eq(info.version, c->entry->mod.version)) {
		p = cache_problem_add(c->w, CACHE_INFO, FINDING_ERROR, CACHE_FIX_FETCH,
				      CACHE_KIND_INFO_VERSION, c->files[CACHE_INFO],
				      "it names a different version than the file name");
		p->expected = c->entry->mod.version;
		p->found = cache_quote_some(&c->w->arena, info.version, strlen(info.version));
		p->go_says = "trusts the file: go list -m prints the version in it";
	}
	err_release(&e);
}

static void unreadable(struct cache_check *c, enum cache_part part, struct err *e)
{
	struct cache_problem *p = cache_problem_add(c->w, part, FINDING_ERROR, CACHE_FIX_NONE,
						    CACHE_KIND_UNREADABLE, c->files[part],
						    "it cannot be read");

	p->found = arena_strdup(&c->w->arena, e->text);
	p->go_says = e->sys_errno ? cache_check_cannot(c, part, e->sys_errno) : p->found;
	p->remedy = "check the file system and its permissions";
	err_release(e);
	c->usable[part] = false;
}

void cache_check_info(struct cache_check *c)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_INFO])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_INFO], MAX_INFO, &data, &len, &e)) {
		unreadable(c, CACHE_INFO, &e);
		return;
	}
	check_info_content(c, data, len);
}

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	static const char space[] = " \t\n\v\f\r";

	while (n && strchr(space, *s) && *s) {
		s++;
		n--;
	}
	while (n && s[n - 1] && strchr(space, s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

void cache_check_ziphash(struct cache_check *c)
{
	struct cache_problem *p;
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_ZIPHASH])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_ZIPHASH], MAX_INFO, &data, &len, &e)) {
		unreadable(c, CACHE_ZIPHASH, &e);
		return;
	}
	c->ziphash = trimmed(&c->w->arena, data, len);
	if (strlen(data) == len && dirhash_is_h1(c->ziphash))
		return;
	p = cache_problem_add(c->w, CACHE_ZIPHASH, FINDING_WARNING, CACHE_FIX_REHASH,
			      len ? CACHE_KIND_ZIPHASH_GARBAGE : CACHE_KIND_ZIPHASH_EMPTY,
			      c->files[CACHE_ZIPHASH],
			      len ? "it is not an h1 hash" : "it is empty");
	p->expected = "h1: and 44 characters of base64";
	p->found = len ? cache_quote_some(&c->w->arena, data, len) : "an empty file";
	p->go_says =
		"go build computes it again from the zip; go mod verify: zip has been modified, dir has been modified";
	c->ziphash = NULL;
}

static void mod_modified(struct cache_check *c, const char *expected, const char *found,
			 bool vouched)
{
	/* if only the zip contradicts it, either of the two may be wrong */
	struct cache_problem *p = cache_problem_add(c->w, CACHE_MOD,
						    vouched ? FINDING_ERROR : FINDING_WARNING,
						    CACHE_FIX_FETCH, CACHE_KIND_MOD_MODIFIED,
						    c->files[CACHE_MOD],
						    vouched ? "it is not the go.mod of this version"
							    : "it is not the go.mod of the zip");

	p->expected = expected;
	p->found = found;
	p->go_says = vouched ? arena_fmt(&c->w->arena, "verifying %s@%s/go.mod: checksum mismatch",
					 c->entry->mod.path, c->entry->mod.version)
			     : "uses it to compute the module graph";
}

/* If the zip has no go.mod, go and the proxies write one with only a module line. */
static bool is_synthetic(struct arena *a, const char *data, struct modver m)
{
	return str_eq(data, arena_fmt(a, "module %s\n", m.path)) ||
	       str_eq(data, arena_fmt(a, "module \"%s\"\n", m.path));
}

static bool has_module_line(const char *data)
{
	for (const char *s = data; s; s = strchr(s, '\n')) {
		s += strspn(s, " \t\r\n");
		if (str_has_prefix(s, "module") && strchr(" \t\"`(", s[6]) && s[6])
			return true;
	}
	return false;
}

static void mod_garbage(struct cache_check *c, const char *data, size_t len)
{
	struct arena *a = &c->w->arena;
	struct cache_problem *p = cache_problem_add(c->w, CACHE_MOD, FINDING_ERROR, CACHE_FIX_FETCH,
						    CACHE_KIND_MOD_GARBAGE, c->files[CACHE_MOD],
						    len ? "it has no module line" : "it is empty");

	p->expected = arena_fmt(a, "module %s", c->entry->mod.path);
	p->found = len ? cache_quote_some(a, data, len) : "an empty file";
	p->go_says = "computes the module graph as if the module required nothing";
}

/* Its hash is not known: compares it with the zip, if that is right. */
static void check_mod_by_zip(struct cache_check *c, const char *data, size_t len, const char *sum)
{
	struct arena *a = &c->w->arena;
	bool zip = cache_check_zip_is_right(c);
	unsigned char digest[32];

	sha256_bytes(data, len, digest);
	if (zip && c->zip.has_gomod && memcmp(digest, c->zip.gomod, sizeof(digest)) != 0)
		mod_modified(c, "the zip's", arena_strdup(a, sum), false);
	else if (zip && !c->zip.has_gomod && !is_synthetic(a, data, c->entry->mod))
		mod_modified(c, arena_fmt(a, "module %s", c->entry->mod.path),
			     cache_quote_some(a, data, len), false);
	else if (!has_module_line(data))
		mod_garbage(c, data, len);
}

static void check_mod_content(struct cache_check *c, const char *data, size_t len)
{
	struct arena *a = &c->w->arena;
	char sum[DIRHASH_LEN + 1];
	const char *want = NULL;
	const struct cache_trust *trust = c->w->o->trust;
	enum cache_voucher who = trust ? trust->sum(trust->ctx, c->entry->mod, true, &want)
				       : CACHE_NOBODY;

	dirhash_gomod(data, len, sum);
	if (who == CACHE_NOBODY) {
		check_mod_by_zip(c, data, len, sum);
		return;
	}
	c->mod_vouched = true;
	if (!str_eq(sum, want))
		mod_modified(c,
			     arena_fmt(a, "%s (%s)", want,
				       who == CACHE_GOSUM ? trust->gosum_name : trust->sumdb_name),
			     arena_strdup(a, sum), true);
}

void cache_check_mod(struct cache_check *c)
{
	struct err e = ERR_INIT;
	char *data;
	size_t len;

	if (!c->usable[CACHE_MOD])
		return;
	if (!fs_read(&c->w->arena, c->files[CACHE_MOD], FS_MAX_MOD, &data, &len, &e)) {
		unreadable(c, CACHE_MOD, &e);
		return;
	}
	check_mod_content(c, data, len);
}

/* modfetch.rewriteVersionList gives up silently; only a proxy that serves the cache reads it. */
static const char *list_says(uint32_t mode, int errnum)
{
	if (S_ISREG(mode) && !errnum)
		return "does not read it; a GOPROXY=file:// of this cache lists wrong versions";
	if (S_ISFIFO(mode))
		return "does not read or rewrite it; with a GOPROXY=file:// of this cache, go list -m -versions waits forever";
	return "does not read or rewrite it; a GOPROXY=file:// of this cache lists what can be read of it, or nothing";
}

const char *cache_check_list(struct cache_worker *w, const char *file, const struct cache_file *f,
			     const char *const *versions, size_t n_versions)
{
	struct buf want = BUF_INIT;
	struct cache_problem *p = NULL;
	struct err e = ERR_INIT;
	char *data = NULL;
	size_t len = 0;

	if (!S_ISREG(f->mode)) {
		p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_LIST,
				      CACHE_KIND_LIST_KIND, file,
				      "it is not the kind of file that go creates");
		p->found = cache_mode_name(f->mode);
	} else if (!fs_read(&w->arena, file, MAX_LIST, &data, &len, &e)) {
		p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_NONE,
				      CACHE_KIND_LIST_GARBAGE, file, "it cannot be read");
		p->found = arena_strdup(&w->arena, e.text);
	} else {
		for (size_t i = 0; i < n_versions; i++)
			buf_addf(&want, "%s\n", versions[i]);
		if (want.len != len || memcmp(want.data, data, len) != 0) {
			p = cache_problem_add(w, CACHE_LIST, FINDING_WARNING, CACHE_FIX_LIST,
					      CACHE_KIND_LIST_GARBAGE, file,
					      "it does not list the versions that have a .mod");
			p->expected = arena_fmt(&w->arena, "%zu versions", n_versions);
			p->found = len ? cache_quote_some(&w->arena, data, len) : "an empty file";
		}
	}
	if (p)
		p->go_says = list_says(f->mode, e.sys_errno);
	err_release(&e);
	buf_release(&want);
	return data;
}
