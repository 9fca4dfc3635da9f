#include "repairfix.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

/* A damage: how to do it, and the file and kind that must be reported. */
struct damage {
	const char *name;
	bool (*apply)(struct fix *f); /* false if it cannot follow another damage */
	const char *
		part; /* suffix of the reported file: "info", ...; "" for the tree, "/a.go" for a file in it */
	const char *kind; /* if go.sum vouches */
	bool kept;	  /* not repaired: go leaves it like this, too */
};

static char *target(struct fix *f, const char *suffix)
{
	return cachepath_file(&f->a, f->root, TARGET, suffix);
}

static char *in_tree(struct fix *f, const char *rel)
{
	return arena_fmt(&f->a, "%s/%s", cachepath_tree(&f->a, f->root, TARGET), rel);
}

static bool put(struct fix *f, const char *suffix, const char *text)
{
	struct stat st;

	if (lstat(target(f, suffix), &st) || !S_ISREG(st.st_mode))
		return false;
	unlink(target(f, suffix));
	fix_write_str(target(f, suffix), text);
	return true;
}

static bool drop(const char *path)
{
	return unlink(path) == 0;
}

static bool flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	unsigned char c = 0;
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  pread(fd, &c, 1, at < 0 ? st.st_size / 2 : at) == 1;

	c ^= 0x55;
	ok = ok && pwrite(fd, &c, 1, at < 0 ? st.st_size / 2 : at) == 1;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Files of the tree are 0444, its directories 0555. */
static bool tree_write(struct fix *f, const char *rel, const char *text)
{
	const char *path = in_tree(f, rel);
	struct stat st;

	if (lstat(in_tree(f, ""), &st) || !S_ISDIR(st.st_mode))
		return false;
	chmod(path_dir(&f->a, path), 0755);
	unlink(path);
	fix_write_str(path, text);
	chmod(path, 0444);
	chmod(path_dir(&f->a, path), 0555);
	return true;
}

static bool tree_drop(struct fix *f, const char *rel)
{
	const char *path = in_tree(f, rel);
	bool ok;

	chmod(path_dir(&f->a, path), 0755);
	ok = unlink(path) == 0;
	chmod(path_dir(&f->a, path), 0555);
	return ok;
}

