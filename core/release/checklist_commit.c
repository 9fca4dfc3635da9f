#include "base/finding.h"
#include "base/path.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "graph/retraction.h"
#include "release/checklist_impl.h"

#define MAX_ROWS 50u /* rows per point, of files or identifiers */

struct commit {
	struct checklist_making *k;
	struct gitplace g;
	struct gitrepo *repo;
	struct tagged head, last;
	bool has_last;
	const char *last_unread; /* why the last tag could not be read; "" */
	const char *const *versions;
	size_t n_versions;
	const char *major; /* "", "/v2", ".v3" */
	const char *version;
	struct goapi_changes api;
	bool has_api;
};

static const char *path_major(const char *path)
{
	size_t at;

	return modpath_split(path, &at) ? path + at : "";
}

static bool fits(const struct commit *x, const char *version)
{
	return modpath_match_major_n(version, strlen(version), x->major, strlen(x->major)) &&
	       !semver_is_incompatible(version);
}

/* The newest version with the module's major that is a tag on another commit. */
static const char *find_last(struct commit *x)
{
	for (size_t i = x->n_versions; i-- > 0;) {
		const char *v = x->versions[i];

		if (fits(x, v) && !(x->version[0] && semver_compare(v, x->version) >= 0) &&
		    !semver_prerelease(v).len)
			return v;
	}
	return "";
}

/* The newest version with the module's major that is a pre-release; "". */
static const char *find_prerelease(struct commit *x)
{
	for (size_t i = x->n_versions; i-- > 0;) {
		const char *v = x->versions[i];

		if (fits(x, v) && semver_prerelease(v).len && !pseudo_is(v))
			return v;
	}
	return "";
}

static bool is_nested(const struct modfiles *m, const char *dir)
{
	for (size_t i = 0; i < m->source->n; i++) {
		const char *file = m->source->files[i].path, *base = strrchr(file, '/');

		if (base && str_eq(base, "/go.mod") &&
		    strncmp(file, dir, (size_t)(base + 1 - file)) == 0)
			return true;
	}
	return false;
}

static void judge_submodules(struct commit *x)
{
	const char *const *dirs;
	size_t n = gitzip_submodules(x->head.zip, &dirs), told = 0;

	for (size_t i = 0; i < n && told < MAX_ROWS; i++)
		if (!is_nested(&x->head.files, dirs[i])) {
			checklist_note(x->k, "files",
				       arena_fmt(x->k->a, "not in the zip: the submodule %s",
						 dirs[i]),
				       dirs[i], 0,
				       "commit its files here, or require it as a module");
			told++;
		}
}

static void judge_zip(struct commit *x)
{
	struct checklist_making *k = x->k;
	const struct modfiles *m = &x->head.files;
	size_t left[MODFILES_INVALID + 1] = { 0 };

	for (size_t i = 0; i < m->invalid.n && i < MAX_ROWS; i++)
		checklist_fail(k, "zip", m->invalid.items[i].text, m->invalid.items[i].path, 0,
			       "rename or remove the file");
	if (m->too_large)
		checklist_fail(k, "zip", "the module is larger than 500 MiB", "", 0,
			       "move large files out of the module");
	checklist_pass(k, "zip", "go can build its zip");
	for (size_t i = 0; i < m->omitted.n; i++) {
		const struct modfiles_remark *o = &m->omitted.items[i];

		if (left[o->why]++ < MAX_ROWS &&
		    (o->why == MODFILES_LINK || o->why == MODFILES_IRREGULAR))
			checklist_note(k, "files", arena_fmt(k->a, "not in the zip: %s", o->text),
				       o->path, 0, "put a regular file there");
	}
	judge_submodules(x);
	if (left[MODFILES_NESTED])
		checklist_add(k, "nested", CHECKLIST_PASS,
			      arena_fmt(k->a, "%zu file%s of nested modules are not in the zip",
					left[MODFILES_NESTED],
					left[MODFILES_NESTED] == 1 ? "" : "s"));
	if (left[MODFILES_VENDORED])
		checklist_note(
			k, "vendored",
			arena_fmt(k->a,
				  "%zu vendored file%s not in the zip: dependents do not get them",
				  left[MODFILES_VENDORED],
				  left[MODFILES_VENDORED] == 1 ? " is" : "s are"),
			"vendor", 0, "");
	checklist_pass(k, "files",
		       left[MODFILES_NESTED] || left[MODFILES_VENDORED]
			       ? "every other file is in the zip"
			       : "every file is in the zip");
}

