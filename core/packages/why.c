#include "packages/why.h"

#include "base/fs.h"
#include "graph/golist.h"

static struct pkgload_options options(bool vendor)
{
	return (struct pkgload_options){ .load_tests = !vendor,
					 .silence_errors = true,
					 .use_vendor_all = vendor };
}

/* search.CleanPatterns for one argument: import paths are made canonical, a leading "./" stays. */
static const char *clean_pattern(struct arena *a, const char *arg)
{
	const char *at = strchr(arg, '@');
	char *p;

	if (arg[0] == '/')
		return path_clean(a, arg);
	if (str_has_prefix(arg, "./") || str_has_prefix(arg, "../") || str_eq(arg, ".") ||
	    str_eq(arg, ".."))
		at = NULL;
	p = arena_strndup(a, arg, at ? (size_t)(at - arg) : strlen(arg));
	for (char *c = p; *c; c++)
		if (*c == '\\')
			*c = '/';
	if (str_has_prefix(p, "./")) {
		const char *rest = path_clean(a, p);

		return str_eq(rest, ".") ? "." : arena_fmt(a, "./%s", rest);
	}
	return arena_fmt(a, "%s%s", path_clean(a, p), at ? at : "");
}

static void write_chain(const struct pkg *p, struct buf *out)
{
	VEC(const struct pkg *) stack = { 0 };

	for (; p; p = p->stack)
		vec_push(&stack, p);
	for (size_t i = stack.n; i-- > 0;)
		buf_addf(out, "%s%s\n", stack.items[i]->path,
			 stack.items[i]->test_of ? ".test" : "");
	vec_release(&stack);
}

static void stanza(struct buf *out, size_t start, const char *target, const struct pkg *p,
		   const char *kind, bool vendor)
{
	buf_addf(out, "%s# %s\n", out->len > start ? "\n" : "", target);
	if (p)
		write_chain(p, out);
	else
		buf_addf(out, "(main module does not need%s %s %s)\n", vendor ? " to vendor" : "",
			 kind, target);
}

static size_t depth(const struct pkg *p)
{
	size_t n = 0;

	for (; p; p = p->stack)
		n++;
	return n;
}

static int nearest_first(const void *a, const void *b)
{
	const struct pkg *p = *(struct pkg *const *)a, *q = *(struct pkg *const *)b;
	size_t x = depth(p), y = depth(q);

	return x != y ? (x < y ? -1 : 1) : strcmp(p->path, q->path);
}

size_t why_module_packages(const struct pkgload *ld, const char *module, struct arena *a,
			   struct pkg ***out)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs), w = 0;

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++)
		if (!pkgs[i]->test_of && str_eq(pkgs[i]->mod.path, module))
			(*out)[w++] = pkgs[i];
	qsort(*out, w, sizeof(**out), nearest_first);
	return w;
}

size_t why_chain(const struct pkgload *ld, const struct pkg *p, struct arena *a,
		 struct why_step **steps)
{
	const char *const *tools;
	size_t n_tools = modproject_tools(modload_project(pkgload_modload(ld)), &tools),
	       n = depth(p);

	*steps = arena_calloc(a, n + 1, sizeof(**steps));
	for (size_t i = n; p; p = p->stack)
		(*steps)[--i] = (struct why_step){ .pkg = p, .test = p->test_of != NULL };
	for (size_t i = 0; n && i < n_tools; i++)
		if (str_eq(tools[i], (*steps)[0].pkg->path))
			(*steps)[0].tool = true;
	return n;
}

bool why_load(struct modload *ml, bool vendor, struct pkgload **ld, struct err *e)
{
	static const char *const all[] = { "all" };
	struct pkgload_options o = options(vendor);

	*ld = pkgload_new(ml, &o);
	return pkgload_run(*ld, all, 1, NULL, e);
}