static bool info_garbage(struct fix *f)
{
	return put(f, "info", "{\"Version\":");
}
static bool info_empty(struct fix *f)
{
	return put(f, "info", "");
}
static bool info_missing(struct fix *f)
{
	return drop(target(f, "info"));
}
static bool info_version(struct fix *f)
{
	return put(f, "info", "{\"Version\":\"v1.1.0\",\"Time\":\"2024-02-29T12:00:00Z\"}");
}
static bool info_time(struct fix *f)
{
	return put(f, "info", "{\"Version\":\"v1.0.0\",\"Time\":\"2024-02-30T12:00:00Z\"}");
}
static bool info_link(struct fix *f)
{
	return drop(target(f, "info")) && symlink("/etc/passwd", target(f, "info")) == 0;
}
static bool mod_edited(struct fix *f)
{
	return put(f, "mod",
		   "module example.com/Upper\n\ngo 1.20\n\nrequire example.com/x v1.0.0\n");
}
static bool mod_missing(struct fix *f)
{
	return drop(target(f, "mod"));
}
static bool mod_other(struct fix *f)
{
	return put(f, "mod", "module example.com/other\n\ngo 1.20\n");
}
static bool mod_fifo(struct fix *f)
{
	return drop(target(f, "mod")) && mkfifo(target(f, "mod"), 0644) == 0;
}
static bool zip_truncated(struct fix *f)
{
	struct stat st;
	return lstat(target(f, "zip"), &st) == 0 && S_ISREG(st.st_mode) &&
	       truncate(target(f, "zip"), st.st_size / 2) == 0;
}
static bool zip_edited(struct fix *f)
{
	return flip(target(f, "zip"), -1);
}
static bool zip_missing(struct fix *f)
{
	return drop(target(f, "zip"));
}
static bool zip_unreadable(struct fix *f)
{
	struct stat st;
	return lstat(target(f, "zip"), &st) == 0 && S_ISREG(st.st_mode) &&
	       chmod(target(f, "zip"), 0) == 0;
}
static bool zip_dir(struct fix *f)
{
	return drop(target(f, "zip")) && mkdir(target(f, "zip"), 0755) == 0;
}
static bool unreadable(struct fix *f, const char *suffix)
{
	struct stat st;

	return lstat(target(f, suffix), &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 0400 &&
	       chmod(target(f, suffix), 0) == 0;
}
static bool info_unreadable(struct fix *f)
{
	return unreadable(f, "info");
}
static bool mod_unreadable(struct fix *f)
{
	return unreadable(f, "mod");
}
static bool ziphash_unreadable(struct fix *f)
{
	return unreadable(f, "ziphash");
}

/* The right content, in another place. */
static bool moved_and_linked(struct fix *f, const char *suffix)
{
	const char *aside = arena_fmt(&f->a, "%s/own/aside-%s", f->top, suffix);
	struct stat st;

	return lstat(target(f, suffix), &st) == 0 && S_ISREG(st.st_mode) &&
	       fs_mkdir_all(path_dir(&f->a, aside), NULL) &&
	       rename(target(f, suffix), aside) == 0 && symlink(aside, target(f, suffix)) == 0;
}
static bool mod_link(struct fix *f)
{
	return moved_and_linked(f, "mod");
}
static bool zip_link(struct fix *f)
{
	return moved_and_linked(f, "zip");
}
static bool ziphash_link(struct fix *f)
{
	return moved_and_linked(f, "ziphash");
}

static bool socket_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = strlen(path);
	bool ok = fd >= 0 && n < sizeof(at.sun_path) && drop(path);

	memcpy(at.sun_path, path, MIN(n, sizeof(at.sun_path) - 1));
	ok = ok && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	close(fd);
	return ok;
}
static bool zip_socket(struct fix *f)
{
	return socket_at(target(f, "zip"));
}
static bool ziphash_dir(struct fix *f)
{
	return drop(target(f, "ziphash")) && mkdir(target(f, "ziphash"), 0755) == 0;
}
static bool lock_dir(struct fix *f)
{
	return drop(target(f, "lock")) && mkdir(target(f, "lock"), 0755) == 0;
}
static bool ziphash_empty(struct fix *f)
{
	return put(f, "ziphash", "");
}
static bool ziphash_edited(struct fix *f)
{
	return put(f, "ziphash", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}
static bool ziphash_missing(struct fix *f)
{
	return drop(target(f, "ziphash"));
}
static bool tree_edited(struct fix *f)
{
	return tree_write(f, "a.go", "package a // owned\n");
}
static bool tree_file_missing(struct fix *f)
{
	return tree_drop(f, "sub/b.go");
}
static bool tree_file_extra(struct fix *f)
{
	return tree_write(f, "sub/c.go", "package sub\n");
}
static bool tree_missing(struct fix *f)
{
	return fs_is_dir(in_tree(f, "")) &&
	       fs_remove_all(cachepath_tree(&f->a, f->root, TARGET), NULL);
}
static bool tree_empty(struct fix *f)
{
	return tree_missing(f) && mkdir(cachepath_tree(&f->a, f->root, TARGET), 0755) == 0;
}
static bool tree_aside(struct fix *f)
{
	const char *aside = arena_fmt(&f->a, "%s/own/aside-tree", f->top);
	struct stat st;

	return lstat(cachepath_tree(&f->a, f->root, TARGET), &st) == 0 && S_ISDIR(st.st_mode) &&
	       fs_mkdir_all(path_dir(&f->a, aside), NULL) &&
	       rename(cachepath_tree(&f->a, f->root, TARGET), aside) == 0 &&
	       symlink(aside, cachepath_tree(&f->a, f->root, TARGET)) == 0;
}
static bool tree_a_file(struct fix *f)
{
	if (!tree_missing(f))
		return false;
	fix_write_str(cachepath_tree(&f->a, f->root, TARGET), "x");
	return true;
}
static bool partial(struct fix *f)
{
	fix_write_str(target(f, "partial"), "");
	return true;
}
static bool half_extracted(struct fix *f)
{
	return tree_drop(f, "sub/b.go") && partial(f);
}

static bool zip_other(struct fix *f)
{
	const char *from = cachepath_file(&f->a, f->up, OTHER, "zip");
	char *data;
	size_t len;

	if (!drop(target(f, "zip")) || !fs_read(&f->a, from, 1 << 20, &data, &len, NULL))
		return false;
	fix_write(target(f, "zip"), data, len);
	return true;
}

/* The target's files and one more entry. */
static bool zip_with(struct fix *f, const char *name, const char *data)
{
	const struct fix_file files[] = {
		{ "example.com/Upper@v1.0.0/a.go", "package a\n" },
		{ "example.com/Upper@v1.0.0/go.mod", "module example.com/Upper\n\ngo 1.20\n" },
		{ name, data },
	};

	if (!drop(target(f, "zip")))
		return false;
	fix_zip(target(f, "zip"), files, ARRAY_LEN(files));
	return true;
}

static bool zip_outside(struct fix *f)
{
	return zip_with(f, "example.com/evil@v1.0.0/x.go", "package x\n");
}
static bool zip_dir_entry(struct fix *f)
{
	return zip_with(f, "example.com/Upper@v1.0.0/sub/", "");
}

static bool forged(struct fix *f)
{
	char sum[DIRHASH_LEN + 1];

	if (!zip_with(f, "example.com/Upper@v1.0.0/b.go", "package a\n\nconst Stolen = true\n") ||
	    !drop(target(f, "ziphash")) || !tree_missing(f))
		return false;
	fix_hash_zip(target(f, "zip"), sum);
	fix_write_str(target(f, "ziphash"), sum);
	fix_extract(target(f, "zip"), TARGET, cachepath_tree(&f->a, f->root, TARGET));
	return true;
}

static bool tree_link(struct fix *f)
{
	const char *path = in_tree(f, "a.go");
	bool ok;

	chmod(path_dir(&f->a, path), 0755);
	ok = unlink(path) == 0 && symlink("LICENSE", path) == 0;
	chmod(path_dir(&f->a, path), 0555);
	return ok;
}

static bool tmp_stale(struct fix *f)
{
	const char *path = arena_fmt(&f->a, "%s123456.tmp", target(f, "zip"));
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	fix_write_str(path, "half a zip");
	return utimensat(AT_FDCWD, path, times, 0) == 0;
}

static bool wrong_case(struct fix *f)
{
	fix_write_str(arena_fmt(&f->a, "%s/V1.0.0.info",
				cachepath_dir(&f->a, f->root, TARGET.path)),
		      "{}");
	return true;
}

static bool mod_wrong_case(struct fix *f)
{
	fix_write_str(arena_fmt(&f->a, "%s/V1.0.0.mod", cachepath_dir(&f->a, f->root, TARGET.path)),
		      "module example.com/upper\n");
	return true;
}

static const struct damage damages[] = {
	{ "info garbage", info_garbage, "info", "cache/info-garbage" },
	{ "info empty", info_empty, "info", "cache/info-garbage" },
	{ "info missing", info_missing, "info", "cache/info-missing" },
	{ "info of another version", info_version, "info", "cache/info-version" },
	{ "info with a bad time", info_time, "info", "cache/info-time" },
	{ "info is a link", info_link, "info", "cache/info-kind" },
	{ "info unreadable", info_unreadable, "info", "cache/unreadable" },
	{ "mod unreadable", mod_unreadable, "mod", "cache/unreadable" },
	{ "mod is a link", mod_link, "mod", "cache/mod-kind" },
	{ "zip is a link", zip_link, "zip", "cache/zip-kind" },
	{ "zip is a socket", zip_socket, "zip", "cache/zip-kind" },
	{ "ziphash unreadable", ziphash_unreadable, "ziphash", "cache/unreadable" },
	{ "ziphash is a link", ziphash_link, "ziphash", "cache/ziphash-kind" },
	{ "ziphash is a directory", ziphash_dir, "ziphash", "cache/ziphash-kind" },
	{ "lock is a directory", lock_dir, "lock", "cache/lock-kind" },
	{ "tree is a link", tree_aside, "", "cache/tree-kind" },
	{ "tree is a file", tree_a_file, "", "cache/tree-kind" },
	{ "mod in the wrong letter case", mod_wrong_case, "../V1.0.0.mod", "cache/wrong-case" },
	{ "mod edited", mod_edited, "mod", "cache/mod-modified" },
	{ "mod missing", mod_missing, "mod", "cache/mod-missing" },
	{ "mod of another module", mod_other, "mod", "cache/mod-modified" },
	{ "mod is a FIFO", mod_fifo, "mod", "cache/mod-kind" },
	{ "zip truncated", zip_truncated, "zip", "cache/zip-broken" },
	{ "zip edited", zip_edited, "zip", "cache/zip-broken" },
	{ "zip missing", zip_missing, "zip", "cache/zip-missing" },
	{ "zip of another module", zip_other, "zip", "cache/zip-modified" },
	{ "zip with an entry outside", zip_outside, "zip", "cache/zip-modified" },
	{ "zip with a directory entry", zip_dir_entry, "zip", "cache/zip-modified" },
	{ "zip unreadable", zip_unreadable, "zip", "cache/unreadable" },
	{ "zip is a directory", zip_dir, "zip", "cache/zip-kind" },
	{ "ziphash edited", ziphash_edited, "ziphash", "cache/ziphash-wrong" },
	{ "ziphash empty", ziphash_empty, "ziphash", "cache/ziphash-empty" },
	{ "ziphash missing", ziphash_missing, "ziphash", "cache/ziphash-missing" },
	{ "all forged", forged, "zip", "cache/forged" },
	{ "tree edited", tree_edited, "/a.go", "cache/tree-file-modified" },
	{ "file missing", tree_file_missing, "/sub/b.go", "cache/tree-file-missing" },
	{ "file extra", tree_file_extra, "/sub/c.go", "cache/tree-file-extra" },
	{ "tree emptied", tree_empty, "", "cache/tree-empty" },
	{ "tree missing", tree_missing, "", "cache/tree-missing", .kept = true },
	{ "half extracted", half_extracted, "partial", "cache/partial" },
	{ "partial", partial, "partial", "cache/partial" },
	{ "link in the tree", tree_link, "/a.go", "cache/tree-file-kind" },
	{ "stale temporary file", tmp_stale, "zip123456.tmp", "cache/tmp-stale" },
	{ "wrong letter case", wrong_case, "../V1.0.0.info", "cache/wrong-case" },
};

static const char *named_file(struct fix *f, const struct damage *d)
{
	if (d->part[0] == '.')
		return arena_fmt(&f->a, "%s/%s", cachepath_dir(&f->a, f->root, TARGET.path),
				 d->part + 3);
	if (d->part[0] == '/' || !d->part[0])
		return arena_fmt(&f->a, "%s%s", cachepath_tree(&f->a, f->root, TARGET), d->part);
	return target(f, d->part);
}

static size_t n_problems(const struct cache_report *r, enum finding_severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			n += r->entries[i].problems[j].severity >= least;
	return n;
}

static bool has_problem(const struct cache_report *r, const char *file, const char *kind)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			if (str_eq(r->entries[i].problems[j].file, file) &&
			    str_eq(cache_kind_name(r->entries[i].problems[j].kind), kind))
				return true;
	return false;
}