static bool judge_attributes(struct commit *x)
{
	struct tagged_attribute *list;
	size_t n;

	if (!tagged_attributes(&x->head, &list, &n, x->k->e))
		return false;
	for (size_t i = 0; i < n; i++)
		checklist_note(x->k, "attributes",
			       arena_fmt(x->k->a, "%s is ignored: go packs the file as committed",
					 list[i].name),
			       list[i].file, list[i].line, "drop it if it was meant for the zip");
	checklist_pass(x->k, "attributes", "no attribute that go ignores");
	return true;
}

static void judge_license(struct commit *x)
{
	if (!x->head.license[0])
		checklist_note(x->k, "license", "the zip has no LICENSE", "LICENSE", 0,
			       "add one: pkg.go.dev shows nothing without it");
	checklist_pass(x->k, "license", "the zip has a licence");
}

static int line_of(const struct modsyntax_line *l)
{
	return l ? l->line : 0;
}

/* CI systems clone the last commit alone, without tags. */
static bool lacks_tags(const struct commit *x)
{
	return !x->k->c->last[0] && x->g.shallow;
}

/* Points that compare with the last tag; one from before modules has nothing to compare with. */
static bool cannot_compare(struct commit *x, const char *id)
{
	struct checklist_making *k = x->k;

	if (x->last_unread[0])
		checklist_add(k, id, CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "%s cannot be read to compare with: %s", k->c->last,
					x->last_unread))
			->remedy = checklist_unread_remedy;
	else if (lacks_tags(x))
		checklist_add(k, id, CHECKLIST_UNKNOWN,
			      "the clone is shallow: an earlier tag may not be here")
			->remedy = checklist_unread_remedy;
	else if (x->has_last && !x->last.gomod)
		checklist_pass(k, id,
			       arena_fmt(k->a, "%s has no readable go.mod to compare with",
					 k->c->last));
	else
		return false;
	return true;
}

static void judge_go_line(struct commit *x)
{
	const char *was = x->last.gomod ? x->last.gomod->go : "";
	const char *is = x->head.gomod->go;

	if (cannot_compare(x, "go-line"))
		return;
	if (x->last.gomod &&
	    gover_compare(is[0] ? is : GOVER_DEFAULT_GOMOD, was[0] ? was : GOVER_DEFAULT_GOMOD) > 0)
		checklist_note(x->k, "go-line",
			       arena_fmt(x->k->a, "go line raised since %s: %s to %s",
					 x->k->c->last, was[0] ? was : "none", is),
			       "go.mod", line_of(x->head.gomod->go_line),
			       "mention it in the release notes");
	checklist_pass(x->k, "go-line",
		       x->has_last ? "the go line is not raised" : "there is no earlier tag");
}

/* The same module with another major version. */
static bool same_base(const char *a, const char *b)
{
	size_t i, k;

	if (!modpath_split(a, &i) || !modpath_split(b, &k))
		return false;
	return i == k && strncmp(a, b, i) == 0 && !str_eq(a, b);
}

static bool requires(const struct gomod *f, const char *path)
{
	for (size_t i = 0; i < f->require.n; i++)
		if (str_eq(f->require.items[i].mod.path, path))
			return true;
	return false;
}

/* v0 to v1 counts too. */
static bool raises(const struct gomod_require *was, const struct gomod_require *is)
{
	const char *v = was->mod.version, *w = is->mod.version;

	if (str_eq(was->mod.path, is->mod.path))
		return semver_major(v) != semver_major(w) || strncmp(v, w, semver_major(v)) != 0;
	return same_base(was->mod.path, is->mod.path) && semver_compare(w, v) > 0;
}