/* What could not be read or fetched may be the reason for a "does not need"; go does not say so. */
static void warn_missing(struct pkgload *ld)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs), bad = 0;
	const struct pkg *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (pkgs[i]->problem.kind != PKG_ERROR || pkgs[i]->test_of)
			continue;
		first = first ? first : pkgs[i];
		bad++;
	}
	if (bad)
		modproject_message(
			modload_project(pkgload_modload(ld)),
			"warning: %zu packages could not be loaded, so that \"does not need\" may be "
			"wrong; the first: %s: %s\n",
			bad, first->path, first->problem.text);
	else if (err_is_set(pkgload_unread(ld)))
		modproject_message(modload_project(pkgload_modload(ld)),
				   "warning: %s: \"does not need\" may be wrong\n",
				   pkgload_unread(ld)->text);
}

static void warn_unread(struct pkgload *ld, bool missing)
{
	if (missing)
		warn_missing(ld);
	else if (pkgload_passed_over(ld))
		modproject_message(modload_project(pkgload_modload(ld)),
				   "warning: %s: there may be a shorter way\n",
				   pkgload_passed_over(ld));
}

bool why_check_modules(const char *const *args, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(args[i], '@'))
			return err_set(
				e, ERR_USAGE,
				"%s: 'go mod why' requires a module path, not a version query",
				args[i]);
	return true;
}

static bool why_modules(struct modload *ml, const struct why_options *o, const char *const *args,
			size_t n, struct buf *out, struct err *e)
{
	struct modinfo **rows;
	struct pkgload *ld = NULL;
	struct arena a = ARENA_INIT;
	size_t n_rows, start = out->len, missing = 0;
	bool ok;

	if (!why_check_modules(args, n, e))
		return false;
	pkgload_look_ahead(ml);
	ok = golist_list(ml, args, n, GOLIST_ROWS, &rows, &n_rows, e) &&
	     why_load(ml, o->vendor, &ld, e);
	for (size_t i = 0; ok && i < n_rows; i++) {
		struct pkg **pkgs;
		size_t k = why_module_packages(ld, rows[i]->path, &a, &pkgs);

		/* go then asks about package "", which exists if a package imports it */
		stanza(out, start, rows[i]->path, k ? pkgs[0] : pkgload_find(ld, ""), "module",
		       o->vendor);
		missing += k == 0;
	}
	if (ok)
		warn_unread(ld, missing);
	pkgload_free(ld);
	arena_release(&a);
	return ok;
}

static bool why_packages(struct modload *ml, const struct why_options *o, const char *const *args,
			 size_t n, struct buf *out, struct err *e)
{
	static const char *const all[] = { "all" };
	struct pkgload_options lo = options(o->vendor);
	struct pkgload *ld = pkgload_new(ml, &lo);
	struct arena a = ARENA_INIT;
	const char **patterns = arena_alloc(&a, (n + 1) * sizeof(*patterns));
	struct pkgload_match *matches;
	size_t start = out->len, missing = 0;
	bool ok;

	patterns[0] = ".";
	for (size_t i = 0; i < n; i++)
		patterns[i] = clean_pattern(&a, args[i]);
	n = n ? n : 1;
	ok = pkgload_run(ld, patterns, n, &matches, e) && pkgload_run(ld, all, 1, NULL, e);
	for (size_t i = 0; ok && i < n; i++) {
		for (size_t k = 0; k < matches[i].n_pkgs; k++) {
			const struct pkg *p = pkgload_find(ld, matches[i].pkgs[k]);

			stanza(out, start, matches[i].pkgs[k], p, "package", o->vendor);
			missing += p == NULL;
		}
	}
	if (ok)
		warn_unread(ld, missing);
	pkgload_free(ld);
	arena_release(&a);
	return ok;
}

bool why_run(struct modload *ml, const struct why_options *o, const char *const *args, size_t n,
	     struct buf *out, struct err *e)
{
	return o->modules ? why_modules(ml, o, args, n, out, e)
			  : why_packages(ml, o, args, n, out, e);
}