static void dump(const struct cache_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < r->entries[i].n_problems; j++)
			print_message("%s %s %s: %s | %s\n", cache_state_name(r->entries[i].state),
				      cache_kind_name(r->entries[i].problems[j].kind),
				      r->entries[i].problems[j].file,
				      r->entries[i].problems[j].problem,
				      r->entries[i].problems[j].found);
}

static bool is_neighbour(const char *name)
{
	return !str_has_prefix(name, "example.com/!upper@v1.0.0") &&
	       !str_has_prefix(name, "cache/download/example.com/!upper/@v/v1.0.0") &&
	       !str_has_prefix(name, "cache/download/example.com/!upper/@v/V1.0.0");
}

/* Asserts that everything is as in the pristine cache, and that all but the target has its old times. */
static void assert_mended(struct fix *f, const struct map *before, const char *what)
{
	struct map now = fix_snapshot(f, f->root), right = fix_snapshot(f, f->up);

	for (size_t i = 0; i < right.n; i++) {
		const char *name = right.entries[i].key, *have = map_get(&now, name);

		if (!have || !fix_same_content(have, right.entries[i].value))
			fail_msg("%s: %s is %s, should be %s", what, name, have ? have : "missing",
				 (char *)right.entries[i].value);
		if (is_neighbour(name) && map_get(before, name))
			assert_string_equal(have, map_get(before, name));
	}
	for (size_t i = 0; i < now.n; i++)
		if (!map_has(&right, now.entries[i].key))
			fail_msg("%s: %s is left over", what, now.entries[i].key);
	map_release(&now);
	map_release(&right);
}