static void judge_major(struct commit *x, const struct gomod_require *is)
{
	const struct gomod *was = x->last.gomod;

	for (size_t i = 0; i < was->require.n; i++) {
		const struct gomod_require *r = &was->require.items[i];

		if (r->indirect || is->indirect || !raises(r, is) ||
		    (!str_eq(r->mod.path, is->mod.path) && requires(was, is->mod.path)))
			continue;
		checklist_note(x->k, "major",
			       arena_fmt(x->k->a, "%s %s, in %s %s %s", is->mod.path,
					 is->mod.version, x->k->c->last, r->mod.path,
					 r->mod.version),
			       "go.mod", line_of(is->line),
			       "mention it in the release notes if its types are in the API");
	}
}

static void judge_majors(struct commit *x)
{
	if (cannot_compare(x, "major"))
		return;
	for (size_t i = 0; x->last.gomod && i < x->head.gomod->require.n; i++)
		judge_major(x, &x->head.gomod->require.items[i]);
	checklist_pass(x->k, "major",
		       x->has_last ? "no dependency's major version is raised"
				   : "there is no earlier tag");
}

static bool compare_api(struct commit *x)
{
	struct goapi *was = arena_calloc(x->k->a, 2, sizeof(*was)), *is = was + 1;
	const char *go = modproject_local_version(x->k->in->project);

	if (!x->has_last)
		return true;
	if (!tagged_api(was, &x->last, go, x->k->e) || !tagged_api(is, &x->head, go, x->k->e))
		return false;
	goapi_compare(&x->api, x->k->a, was, is);
	x->has_api = true;
	for (size_t i = 0; i < x->api.n; i++) {
		const struct goapi_change *ch = &x->api.items[i];
		const struct goapi_ident *d = ch->was ? ch->was : ch->is;

		if (goapi_is_internal(d->package))
			continue;
		x->k->c->n_removed += ch->op == GOAPI_REMOVED;
		x->k->c->n_changed += ch->op == GOAPI_CHANGED;
		x->k->c->n_added += ch->op == GOAPI_ADDED;
	}
	return true;
}

static uint64_t number(struct semver_part p)
{
	return strtoull(p.s, NULL, 10);
}

/* The next version, from the last tag and the differences. */
static const char *next_version(struct commit *x)
{
	const struct checklist *c = x->k->c;
	struct semver p;
	uint64_t major, minor, patch;
	bool breaks = c->n_removed || c->n_changed;

	if (!c->last[0])
		return x->major[0] ? arena_fmt(x->k->a, "%.*s.0.0", (int)strcspn(x->major + 1, "-"),
					       x->major + 1)
				   : "v0.1.0";
	semver_parse(&p, c->last, strlen(c->last));
	major = number(p.major);
	minor = number(p.minor);
	patch = number(p.patch);
	if (breaks && major > 0)
		return arena_fmt(x->k->a, "v%llu.0.0", (unsigned long long)major + 1);
	if (breaks || c->n_added)
		return arena_fmt(x->k->a, "v%llu.%llu.0", (unsigned long long)major,
				 (unsigned long long)minor + 1);
	return arena_fmt(x->k->a, "v%llu.%llu.%llu", (unsigned long long)major,
			 (unsigned long long)minor, (unsigned long long)patch + 1);
}

/* What a pre-release announces, if that is higher, comes next. */
static const char *announced(struct commit *x, const char *next)
{
	const char *pre = find_prerelease(x), *release;

	if (!pre[0])
		return next;
	release = arena_strndup(x->k->a, pre, strcspn(pre, "-"));
	return semver_compare(release, next) > 0 ? release : next;
}

static const char *one_line(struct arena *a, const struct goapi_ident *d)
{
	const char *text = d->decls[0];

	for (size_t i = 1; i < d->n_decls; i++)
		text = arena_fmt(a, "%s; %s", text, d->decls[i]);
	return text;
}

static const char *change_text(struct arena *a, const struct goapi_change *ch)
{
	const struct goapi_ident *d = ch->was;
	const char *name = arena_fmt(a, "%s%s%s", d->package, d->package[0] ? "." : "", d->name);

	return ch->is ? arena_fmt(a, "%s is declared differently: %s, was %s", name,
				  one_line(a, ch->is), one_line(a, d))
		      : arena_fmt(a, "%s is removed; it was %s", name, one_line(a, d));
}

