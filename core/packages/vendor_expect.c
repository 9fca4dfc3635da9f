#include <dirent.h>

#include "base/fs.h"
#include "gofiles/gover.h"
#include "packages/embedfiles.h"
#include "packages/imports_impl.h"
#include "packages/vendor_impl.h"

static void add(struct vendor_expected *x, const char *name, const char *source,
		enum vendor_why why)
{
	struct vendor_file f;

	if (map_has(&x->names, name))
		return;
	f = (struct vendor_file){ arena_strdup(x->a, name), arena_strdup(x->a, source), why };
	arena_vec_push(x->a, &x->files, f);
	map_put(&x->names, f.name, (void *)(uintptr_t)x->files.n);
}

/* matchMetadata */
static bool is_metadata(const char *name)
{
	static const char *const prefixes[] = { "AUTHORS", "CONTRIBUTORS", "COPYLEFT",
						"COPYING", "COPYRIGHT",	   "LEGAL",
						"LICENSE", "NOTICE",	   "PATENTS" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_has_prefix(name, prefixes[i]))
			return true;
	return false;
}

/* Whether a Go file has "//go:build ignore"; an unreadable file counts. */
static bool is_ignored(const struct imports_scan *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->files[i].name, name))
			return !err_is_set(&s->files[i].error) &&
			       (s->files[i].verdict == CONSTRAINT_SKIP ||
				s->files[i].verdict == CONSTRAINT_MULTIPLE);
	return false;
}

/* matchPotentialSourceFile */
static bool is_source(const struct imports_scan *s, const char *name, bool drops_mod)
{
	if (str_has_suffix(name, "_test.go"))
		return false;
	if (drops_mod && (str_eq(name, "go.mod") || str_eq(name, "go.sum")))
		return false;
	return !str_has_suffix(name, ".go") || !is_ignored(s, name);
}

static bool expect_sources(struct vendor_expected *x, const char *dir, const char *package,
			   bool drops_mod, struct err *e)
{
	struct imports_scan s;
	bool ok = imports_scan_start(&s, dir, NULL, NULL, true, e);

	for (size_t i = 0; ok && i < s.n_entries; i++) {
		const char *name = s.entries[i].name;

		if (s.entries[i].type == DT_REG && is_source(&s, name, drops_mod))
			add(x, path_join(&s.tmp, package, name), path_join(&s.tmp, dir, name),
			    is_metadata(name) ? VENDOR_WHY_LICENCE : VENDOR_WHY_SOURCE);
	}
	imports_scan_end(&s);
	return ok;
}

static bool expect_metadata(struct vendor_expected *x, const char *dir, const char *package,
			    struct err *e)
{
	struct arena tmp = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;
	bool ok = fs_list(&tmp, dir, IMPORTS_MAX_ENTRIES, &entries, &n, e);

	for (size_t i = 0; ok && i < n; i++)
		if (entries[i].type == DT_REG && is_metadata(entries[i].name))
			add(x, path_join(&tmp, package, entries[i].name),
			    path_join(&tmp, dir, entries[i].name), VENDOR_WHY_LICENCE);
	arena_release(&tmp);
	return ok;
}

/* copyMetadata: for the directories above, up to the module's root. */
static bool expect_parents(struct vendor_expected *x, const char *module, const char *root,
			   const char *package, struct err *e)
{
	size_t n = strlen(module);

	while (strlen(package) > n) {
		const char *dir;

		package = path_dir(x->a, package);
		dir = path_join(x->a, root, package + n);
		if (!map_put(&x->parents, package, x))
			return true;
		if (!expect_metadata(x, dir, package, e))
			return false;
	}
	return true;
}

static bool expect_embedded(struct vendor_expected *x, const char *dir, const char *package,
			    bool tests, struct err *e)
{
	struct arena tmp = ARENA_INIT;
	const char **files;
	size_t n;
	bool ok = embedfiles_find(&tmp, dir, tests, &files, &n, e);

	for (size_t i = 0; ok && i < n; i++)
		add(x, path_join(&tmp, package, files[i]), path_join(&tmp, dir, files[i]),
		    VENDOR_WHY_EMBED);
	arena_release(&tmp);
	return ok;
}

bool vendor_expect(struct vendor_expected *x, const char *module, const char *root,
		   const char *package, const char *go_version, struct err *e)
{
	const char *dir = path_join(x->a, root, package + strlen(module));

	if (!fs_is_dir(dir) && (fs_exists(dir) || fs_is_gone(dir)))
		return true;
	return expect_sources(x, dir, package, gover_compare(go_version, "1.17") >= 0, e) &&
	       expect_parents(x, module, root, package, e) &&
	       expect_embedded(x, dir, package, gover_compare(go_version, "1.22") < 0, e);
}

void vendor_expect_release(struct vendor_expected *x)
{
	map_release(&x->names);
	map_release(&x->parents);
}