static void test_sound_cache(void **state)
{
	struct fix *f = *state;
	struct cache_report *r;

	fix_reset(f);
	f->vouch = true;
	r = load(f);
	if (n_problems(r, FINDING_INFO))
		dump(r);
	assert_int_equal(n_problems(r, FINDING_INFO), 0);
	assert_int_equal(r->n, 3);
	assert_int_equal(r->states[CACHE_OK], 3);
	cache_free(r);
	f->vouch = false;
	r = load(f);
	assert_int_equal(n_problems(r, FINDING_INFO), 0);
	assert_int_equal(r->states[CACHE_UNVERIFIED], 3);
	cache_free(r);
}

static void check_named(struct fix *f, const struct damage *d, bool vouch)
{
	struct cache_report *r = load(f);

	if (vouch && !has_problem(r, named_file(f, d), d->kind)) {
		dump(r);
		fail_msg("%s: %s is not reported as %s", d->name, named_file(f, d), d->kind);
	}
	for (size_t i = 0; i < r->n; i++)
		if (!str_eq(r->entries[i].mod.path, TARGET.path) ||
		    !str_eq(r->entries[i].mod.version, TARGET.version))
			assert_int_equal(r->entries[i].n_problems, 0);
	cache_free(r);
}

/* Asserts that undo, by its own plan, restores every byte and time. */
static void assert_undone(struct fix *f, const struct outcome *done, const struct map *damaged,
			  const char *what)
{
	struct map mended = fix_snapshot(f, f->root);
	struct outcome out;

	assert_int_equal(undo(f, done->results[0].id, &out), ERR_NONE);
	if (outcome_of(&out) != EXECUTE_CHANGED)
		fail_msg("%s: undo: outcome %d: %s", what, outcome_of(&out), out.results[0].error);
	assert_as_planned(f, &mended, &out.plan, what);
	assert_same(f, damaged, what);
	outcome_release(&out);
	map_release(&mended);
}

static void one_damage(struct fix *f, const struct damage *d, bool vouch)
{
	struct outcome out;
	struct map before, damaged;

	fix_reset(f);
	f->vouch = vouch;
	before = fix_snapshot(f, f->root);
	assert_true(d->apply(f));
	damaged = fix_snapshot(f, f->root);
	check_named(f, d, vouch);
	repair(f, PROXY_GOOD, &out);
	if (outcome_of(&out) != (d->kept ? EXECUTE_NOTHING : EXECUTE_CHANGED))
		fail_msg("%s: outcome %d: %s", d->name, outcome_of(&out),
			 out.n ? out.results[0].error : "");
	assert_as_planned(f, &damaged, &out.plan, d->name);
	if (!d->kept) {
		assert_mended(f, &before, d->name);
		assert_undone(f, &out, &damaged, d->name);
	}
	outcome_release(&out);
	map_release(&before);
	map_release(&damaged);
}

static void test_each_damage(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(damages); i++)
		one_damage(*state, &damages[i], true);
}

/* Nobody vouches: what two witnesses agree on is right, so that a consistent forgery goes unnoticed. */
static void test_each_damage_unvouched(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(damages); i++)
		if (!str_eq(damages[i].name, "all forged"))
			one_damage(*state, &damages[i], false);
}

static struct cache_report *load_one(struct fix *f, bool wanted_only)
{
	struct hashmemo *memo = hashmemo_open(NULL);
	struct cache_trust trust = { fix_trust, f, "go.sum", "sumdb" };
	const struct modver mods[] = { TARGET };
	struct cache_report *r;

	assert_true(cache_load(&r,
			       &(struct cache_options){ .root = f->root,
							.memo = memo,
							.trust = &trust,
							.hash = true,
							.wanted_only = wanted_only,
							.threads = 1 },
			       mods, ARRAY_LEN(mods), NULL));
	hashmemo_free(memo);
	return r;
}

static void assert_same_findings(const char *name, const struct cache_report *a,
				 const struct cache_report *b)
{
	struct findings x = { 0 }, y = { 0 };
	struct arena arena = ARENA_INIT;

	x.arena = y.arena = &arena;
	cache_findings(a, &x);
	cache_findings(b, &y);
	if (x.n != y.n || a->entries[0].state != b->entries[0].state)
		fail_msg("%s: %zu findings, %zu", name, x.n, y.n);
	for (size_t i = 0; i < x.n; i++)
		if (!str_eq(x.items[i].kind, y.items[i].kind) ||
		    !str_eq(x.items[i].subject, y.items[i].subject) ||
		    !str_eq(x.items[i].cause, y.items[i].cause) ||
		    !str_eq(x.items[i].found, y.items[i].found))
			fail_msg("%s: %s, %s", name, x.items[i].subject, y.items[i].subject);
	findings_release(&x);
	findings_release(&y);
	arena_release(&arena);
}

/* Not looking at the files of a neighbour of the same path hides nothing of the wanted version, whichever of them is damaged. */
static void test_wanted_only(void **state)
{
	struct fix *f = *state;
	size_t applied = 0, found = 0;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct cache_report *all, *wanted;

		fix_reset(f);
		if (!damages[i].apply(f))
			continue;
		all = load_one(f, false);
		wanted = load_one(f, true);
		assert_same_findings(damages[i].name, all, wanted);
		assert_true(wanted->n_files < all->n_files || wanted->bytes < all->bytes);
		applied++;
		found += wanted->entries[0].n_problems > 0;
		cache_free(all);
		cache_free(wanted);
	}
	assert_true(applied > 20 && found > 20);
}