/* Whether the version promises compatibility with the last tag. Without a requested tag, the module's path does; v0 promises v1 nothing. */
static bool promises(const struct commit *x)
{
	const char *last = x->k->c->last;
	size_t n = semver_major(x->version);
	bool same = n == semver_major(last) && strncmp(x->version, last, n) == 0;

	return last[0] && (same || (!x->k->in->tag && !str_has_prefix(last, "v0.")));
}

/* Before v1 it is only a warning. */
static void judge_api(struct commit *x)
{
	struct checklist_making *k = x->k;
	bool stable = strncmp(x->version, "v0.", 3) != 0, same = promises(x);
	size_t shown = 0;

	for (size_t i = 0; same && i < x->api.n; i++) {
		const struct goapi_change *ch = &x->api.items[i];
		const struct goapi_ident *at = ch->is ? ch->is : ch->was;

		if (ch->op == GOAPI_ADDED || goapi_is_internal(ch->was->package) ||
		    shown++ >= MAX_ROWS)
			continue;
		checklist_fail(k, "api", change_text(k->a, ch), at->file, at->line,
			       stable ? "restore it, or release a new major version"
				      : "mention it in the release notes")
			->blocks = stable;
	}
	if (x->last_unread[0] || lacks_tags(x))
		cannot_compare(x, "api");
	checklist_pass(k, "api",
		       !x->has_api ? "there is no earlier tag to compare with"
		       : same	   ? arena_fmt(k->a, "compatible with %s", k->c->last)
				   : arena_fmt(k->a,
					       "another major version need not be compatible with %s",
					       k->c->last));
}

/* A tag of a version that its own go.mod retracts is right only for announcing that. */
static void judge_retracted(struct commit *x)
{
	struct checklist_making *k = x->k;
	const struct gomod *f = x->head.gomod;

	for (size_t i = 0; i < f->retract.n; i++) {
		const struct gomod_retract *r = &f->retract.items[i];
		const char *why = retraction_short_message(k->a, r->rationale, "");

		if (semver_compare(r->low, x->version) <= 0 &&
		    semver_compare(x->version, r->high) <= 0)
			checklist_note(k, "version",
				       arena_fmt(k->a, "%s is retracted by its own go.mod%s%s",
						 x->version, why[0] ? ": " : "", why),
				       "go.mod", line_of(r->line),
				       "tag another version, unless this one only announces the "
				       "retraction");
	}
}

static void judge_version(struct commit *x)
{
	struct checklist_making *k = x->k;
	const char *next = k->c->next, *pre = find_prerelease(x);

	judge_retracted(x);
	if (x->last_unread[0])
		checklist_add(
			k, "version", CHECKLIST_UNKNOWN,
			arena_fmt(
				k->a,
				k->in->tag
					? "whether %s is high enough after %s is unknown"
					: "%s is only a guess: what has changed since %s is unknown",
				x->version, k->c->last))
			->remedy = checklist_unread_remedy;
	else if (lacks_tags(x))
		cannot_compare(x, "version");
	if (k->c->last[0] && fits(x, next) && semver_compare(x->version, next) < 0 &&
	    !semver_prerelease(x->version).len)
		checklist_note(
			k, "version",
			arena_fmt(k->a,
				  "%s is too low after %s: %zu removed, %zu changed, %zu added",
				  x->version, k->c->last, k->c->n_removed, k->c->n_changed,
				  k->c->n_added),
			"", 0, arena_fmt(k->a, "tag %s", next));
	checklist_pass(k, "version",
		       arena_fmt(k->a, "%s follows %s", x->version,
				 k->c->last[0] ? k->c->last
				 : semver_compare(pre, x->version) < 0 && pre[0]
					 ? pre
					 : "no earlier tag"));
}

/* Whether the path is one that go fetches: no tag fits another. */
static bool judge_own_path(struct commit *x)
{
	struct checklist_making *k = x->k;
	const struct modproject_main *main = k->in->main;
	struct err e = ERR_INIT;
	bool ok = modpath_check(main->mod.path, &e);

	if (!ok)
		checklist_fail(
			k, "path", arena_strdup(k->a, e.text), "go.mod",
			line_of(main->file->module_line),
			"name the module by the place it is fetched from; /vN ends it from v2 on");
	err_release(&e);
	return ok;
}

