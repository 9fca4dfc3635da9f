/* Where a module is in its repository (codeRepo.findDir). */
#include "base/path.h"
#include "base/text.h"
#include "fetch/direct_code_impl.h"
#include "gofiles/modpath.h"
#include "gofiles/modsyntax.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"

static bool has_path_prefix(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(path, prefix, n) == 0 && (!path[n] || path[n] == '/');
}

bool direct_code_invalid(struct err *e, const char *noun)
{
	if (!e || e->reason)
		return false;
	err_wrap(e, "invalid %s: ", noun);
	e->reason = (uint32_t)strlen(noun) + (uint32_t)strlen("invalid : ");
	return false;
}

/* module.PathMajorPrefix */
static const char *major_prefix(struct arena *a, const char *major)
{
	const char *end;

	if (!*major)
		return "";
	end = strstr(major + 1, "-unstable");
	return end ? arena_strndup(a, major + 1, (size_t)(end - major) - 1) : major + 1;
}

struct direct_code *direct_code_new(struct githost *host, const char *root, const char *subdir,
				    const char *path, struct err *e)
{
	struct direct_code *c;
	size_t split, n = strlen(root);

	if (!has_path_prefix(path, root))
		return err_set(e, ERR_REFUSED, "mismatched repo: found %s for %s", root, path),
		       NULL;
	if (!modpath_split(path, &split))
		return err_set(e, ERR_REFUSED, "invalid module path \"%s\"", path), NULL;
	if (!str_eq(root, path) && split < n) {
		err_set(e, ERR_REFUSED, "repository rooted at %s cannot contain module %s", root,
			path);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->host = host;
	c->path = arena_strdup(&c->arena, path);
	c->root = arena_strdup(&c->arena, root);
	c->major = c->path + split;
	c->prefix = str_eq(root, path) ? c->path : arena_strndup(&c->arena, path, split);
	c->pseudo_major = major_prefix(&c->arena, c->major);
	c->dir = str_eq(root, path) || split <= n + 1 ? "" : c->prefix + n + 1;
	if (*subdir)
		c->dir = path_join(&c->arena, c->dir, subdir);
	c->tag_prefix = *c->dir ? arena_fmt(&c->arena, "%s/", c->dir) : "";
	return c;
}

void direct_code_free(struct direct_code *c)
{
	if (!c)
		return;
	map_release(&c->told);
	arena_release(&c->arena);
	free(c);
}

const char *direct_code_rev(struct direct_code *c, const char *version)
{
	const char *rev = version;

	if (!semver_valid(version))
		return version;
	if (pseudo_is(version))
		return pseudo_rev(&rev, &c->arena, version, NULL) ? rev : version;
	if (semver_is_incompatible(version))
		rev = arena_strndup(&c->arena, version, strlen(version) - strlen("+incompatible"));
	return arena_fmt(&c->arena, "%s%s", c->tag_prefix, rev);
}

/* modfile.ModulePath: the module line of any go.mod, even a malformed one; "" if there is none. */
static const char *module_path(struct arena *a, const char *data)
{
	for (const char *line = data; line; line = strchr(line, '\n'), line += line != NULL) {
		size_t n = strcspn(line, "\n"), rest;
		const char *s = line, *comment = memmem(line, n, "//", 2), *why;
		char *word;

		if (comment)
			n = (size_t)(comment - line);
		text_trim(&s, &n);
		if (n < 6 || memcmp(s, "module", 6) != 0)
			continue;
		s += 6;
		rest = n -= 6;
		text_trim(&s, &n);
		if (n == rest || !n)
			continue;
		word = arena_strndup(a, s, n);
		if (*word == '`')
			return n > 1 && strchr(word + 1, '`') == word + n - 1
				       ? arena_strndup(a, word + 1, n - 2)
				       : "";
		if (*word == '"')
			return (s = modsyntax_unquote(a, word, &why)) ? s : "";
		return word;
	}
	return "";
}

/* isMajor */
static bool is_major(struct arena *a, const char *path, const char *major)
{
	const char *its, *prefix;
	size_t split;

	if (!*path || !modpath_split(path, &split))
		return false;
	its = path + split;
	prefix = major_prefix(a, its);
	if (!*major)
		return !*prefix || str_eq(prefix, "v0") || str_eq(prefix, "v1");
	return *its && str_eq(its + 1, major + 1);
}

/* A go.mod of the revision; *data is NULL if there is none. */
static bool read_mod(struct direct_code *c, const char *rev, const char *file, char **data,
		     size_t *len, struct err *e)
{
	const struct githost_rev *there;
	struct err why = ERR_INIT;
	bool known = githost_stat(c->host, rev, &there, &why);

	*data = NULL;
	if (known &&
	    githost_read(c->host, rev, &c->arena, file, DIRECT_CODE_MAX_MOD, data, len, &why))
		return true;
	if (known &&
	    why.code ==
		    ERR_NOT_FOUND) { /* the file is missing; an unknown revision is an error, as in go */
		err_release(&why);
		return true;
	}
	err_set(e, why.code, "reading %s/%s at revision %s: %s", c->root, file, rev, why.text);
	err_release(&why);
	return false;
}

static bool no_dir(struct direct_code *c, const char *rev, const char *file2, struct err *e)
{
	if (*file2)
		return err_set(e, ERR_NOT_FOUND,
			       "missing %s/go.mod and ...%s/go.mod at revision %s", c->prefix,
			       c->major, rev);
	return err_set(e, ERR_NOT_FOUND, "missing %s/go.mod at revision %s", c->prefix, rev);
}

/* The error for a go.mod of another major version. */
static bool wrong_mod(struct direct_code *c, const char *version, const char *rev, const char *file,
		      const char *file2, const char *path, struct err *e)
{
	const char *suffix = *file2 ? arena_fmt(&c->arena, " (and ...%s/go.mod does not exist)",
						c->major)
				    : "";
	size_t split;

	if (!*path)
		return err_set(e, ERR_NOT_FOUND, "%s is missing module path%s at revision %s", file,
			       suffix, rev);
	if (*c->major)
		return err_set(e, ERR_NOT_FOUND,
			       "%s has non-...%s module path \"%s\"%s at revision %s", file,
			       c->major, path, suffix, rev);
	if (!modpath_split(path, &split))
		return err_set(e, ERR_NOT_FOUND,
			       "%s has malformed module path \"%s\"%s at revision %s", file, path,
			       suffix, rev);
	return err_set(e, ERR_NOT_FOUND, "%s has post-%.*s module path \"%s\"%s at revision %s",
		       file, (int)semver_major(version), version, path, suffix, rev);
}

struct place {
	const char *rev, *dir, *file;
	char *data;
	size_t len;
	const char *path;
	bool found;
};

static bool look(struct direct_code *c, struct place *p, const char *rev, const char *dir,
		 struct err *e)
{
	p->rev = rev;
	p->dir = dir;
	p->file = path_join(&c->arena, dir, "go.mod");
	if (!read_mod(c, rev, p->file, &p->data, &p->len, e))
		return false;
	p->path = p->data ? module_path(&c->arena, p->data) : "";
	p->found = p->data && is_major(&c->arena, p->path, c->major);
	return true;
}

/* vN/go.mod: *here if it is the module's. */
static bool look_below(struct direct_code *c, const struct place *one, struct place *two,
		       bool *here, struct err *e)
{
	const char *dir = path_join(&c->arena, c->dir, c->major + 1);

	if (!look(c, two, one->rev, dir, e))
		return false;
	if (one->found && two->found)
		return err_set(e, ERR_NOT_FOUND,
			       "%s/%s and ...%s/go.mod both have ...%s module paths at revision %s",
			       c->prefix, one->file, c->major, c->major, one->rev);
	*here = two->found;
	if (two->found || !two->data)
		return true;
	if (!*two->path)
		return err_set(e, ERR_NOT_FOUND, "%s/%s is missing module path at revision %s",
			       c->root, two->file, one->rev);
	return err_set(e, ERR_NOT_FOUND, "%s/%s has non-...%s module path \"%s\" at revision %s",
		       c->root, two->file, c->major, two->path, one->rev);
}

bool direct_code_find_dir(struct direct_code *c, const char *version, const char **rev,
			  const char **dir, const char **gomod, size_t *len, struct err *e)
{
	struct place one, two = { .file = "" }, *at = &one;
	bool below = *c->major && !str_eq(c->root, c->path) && *c->major != '.', here = false;

	if (!semver_valid(version))
		return err_set(e, ERR_SYNTAX, "syntax error"), direct_code_invalid(e, "version");
	*rev = direct_code_rev(c, version);
	if (!look(c, &one, *rev, c->dir, e))
		return false;
	/* golang.org/issue/34254: unversioned paths may replace gopkg.in's */
	if (!*c->major && str_has_prefix(one.path, "gopkg.in/"))
		one.found = true;
	if (below && !look_below(c, &one, &two, &here, e))
		return false;
	if (here)
		at = &two;
	else if (!one.found && one.data)
		return wrong_mod(c, version, *rev, one.file, two.file, one.path, e);
	else if (!one.found && (*c->dir || (*c->major && *c->major != '.')))
		return no_dir(c, *rev, two.file, e);
	*dir = at->dir;
	*gomod = at->data;
	*len = at->len;
	return true;
}