static void test_pairs(void **state)
{
	struct fix *f = *state;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		for (size_t j = i + 1; j < ARRAY_LEN(damages); j++) {
			char *what = arena_fmt(&f->a, "%s + %s", damages[i].name, damages[j].name);
			struct outcome out;
			struct map before, damaged;

			if (damages[i].kept || damages[j].kept)
				continue;
			fix_reset(f);
			before = fix_snapshot(f, f->root);
			if (damages[i].apply(f) && damages[j].apply(f)) {
				damaged = fix_snapshot(f, f->root);
				repair(f, PROXY_GOOD, &out);
				if (outcome_of(&out) != EXECUTE_CHANGED)
					fail_msg("%s: outcome %d: %s", what, outcome_of(&out),
						 out.n ? out.results[0].error : "");
				assert_as_planned(f, &damaged, &out.plan, what);
				assert_mended(f, &before, what);
				outcome_release(&out);
				map_release(&damaged);
			}
			map_release(&before);
		}
	}
}

/* Nothing changes if the proxy fails or lies; what needs no proxy is repaired nevertheless. */
static void test_bad_proxies(void **state)
{
	static const enum proxy proxies[] = { PROXY_FAILS, PROXY_WRONG };
	struct fix *f = *state;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		for (size_t p = 0; p < ARRAY_LEN(proxies); p++) {
			struct outcome out;
			struct map before, damaged;

			fix_reset(f);
			before = fix_snapshot(f, f->root);
			assert_true(damages[i].apply(f));
			damaged = fix_snapshot(f, f->root);
			repair(f, proxies[p], &out);
			if (outcome_of(&out) == EXECUTE_CHANGED) {
				assert_mended(f, &before, damages[i].name);
			} else {
				if (outcome_of(&out) != EXECUTE_NOTHING) {
					assert_int_equal(outcome_of(&out), EXECUTE_FAILED);
					assert_true(*out.results[0].error);
					assert_string_equal(out.results[0].id, "");
				}
				assert_same(f, &damaged, damages[i].name);
			}
			outcome_release(&out);
			map_release(&before);
			map_release(&damaged);
		}
	}
}

static void test_wrong_zip_says_checksum(void **state)
{
	struct fix *f = *state;
	struct outcome out;
	const char *error;

	fix_reset(f);
	f->vouch = true;
	assert_true(zip_missing(f));
	repair(f, PROXY_WRONG, &out);
	assert_int_equal(outcome_of(&out), EXECUTE_FAILED);
	error = out.results[0].error;
	assert_non_null(
		strstr(error,
		       "verifying example.com/Upper@v1.0.0: checksum mismatch\n\tdownloaded: h1:"));
	assert_non_null(strstr(error, "\n\tgo.sum: h1:"));
	outcome_release(&out);
}

/* Without a voucher, a zip that no witness knows is rejected. */
static void test_unvouched_wrong_zip(void **state)
{
	struct fix *f = *state;
	struct outcome out;
	struct map damaged;

	fix_reset(f);
	f->vouch = false;
	assert_true(zip_truncated(f));
	damaged = fix_snapshot(f, f->root);
	repair(f, PROXY_WRONG, &out);
	assert_int_equal(outcome_of(&out), EXECUTE_FAILED);
	assert_same(f, &damaged, "unvouched");
	outcome_release(&out);
	map_release(&damaged);
}

/* Zip, hash and tree disagree, and nobody vouches: the plan names all three, and the fetched zip decides. */
static void test_undecided(void **state)
{
	static bool (*const harms[])(struct fix * f) = { zip_other, ziphash_edited, tree_edited };
	struct fix *f = *state;

	for (size_t right = 0; right < ARRAY_LEN(harms); right++) {
		struct map before;
		struct outcome out;

		fix_reset(f);
		f->vouch = false;
		before = fix_snapshot(f, f->root);
		for (size_t i = 0; i < ARRAY_LEN(harms); i++)
			if (i != right)
				assert_true(harms[i](f));
		if (right == 0) /* so that there are three different hashes */
			assert_true(put(f, "ziphash",
					"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
		repair(f, PROXY_GOOD, &out);
		if (outcome_of(&out) != EXECUTE_CHANGED)
			fail_msg("%zu: outcome %d: %s", right, outcome_of(&out),
				 out.n ? out.results[0].error : "");
		assert_mended(f, &before, "undecided");
		assert_int_equal(execute_changed(&out.results[0]), 2);
		outcome_release(&out);
		map_release(&before);
	}
}

static const char *list_file(struct fix *f)
{
	return arena_fmt(&f->a, "%s/list", cachepath_dir(&f->a, f->root, TARGET.path));
}

static void put_list(struct fix *f, const char *text)
{
	unlink(list_file(f));
	fix_write_str(list_file(f), text);
}

static void test_list(void **state)
{
	struct fix *f = *state;
	struct cache_report *r;
	struct outcome out;

	fix_reset(f);
	f->vouch = true;
	put_list(f, "v1.0.0\ngarbage\n");
	r = load(f);
	assert_int_equal(r->n_others, 1);
	assert_string_equal(r->others[0].file, list_file(f));
	assert_int_equal(r->others[0].problems[0].kind, CACHE_KIND_LIST_GARBAGE);
	cache_free(r);
	repair_more(f, PROXY_FAILS, true, &out);
	assert_int_equal(out.n, 1);
	assert_int_equal(outcome_of(&out), EXECUTE_CHANGED);
	outcome_release(&out);
	r = load(f);
	assert_int_equal(r->n_others, 0);
	cache_free(r);
}

static void assert_no_failure(const struct outcome *out, const char *what)
{
	for (size_t j = 0; j < out->n; j++)
		if (*out->results[j].error)
			fail_msg("%s: %s", what, out->results[j].error);
}

/* The list together with each damage: it belongs to no version, and is repaired with everything else. */
static void test_list_pairs(void **state)
{
	static const char *const texts[] = { "v1.0.0\ngarbage\n", "", "v1.1.0\n" };
	struct fix *f = *state;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(damages) * ARRAY_LEN(texts); i++) {
		const struct damage *d = &damages[i / ARRAY_LEN(texts)];
		struct map before, damaged;
		struct outcome out;

		fix_reset(f);
		before = fix_snapshot(f, f->root);
		assert_true(d->apply(f));
		put_list(f, texts[i % ARRAY_LEN(texts)]);
		damaged = fix_snapshot(f, f->root);
		repair_more(f, PROXY_GOOD, true, &out);
		assert_no_failure(&out, d->name);
		assert_as_planned(f, &damaged, &out.plan, d->name);
		/* the list is new, so that its time differs */
		map_put(&before, "cache/download/example.com/!upper/@v/list", NULL);
		if (!d->kept)
			assert_mended(f, &before, d->name);
		outcome_release(&out);
		map_release(&before);
		map_release(&damaged);
	}
}

/* Restoring a .mod changes the list: this is a step of its own, even if the list is not chosen, but only if it is needed. */
static void test_list_follows(void **state)
{
	static const struct {
		const char *list;
		bool all, step;
	} cases[] = {
		{ "", false, true },
		{ "", true, true },
		{ "v1.1.0\n", false, true },
		{ "v1.1.0\n", true, true },
		{ "v1.0.0\nv1.1.0\n", false, false },
		{ "v1.0.0\nv1.1.0\n", true, false },
		{ NULL, false, true },
	};
	struct fix *f = *state;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *what = arena_fmt(&f->a, "case %zu", i), *now;
		struct map damaged, mended;
		struct outcome out;
		char *text;
		size_t len;

		fix_reset(f);
		assert_true(mod_missing(f));
		unlink(list_file(f));
		if (cases[i].list)
			put_list(f, cases[i].list);
		damaged = fix_snapshot(f, f->root);
		repair_more(f, PROXY_GOOD, cases[i].all, &out);
		assert_no_failure(&out, what);
		assert_as_planned(f, &damaged, &out.plan, what);
		assert_int_equal(plan_names(f, &out.plan, list_file(f) + strlen(f->root) + 1),
				 cases[i].step);
		assert_true(fs_read(&f->a, list_file(f), 100, &text, &len, NULL));
		assert_string_equal(text, "v1.0.0\nv1.1.0\n");
		mended = fix_snapshot(f, f->root);
		now = map_get(&mended, "cache/download/example.com/!upper/@v/v1.0.0.mod");
		assert_non_null(now);
		outcome_release(&out);
		map_release(&damaged);
		map_release(&mended);
	}
}