/* Checks the tag against the module's path and place. */
static bool judge_path(struct commit *x)
{
	struct checklist_making *k = x->k;
	const char *tag = k->in->tag, *version = tag ? str_cut_prefix(tag, x->g.tag_prefix) : NULL;
	const char *path = k->in->main->mod.path;

	if (!judge_own_path(x))
		return false;
	checklist_place(k, &x->g);
	if (tag && !version && semver_valid(tag))
		checklist_fail(k, "path",
			       arena_fmt(k->a, "%s is a tag of another module: this one is in %s",
					 tag, x->g.prefix),
			       "go.mod", line_of(k->in->main->file->module_line),
			       arena_fmt(k->a, "tag %s%s", x->g.tag_prefix, tag));
	if (tag && !version)
		version = tag;
	if (version && (!semver_valid(version) ||
			!str_eq(version, semver_canonical(k->a, version)) || pseudo_is(version))) {
		checklist_fail(k, "path",
			       arena_fmt(k->a, "%s is not a version that a tag can name", version),
			       "go.mod", line_of(k->in->main->file->module_line),
			       "tag vMAJOR.MINOR.PATCH");
		return false;
	}
	if (version && !fits(x, version))
		checklist_fail(k, "path",
			       arena_fmt(k->a, "%s does not fit the module path %s", version, path),
			       "go.mod", line_of(k->in->main->file->module_line),
			       str_has_prefix(version, "v0.") || str_has_prefix(version, "v1.")
				       ? "tag a version of that major"
				       : arena_fmt(k->a, "the path of %s ends in /%.*s", version,
						   (int)semver_major(version), version));
	x->version = version ? version : "";
	return true;
}

static bool judge_tag(struct commit *x)
{
	struct checklist_making *k = x->k;
	const char *tag = arena_fmt(k->a, "%s%s", x->g.tag_prefix, x->version), *h1, *words = "";
	struct modver m = { k->c->path, x->version };
	struct gitrepo_commit *c;
	enum checklist_published p;

	k->c->tag = tag;
	for (size_t i = 0; i < x->n_versions; i++)
		if (str_eq(x->versions[i], x->version) &&
		    gitrepo_find(&c, x->repo, arena_fmt(k->a, "refs/tags/%s", tag), NULL) &&
		    !str_eq(gitrepo_id(c), x->head.commit))
			checklist_fail(k, "tag",
				       arena_fmt(k->a, "%s is a tag of commit %.7s", tag,
						 gitrepo_id(c)),
				       "", 0,
				       "use the next version: a published tag must not move");
	p = k->in->published(k->in->ctx, m, &h1, &words);
	if (p == CHECKLIST_PRESENT && (!h1[0] || !str_eq(h1, k->c->h1)))
		checklist_fail(k, "tag",
			       h1[0] && k->c->h1[0]
				       ? arena_fmt(k->a, "%s is published with other content: %s",
						   x->version, h1)
				       : arena_fmt(k->a, "%s is published already", x->version),
			       "", 0, "use the next version");
	else if (p == CHECKLIST_PRESENT)
		checklist_add(k, "tag", CHECKLIST_PASS,
			      arena_fmt(k->a, "%s is published, with this content", x->version));
	else if (p == CHECKLIST_NOT_ASKED)
		checklist_add(k, "tag", CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "whether %s is published is unknown: %s", x->version,
					words))
			->remedy = arena_fmt(k->a,
					     "modscope proxy %s@%s shows what each proxy answers",
					     k->c->path, x->version);
	checklist_pass(k, "tag", arena_fmt(k->a, "%s is still free", tag));
	return true;
}

static bool judge_sum(struct commit *x)
{
	char sum[DIRHASH_LEN + 1];
	struct err mine = ERR_INIT;

	if (tagged_sum(sum, &x->head, (struct modver){ x->k->c->path, x->version }, &mine))
		x->k->c->h1 = arena_strdup(x->k->a, sum);
	if (mine.code == ERR_CANCELLED)
		return err_move(x->k->e, &mine);
	if (err_is_set(&mine) && mine.code != ERR_SYNTAX && mine.code != ERR_LIMIT)
		checklist_add(x->k, "zip", CHECKLIST_UNKNOWN,
			      arena_fmt(x->k->a, "its hash is unknown: %s", mine.text))
			->remedy = "git fsck";
	err_release(&mine);
	return true;
}