static void test_plan_names_every_file(void **state)
{
	struct fix *f = *state;
	struct outcome out;
	bool zip = false, tree = false;

	fix_reset(f);
	f->vouch = true;
	assert_true(forged(f));
	plan_more(f, true, &out);
	for (size_t i = 0; i < out.plan.n; i++) {
		const struct plan_step *s = &out.plan.steps[i];

		zip |= s->op == PLAN_REPLACE && str_eq(s->path, target(f, "zip")) &&
		       s->reason.kind == PLAN_WRONG && s->reason.problem == CACHE_KIND_FORGED;
		tree |= s->op == PLAN_EXTRACT;
	}
	assert_true(zip && tree && out.plan.network);
	outcome_release(&out);
}

/* A step is skipped if somebody else solved its problem after the planning; nothing is done instead. */
static void test_reason_gone(void **state)
{
	struct fix *f = *state;

	f->vouch = true;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct outcome out;
		struct map sound;

		fix_reset(f);
		assert_true(damages[i].apply(f));
		plan_more(f, false, &out);
		fix_reset(f);
		/* a new problem, which only a plan for an .info includes */
		assert_true(info_garbage(f));
		sound = fix_snapshot(f, f->root);
		carry_out(f, PROXY_GOOD, &out);
		if (!plan_names(f, &out.plan, target(f, "info") + strlen(f->root) + 1)) {
			assert_int_equal(outcome_of(&out), EXECUTE_NOTHING);
			assert_same(f, &sound, damages[i].name);
		}
		for (size_t j = 0; out.n && j < out.results[0].item->n; j++)
			if (plan_op_changes(out.results[0].steps[j].op) &&
			    !str_eq(out.results[0].steps[j].path, target(f, "info")))
				assert_int_equal(out.results[0].states[j], EXECUTE_GONE);
		outcome_release(&out);
		map_release(&sound);
	}
}

/* A tree is not extracted from a zip that was damaged after the planning. */
static void test_zip_damaged_meanwhile(void **state)
{
	struct fix *f = *state;
	struct outcome out;
	struct map damaged;

	fix_reset(f);
	f->vouch = true;
	assert_true(tree_edited(f));
	plan_more(f, false, &out);
	assert_true(zip_other(f));
	damaged = fix_snapshot(f, f->root);
	carry_out(f, PROXY_GOOD, &out);
	assert_int_equal(outcome_of(&out), EXECUTE_FAILED);
	assert_string_equal(out.results[0].error,
			    "example.com/Upper@v1.0.0: its zip has changed since this was "
			    "planned, and is now wrong");
	assert_same(f, &damaged, "zip wrong meanwhile");
	outcome_release(&out);
	map_release(&damaged);
}

static void test_prune_and_undo(void **state)
{
	struct fix *f = *state;
	struct apply_record *records;
	struct outcome out, back;
	struct map before;
	struct err e = ERR_INIT;
	size_t n_records;

	fix_reset(f);
	before = fix_snapshot(f, f->root);
	plan_prune(f, &out);
	carry_out(f, PROXY_FAILS, &out);
	assert_int_equal(out.n, 2);
	assert_as_planned(f, &before, &out.plan, "prune");
	assert_true(fs_exists(cachepath_file(&f->a, f->root, NEIGHBOUR, "mod")));
	assert_false(fs_exists(cachepath_file(&f->a, f->root, NEIGHBOUR, "zip")));
	assert_false(fs_exists(cachepath_tree(&f->a, f->root, OTHER)));
	assert_true(fs_exists(cachepath_tree(&f->a, f->root, TARGET)));
	assert_true(apply_history(&f->a, f->root, f->own, &records, &n_records, &e));
	assert_int_equal(n_records, 1);
	assert_string_equal(out.results[0].id, records[0].id);
	assert_string_equal(out.results[1].id, records[0].id);
	assert_undone(f, &out, &before, "prune");
	assert_int_equal(undo(f, records[0].id, &back), ERR_USAGE);
	outcome_release(&back);
	assert_true(apply_forget(f->root, f->own, records[0].id, &e));
	assert_int_equal(undo(f, records[0].id, &back), ERR_NOT_FOUND);
	outcome_release(&back);
	outcome_release(&out);
	map_release(&before);
}

/* If the system cannot tell whether the tree exists, the tree does not count as missing. */
static void test_tree_unreadable(void **state)
{
	struct fix *f = *state;
	const char *link = arena_fmt(&f->a, "%s/example.com", f->root);
	struct cache_report *r;

	fix_reset(f);
	assert_true(fs_remove_all(link, NULL));
	assert_int_equal(symlink("example.com", link), 0);
	r = load(f);
	assert_true(has_problem(r, cachepath_tree(&f->a, f->root, TARGET), "cache/unreadable"));
	assert_false(has_problem(r, cachepath_tree(&f->a, f->root, TARGET), "cache/tree-missing"));
	cache_free(r);
	fix_reset(f);
}

/* "OP FILE" of each step, below the cache; an empty line between items. */
static const char *steps_of(struct arena *a, const struct plan *p)
{
	const char *all = "";

	for (size_t i = 0; i < p->n_items; i++) {
		all = arena_fmt(a, "%s%s", all, i ? "\n" : "");
		for (size_t k = p->items[i].first; k < p->items[i].first + p->items[i].n; k++)
			all = arena_fmt(a, "%s%s %s\n", all, plan_op_name(p->steps[k].op),
					p->steps[k].path + strlen("/c/"));
	}
	return all;
}

#define AT_V "cache/download/example.com/a/@v/v1.0.0."

static const char *plan_of(struct fix *f, const struct cache_entry *entries, size_t n,
			   const struct cache_other *others, size_t n_others,
			   const struct modver *mods, size_t n_mods)
{
	struct cache_report r = { .root = "/c", .n = n, .n_others = n_others };
	const char *text;
	struct plan p;

	r.entries = arena_memdup(&f->a, entries, n * sizeof(*entries));
	r.others = arena_memdup(&f->a, others, n_others * sizeof(*others));
	repair_plan(&p, &r, mods, n_mods);
	text = steps_of(&f->a, &p);
	plan_release(&p);
	return text;
}

/* The steps of one entry, from its problems alone. */
static void test_steps(void **state)
{
	static const struct {
		uint32_t zip, tree, ziphash; /* modes */
		struct cache_problem problems[2];
		const char *want;
	} cases[] = {
		{ 0,
		  0,
		  0,
		  { { CACHE_TREE, FINDING_ERROR, CACHE_FIX_FETCH, CACHE_KIND_FORGED, "/c/x", "", "",
		      "", "", "" } },
		  "fetch " AT_V "zip\ncheck " AT_V "zip\nlock " AT_V "lock\nreplace " AT_V
		  "zip\n" },
		{ 0,
		  0,
		  0,
		  { { CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT, CACHE_KIND_PARTIAL, "/c/x", "",
		      "", "", "", "" } },
		  "fetch " AT_V "zip\ncheck " AT_V "zip\nlock " AT_V "lock\nreplace " AT_V
		  "zip\nextract example.com/a@v1.0.0\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_ZIPHASH, FINDING_ERROR, CACHE_FIX_REHASH, CACHE_KIND_ZIPHASH_EMPTY,
		      "/c/x", "", "", "", "", "" } },
		  "lock " AT_V "lock\nwrite " AT_V "ziphash\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT, CACHE_KIND_PARTIAL, "/c/x", "",
		      "", "", "", "" },
		    { CACHE_TREE, FINDING_ERROR, CACHE_FIX_MODE, CACHE_KIND_UNREADABLE, "/c/mode",
		      "", "", "", "", "" } },
		  "lock " AT_V "lock\nextract example.com/a@v1.0.0\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_TREE, FINDING_ERROR, CACHE_FIX_EXTRACT, CACHE_KIND_PARTIAL, "/c/x", "",
		      "", "", "", "" },
		    { CACHE_MOD, FINDING_ERROR, CACHE_FIX_MODE, CACHE_KIND_UNREADABLE, "/c/mode",
		      "", "", "", "", "" } },
		  "lock " AT_V "lock\nchmod mode\nextract example.com/a@v1.0.0\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_TREE, FINDING_ERROR, CACHE_FIX_MODE, CACHE_KIND_UNREADABLE, "/c/tree",
		      "", "", "", "", "" },
		    { CACHE_LOCK, FINDING_ERROR, CACHE_FIX_MODE, CACHE_KIND_UNREADABLE, "/c/lock",
		      "", "", "", "", "" } },
		  "chmod lock\nlock " AT_V "lock\nchmod tree\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_LOCK, FINDING_ERROR, CACHE_FIX_REMOVE, CACHE_KIND_UNREADABLE, "/c/lock",
		      "", "", "", "", "" },
		    { CACHE_PART_MARK, FINDING_ERROR, CACHE_FIX_REMOVE, CACHE_KIND_PARTIAL,
		      "/c/mark", "", "", "", "", "" } },
		  "clear-lock lock\nlock " AT_V "lock\nquarantine mark\n" },
		/* it is not worth a repair, but for an absent .info */
		{ 0100644,
		  0,
		  0,
		  { { CACHE_MOD, FINDING_INFO, CACHE_FIX_FETCH, CACHE_KIND_INFO_TIME, "/c/x", "",
		      "", "", "", "" } },
		  "" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_MOD, FINDING_ERROR, CACHE_FIX_NONE, CACHE_KIND_INFO_TIME, "/c/x", "",
		      "", "", "", "" } },
		  "" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_INFO, FINDING_INFO, CACHE_FIX_FETCH, CACHE_KIND_INFO_MISSING, "/c/x",
		      "", "", "", "", "" } },
		  "fetch " AT_V "info\nlock " AT_V "lock\nreplace " AT_V "info\n" },
		/* nobody knows which of the three is wrong */
		{ 0100644,
		  040755,
		  0100644,
		  { { CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH, CACHE_KIND_MISMATCH, "/c/x", "",
		      "", "", "", "" } },
		  "fetch " AT_V "zip\ncheck " AT_V "zip\nlock " AT_V "lock\nreplace " AT_V
		  "zip\nextract example.com/a@v1.0.0\nwrite " AT_V "ziphash\n" },
		{ 0100644,
		  0,
		  0,
		  { { CACHE_ZIP, FINDING_ERROR, CACHE_FIX_FETCH, CACHE_KIND_MISMATCH, "/c/x", "",
		      "", "", "", "" } },
		  "fetch " AT_V "zip\ncheck " AT_V "zip\nlock " AT_V "lock\nreplace " AT_V
		  "zip\n" },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cache_problem problems[2];
		struct cache_entry e = { .mod = { "example.com/a", "v1.0.0" },
					 .problems = problems,
					 .sum = "" };
		const char *have;

		memcpy(problems, cases[i].problems, sizeof(problems));
		e.n_problems = problems[1].file ? 2 : 1;
		e.files[CACHE_ZIP].mode = cases[i].zip;
		e.files[CACHE_TREE].mode = cases[i].tree;
		e.files[CACHE_ZIPHASH].mode = cases[i].ziphash;
		have = plan_of(f, &e, 1, NULL, 0, NULL, 0);
		if (!str_eq(have, cases[i].want))
			fail_msg("case %zu:\n%s", i, have);
	}
}