/* go.mod in the commit. */
static bool has_gomod(struct commit *x)
{
	if (!x->head.gomod)
		checklist_fail(x->k, "path", "the commit has no readable go.mod", "go.mod", 0,
			       "commit it");
	else if (!str_eq(x->head.gomod->module, x->k->in->main->mod.path))
		checklist_fail(x->k, "path",
			       arena_fmt(x->k->a, "the commit's go.mod says module %s",
					 x->head.gomod->module),
			       "go.mod", line_of(x->head.gomod->module_line), "commit go.mod");
	return x->head.gomod != NULL;
}

static bool open_last(struct commit *x)
{
	const char *last = find_last(x);
	struct err mine = ERR_INIT;

	if (!last[0])
		return true;
	x->k->c->last = last;
	x->has_last = tagged_open(&x->last, x->k->a, x->repo,
				  arena_fmt(x->k->a, "refs/tags/%s%s", x->g.tag_prefix, last),
				  x->g.prefix, x->k->in->cancel, &mine);
	if (mine.code == ERR_CANCELLED)
		return err_move(x->k->e, &mine);
	if (err_is_set(&mine))
		x->last_unread = arena_strdup(x->k->a, finding_gist(x->k->a, mine.text));
	err_release(&mine);
	return true;
}

static bool judge_history(struct commit *x)
{
	if (!open_last(x) || !compare_api(x))
		return false;
	x->k->c->next = next_version(x);
	if (!x->version[0])
		x->version = x->k->c->next = announced(x, x->k->c->next);
	x->k->c->version = x->version;
	if (!x->k->in->tag && !fits(x, x->version))
		checklist_fail(
			x->k, "path",
			arena_fmt(x->k->a,
				  "the next version is %s, which does not fit the module path %s",
				  x->version, x->k->c->path),
			"go.mod", line_of(x->k->in->main->file->module_line),
			arena_fmt(x->k->a, "end the path in /%.*s, or restore the API",
				  (int)semver_major(x->version), x->version));
	checklist_pass(x->k, "path", "the module's path fits the tag");
	judge_go_line(x);
	judge_majors(x);
	judge_api(x);
	judge_version(x);
	return judge_sum(x) && judge_tag(x);
}

static bool judge_commit(struct commit *x)
{
	struct checklist_making *k = x->k;

	if (!gitrepo_open(&x->repo, x->g.top, k->e) ||
	    !tagged_open(&x->head, k->a, x->repo, "HEAD", x->g.prefix, k->in->cancel, k->e))
		return false;
	k->c->commit = x->head.commit;
	checklist_worktree(x->k, &x->g);
	judge_zip(x);
	judge_license(x);
	if (!judge_attributes(x))
		return false;
	return !has_gomod(x) || !judge_path(x) || judge_history(x);
}

static void unknown(struct checklist_making *k, const char *why, const char *remedy)
{
	static const char *const points[][2] = {
		{ "worktree", "is everything committed?" },
		{ "zip", "can go make its zip?" },
		{ "path", "does the module's path fit the tag?" },
		{ "tag", "is the tag free?" },
		{ "api", "is it compatible with the last tag?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		checklist_add(k, points[i][0], CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "%s %s", points[i][1], why))
			->remedy = remedy;
}

bool checklist_commit(struct checklist_making *k)
{
	struct commit x = {
		.k = k, .major = path_major(k->in->main->mod.path), .version = "", .last_unread = ""
	};
	struct err mine = ERR_INIT;
	bool ok = gitplace_read(&x.g, k->a, k->in->main->dir, x.major, &mine);

	if (ok && x.g.there && x.g.commit[0])
		ok = gitplace_versions(&x.g, k->a, &x.versions, &x.n_versions, &mine) &&
		     judge_commit(&x);
	else if (ok)
		unknown(k,
			x.g.there ? "there is no commit yet"
				  : "the module is not in a git repository",
			"a tag names a commit: git init, git add and git commit make one");
	tagged_close(&x.head);
	tagged_close(&x.last);
	gitrepo_free(x.repo);
	if (err_is_set(&mine)) {
		unknown(k, arena_strdup(k->a, mine.text), "git fsck says what is wrong");
		err_release(&mine);
		return true;
	}
	return ok;
}