/* Clones and strays are chosen by their files; a clone with nothing but a dead lock stays. */
static void test_other_steps(void **state)
{
	struct cache_problem lock = { CACHE_OTHER,
				      FINDING_WARNING,
				      CACHE_FIX_REMOVE,
				      CACHE_KIND_VCS_LOCK,
				      "/c/v/config.lock",
				      "",
				      "",
				      "",
				      "",
				      "" },
			     broken = { CACHE_OTHER,
					FINDING_ERROR,
					CACHE_FIX_REMOVE,
					CACHE_KIND_VCS_BROKEN,
					"/c/v/HEAD",
					"",
					"",
					"",
					"",
					"" },
			     unwanted = { CACHE_OTHER,
					  FINDING_INFO,
					  CACHE_FIX_REMOVE,
					  CACHE_KIND_VCS_REFS,
					  "/c/v/x",
					  "",
					  "",
					  "",
					  "",
					  "" };
	struct cache_problem locked[] = { unwanted, lock }, both[] = { lock, broken },
			     none[] = { unwanted };
	const struct cache_other others[] = {
		{ .kind = CACHE_OTHER_VCS,
		  .file = "/c/v",
		  .about = "",
		  .has_info = true,
		  .problems = locked,
		  .n_problems = 2 },
		{ .kind = CACHE_OTHER_VCS,
		  .file = "/c/w",
		  .about = "",
		  .has_info = true,
		  .problems = both,
		  .n_problems = 2 },
		{ .kind = CACHE_OTHER_VCS,
		  .file = "/c/x",
		  .about = "",
		  .problems = both,
		  .n_problems = 2 },
		{ .kind = CACHE_OTHER_STRAY,
		  .file = "/c/y",
		  .about = "",
		  .problems = none,
		  .n_problems = 1 },
	};
	static const struct modver by_file[] = { { "/c/none", "" }, { "/c/x", "" } },
				   by_version[] = { { "/c/x", "v1.0.0" } };
	struct fix *f = *state;

	assert_string_equal(
		plan_of(f, NULL, 0, others, ARRAY_LEN(others), NULL, 0),
		"lock v.lock\nclear-lock v/config.lock\n\nlock w.lock\nquarantine w.info\nquarantine w\n\nlock x.lock\nquarantine x\n");
	assert_string_equal(plan_of(f, NULL, 0, others, ARRAY_LEN(others), by_file, 2),
			    "lock x.lock\nquarantine x\n");
	assert_string_equal(plan_of(f, NULL, 0, others, ARRAY_LEN(others), by_version, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree_unreadable),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_other_steps),
		cmocka_unit_test(test_sound_cache),
		cmocka_unit_test(test_each_damage),
		cmocka_unit_test(test_each_damage_unvouched),
		cmocka_unit_test(test_bad_proxies),
		cmocka_unit_test(test_wrong_zip_says_checksum),
		cmocka_unit_test(test_unvouched_wrong_zip),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_follows),
		cmocka_unit_test(test_reason_gone),
		cmocka_unit_test(test_zip_damaged_meanwhile),
		cmocka_unit_test(test_list_pairs),
		cmocka_unit_test(test_plan_names_every_file),
		cmocka_unit_test(test_prune_and_undo),
		cmocka_unit_test(test_wanted_only),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, fix_setup, fix_teardown);
}
