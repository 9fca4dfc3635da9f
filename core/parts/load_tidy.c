#include "parts/load_private.h"

#include <dirent.h>

#include "base/fs.h"
#include "base/steady.h"
#include "gofiles/goenv.h"
#include "fetch/http_secret.h"
#include "fetch/source.h"
#include "packages/tidy.h"
#include "graph/modload_open.h"

enum { UNFETCHED_SHOWN = 3 };

/* The state of one run of tidy; freed once its lines are copied. */
struct run {
	struct load_work *w;
	struct source *source;
	struct modload *ml;
	struct tidy *t;
	struct buf messages;
	int64_t began; /* nanoseconds */
};

static void tidy_release(void *data)
{
	struct load_tidy *lt = data;

	findings_release(&lt->findings);
	err_release(&lt->failed);
	free((char *)(uintptr_t)
		     lt->patch); /* not in the arena: it may be large, so avoid another copy */
}

static void progress(void *ctx, size_t done, size_t total, struct modver subject)
{
	struct run *r = ctx;
	char text[200];

	snprintf(text, sizeof(text), "%s@%s", subject.path, subject.version);
	job_progress(r->w->job, (long long)done, (long long)total, text);
}

/* Bytes and rate, since the total is unknown until the last package is read. */
static void fetched(void *ctx, struct modver m, size_t zips, long long bytes)
{
	struct run *r = ctx;
	double mib = (double)bytes / (1024 * 1024);
	double seconds = (double)(steady_ns() - r->began) / 1e9;
	char text[200];

	snprintf(text, sizeof(text), "%zu zip%s, %.1f MiB, %.1f MiB/s: %s@%s", zips,
		 zips == 1 ? "" : "s", mib, mib / MAX(seconds, 0.001), m.path, m.version);
	job_progress(r->w->job, (long long)zips, 0, text);
}

/* Replaces go.mod's requirements by those after what-if steps. */
static void take_roots(struct run *r, const struct whatif_roots *roots)
{
	struct map *direct = modload_new_set(r->ml);

	for (size_t i = 0; roots->direct[i]; i++)
		map_put(direct, roots->direct[i], NULL);
	modload_set_requirements(r->ml, requirements_new(r->ml, roots->pruning, roots->roots,
							 roots->n, direct));
}

static bool open_run(struct run *r, const struct whatif_roots *roots, struct err *e)
{
	const struct load_env *env = load_data(r->w, PART_ENV);
	struct cancel *cancel = job_cancel(r->w->job);
	struct source_options so = { .env = env->env,
				     .offline = load_options(r->w->l)->offline,
				     .own_counts = load_options(r->w->l)->own_counts,
				     .no_zips = !r->w->request->tidy.fetch,
				     .fetched = r->w->job ? fetched : NULL,
				     .fetched_ctx = r,
				     .cancel = cancel,
				     .log = load_log(r->w->l),
				     .once = load_once(r->w) };
	struct modload_options mo = { .env = env->env,
				      .command = MODPROJECT_TIDY,
				      .looks = load_looks(r->w->l),
				      .cancel = cancel,
				      .messages = &r->messages,
				      .progress = r->w->job ? progress : NULL,
				      .progress_ctx = r };

	if (!goenv_check(env->env, e))
		return false;
	r->began = steady_ns();
	r->source = source_new(&so);
	mo.source = r->source;
	mo.go_version = r->w->request->tidy.go;
	mo.ignore_replace = roots ? roots->unreplaced : NULL;
	if (!modload_open(&r->ml, &mo, e))
		return false;
	if (roots)
		take_roots(r, roots);
	return true;
}

/* The project's files that lines have as causes: most of them the same one. */
struct cause_files {
	const char *dir;
	struct arena *a;
	struct map paths; /* by name */
};

static const char *cause_path(struct cause_files *f, const char *name)
{
	bool added;
	struct map_entry *e = map_entry(&f->paths, name, strlen(name), &added);

	if (added)
		e->value = path_join(f->a, f->dir, name);
	return e->value;
}

/* The first cause in a file of the project: a dependency's go.mod ("path@version/go.mod") is only in the reason. */
static void take_cause(struct load_change *c, struct cause_files *f, const struct tidy_change *from)
{
	for (size_t i = 0; i < from->n_causes && !c->cause_file[0]; i++) {
		if (strchr(from->causes[i].file, '@'))
			continue;
		c->cause_file = cause_path(f, from->causes[i].file);
		c->cause_line = from->causes[i].line;
	}
}

static void find_unread(struct load_tidy *lt, const struct err *e)
{
	struct finding *f;

	lt->unread = "";
	if (!err_is_set(e))
		return;
	lt->unread = arena_strdup(lt->findings.arena, e->text);
	f = finding_add(&lt->findings, FINDING_UNKNOWN, "tidy/reasons", "reasons of tidy's changes",
			"some may be missing: a file could not be read");
	f->found = lt->unread;
}

static void find_empty_file(struct load_tidy *lt, const char *why)
{
	struct finding *f;

	if (!why)
		return;
	f = finding_add(&lt->findings, FINDING_UNKNOWN, "tidy/unread", "go mod tidy",
			"go takes a file that it cannot read for one without imports");
	f->found = arena_strdup(lt->findings.arena, why);
}

/* The parts of a require line: path, version, and the // indirect mark; false for other lines. */
struct require_line {
	size_t path, version; /* lengths of text and of version_at */
	const char *text, *version_at, *comment;
};

static bool read_require(const struct load_change *c, struct require_line *r)
{
	const char *p = c->text + strspn(c->text, " \t");

	p += str_has_prefix(p, "require ") ? strlen("require ") : 0;
	r->text = p;
	r->path = strcspn(p, " ");
	r->version_at = p + r->path + strspn(p + r->path, " ");
	r->version = strcspn(r->version_at, " ");
	r->comment = strstr(r->version_at, "//");
	return !c->gosum && c->module[0] && r->path == strlen(c->module) &&
	       memcmp(p, c->module, r->path) == 0 && r->version_at[0] == 'v' &&
	       !strstr(r->version_at, "=>");
}

static bool is_indirect(const struct require_line *r)
{
	return r->comment && str_has_prefix(r->comment, "// indirect");
}

static const char *what_changes(struct arena *a, const struct require_line *was,
				const struct require_line *is)
{
	bool version = was->version != is->version ||
		       memcmp(was->version_at, is->version_at, is->version) != 0;
	const char *mark = is_indirect(was) && !is_indirect(is)	  ? "// indirect goes"
			   : !is_indirect(was) && is_indirect(is) ? "becomes // indirect"
								  : "";

	if (version)
		return arena_fmt(a, "becomes %.*s%s%s", (int)is->version, is->version_at,
				 *mark ? ", " : "", mark);
	return *mark ? mark : "its comment or place changes";
}

/* A line removed and added in another form is one change. */
static void pair_lines(struct load_tidy *lt, struct arena *a)
{
	struct map gone = MAP_INIT;
	struct require_line was, is;

	for (size_t i = 0; i < lt->n; i++)
		if (lt->changes[i].op == '-' && read_require(&lt->changes[i], &was))
			map_put(&gone, lt->changes[i].module, &lt->changes[i]);
	for (size_t i = 0; i < lt->n; i++) {
		struct load_change *c = &lt->changes[i], *twin;

		if (c->op != '+' || !read_require(c, &is))
			continue;
		twin = map_get(&gone, c->module);
		if (!twin || twin->twin != SIZE_MAX || !read_require(twin, &was))
			continue;
		c->twin = (size_t)(twin - lt->changes);
		twin->twin = i;
		c->becomes = twin->becomes = what_changes(a, &was, &is);
	}
	map_release(&gone);
}

static void take_lines(struct load_tidy *lt, struct arena *a, struct tidy *t, const char *dir)
{
	struct tidy_change *lines;
	struct err unread = ERR_INIT;
	struct cause_files files = { dir, a, MAP_INIT };

	lt->n = tidy_changes(t, a, &lines, &unread);
	find_unread(lt, &unread);
	find_empty_file(lt, pkgload_unread_file(t->load));
	err_release(&unread);
	lt->lines = lines;
	lt->changes = arena_calloc(a, lt->n + 1, sizeof(*lt->changes));
	for (size_t i = 0; i < lt->n; i++) {
		struct load_change *c = &lt->changes[i];

		c->gosum = lines[i].gosum;
		c->op = lines[i].op;
		c->text = lines[i].text;
		c->old_line = lines[i].old_line;
		c->new_line = lines[i].new_line;
		c->reason = lines[i].reason;
		c->cause_file = c->becomes = "";
		c->twin = SIZE_MAX;
		take_cause(c, &files, &lines[i]);
		c->module = c->op == '+' || c->op == '-' ? lines[i].mod.path : "";
		lt->added[c->gosum] += c->op == '+';
		lt->removed[c->gosum] += c->op == '-';
	}
	map_release(&files.paths);
	pair_lines(lt, a);
}

/* The start of a line's comment and the blanks before it; a comment line counts as a whole. */
static size_t comment_at(const char *text)
{
	const char *comment = strstr(text, " //");
	size_t n = comment ? (size_t)(comment - text) : strlen(text);

	while (n > 1 && text[n - 1] == ' ')
		n--;
	return n;
}

/* The part owns subject and cause already: a change of many lines makes as many findings. */
static void find_change(struct load_tidy *lt, struct arena *a, const struct load_change *c)
{
	const char *text = c->text + strspn(c->text, " \t");
	struct finding *f;

	if (!text[0])
		return;
	f = finding_add(&lt->findings, FINDING_WARNING, "tidy/gomod", "", "");
	if (c->twin != SIZE_MAX) {
		const char *was = lt->changes[c->twin].text;

		was += strspn(was, " \t");
		f->subject = arena_fmt(a, "~ %.*s", (int)comment_at(was), was);
		f->cause = arena_fmt(a, "%s%s%s", c->becomes, c->reason[0] ? ": " : "", c->reason);
	} else {
		f->subject = arena_fmt(a, "%c %.*s", c->op, (int)comment_at(text), text);
		f->cause = c->reason[0]	  ? c->reason
			   : c->op == '+' ? "tidy would add it"
					  : "tidy would remove it";
	}
	f->file = c->cause_file[0] ? c->cause_file : lt->gomod;
	f->line = c->cause_file[0] ? c->cause_line : c->old_line;
	f->remedy = "go mod tidy";
}

static void find_changes(struct load_tidy *lt, struct arena *a)
{
	size_t sums = lt->added[1] + lt->removed[1];
	struct finding *f;

	vec_reserve(&lt->findings, lt->added[0] + lt->removed[0] + 4);
	for (size_t i = 0; i < lt->n; i++) {
		const struct load_change *c = &lt->changes[i];

		if (!c->gosum && (c->op == '+' || (c->op == '-' && c->twin == SIZE_MAX)))
			find_change(lt, a, c);
	}
	if (!sums)
		return;
	f = finding_add(&lt->findings, FINDING_WARNING, "tidy/gosum",
			arena_fmt(a, "%zu line%s of go.sum", sums, sums == 1 ? "" : "s"),
			arena_fmt(a, "tidy would add %zu and remove %zu", lt->added[1],
				  lt->removed[1]));
	f->more = sums - 1;
	f->file = lt->gosum;
	f->remedy = "go mod tidy";
}

static void count_unfetched(struct run *r, struct load_tidy *lt)
{
	struct arena a = ARENA_INIT;
	struct source_want *wants;
	size_t n = r->source ? source_wants(r->source, &a, &wants) : 0;

	for (size_t i = 0; i < n; i++) {
		if (!wants[i].refused || str_eq(wants[i].what, "sum"))
			continue;
		if (str_eq(wants[i].what, "zip"))
			lt->n_zips++;
		else
			lt->n_others++;
	}
	arena_release(&a);
}

bool load_tidy_unknown(const struct load_tidy *t)
{
	return t->n_zips || (t->n_others && err_is_set(&t->failed));
}

/* "a@v1.0.0, b@v1.2.0 and 12 more" */
static const char *unfetched(const struct load_tidy *lt, struct arena *a)
{
	const char *text = "";
	size_t shown = 0, more = 0;

	for (size_t i = 0; i < lt->n_needs; i++) {
		const struct tidy_need *w = &lt->needs[i];

		if (w->fetched || (lt->n_zips && !str_eq(w->what, "zip")))
			continue;
		if (shown == UNFETCHED_SHOWN)
			more++;
		else
			text = arena_fmt(a, "%s%s%s%s%s", text, shown++ ? ", " : "", w->mod.path,
					 w->mod.version[0] ? "@" : "", w->mod.version);
	}
	return more ? arena_fmt(a, "%s and %zu more", text, more) : text;
}

/* Files not fetched are not a fault of the project: go would fetch them, and they may lead to more. */
static void find_unfetched(struct load_tidy *lt, bool offline)
{
	struct finding *f = finding_add(&lt->findings, FINDING_UNKNOWN, "tidy/unfetched", "tidy",
					"");
	struct arena *a = lt->findings.arena;
	size_t n = lt->n_zips ? lt->n_zips : lt->n_others;
	const char *names = unfetched(lt, a);

	f->cause = arena_fmt(a, "not known: at least %zu %s%s to fetch%s%s", n,
			     lt->n_zips ? "zip" : "file", n == 1 ? "" : "s", *names ? ": " : "",
			     names);
	f->found = offline ? "not in the module cache, and --offline forbids fetching"
			   : "not in the module cache; viewing does not fetch zips";
	f->remedy =
		offline ? "modscope tidy, without --offline: fetches as go mod tidy does, into modscope's cache"
			: "modscope tidy, or F on the screen: fetches as go mod tidy does, into modscope's cache";
}

static void find_failure(struct load_tidy *lt, bool offline)
{
	struct finding *f;

	if (load_tidy_unknown(lt)) {
		find_unfetched(lt, offline);
		return;
	}
	if (!err_is_set(&lt->failed))
		return;
	f = finding_add(&lt->findings,
			lt->failed.code == ERR_OFFLINE ? FINDING_UNKNOWN : FINDING_ERROR,
			"tidy/failed", "go mod tidy",
			finding_gist(lt->findings.arena, lt->failed.text));
	f->go_says = lt->failed.text;
	f->file = lt->failed.file ? lt->failed.file : "";
	f->line = lt->failed.line;
}

/* go build fails for these as well, whatever tidy fails for. */
static void find_missing_sums(struct run *r, struct load_tidy *lt)
{
	struct arena *a = lt->findings.arena;
	struct modver first;
	size_t n = r->t ? tidy_missing_sums(r->t, &first) : 0;
	struct finding *f;

	if (!n)
		return;
	f = finding_add(
		&lt->findings, FINDING_WARNING, "tidy/gosum",
		arena_fmt(a, "%zu line%s of go.sum", n, n == 1 ? "" : "s"),
		arena_fmt(
			a,
			"missing, the first for %s@%s: go build refuses to load packages that need %s",
			first.path, first.version, n == 1 ? "it" : "them"));
	f->more = n - 1;
	f->file = lt->gosum;
	f->remedy = "go mod tidy, once it works; or go get";
}

/* How many directories of the main module without packages are watched: those nearest to its root. */
#define MAX_EMPTY_DIRS ((size_t)4096)
#define MAX_DIR_NAMES ((size_t)1 << 16)
#define MAX_LINKED ((size_t)1024)

struct dirs {
	struct arena *a;
	struct map seen;
	VEC(const char *) list, linked;
};

static void add_dir(struct dirs *d, const char *dir)
{
	if (!map_has(&d->seen, dir)) {
		map_put(&d->seen, dir, d);
		vec_push(&d->list, dir);
	}
}

/* Packages of main modules, or of directories that replace modules. */
static void add_packages(struct dirs *d, struct run *r, bool replacements)
{
	const struct modproject *mp = modload_project(r->ml);
	const char *cache = goenv_modcache(modproject_env(mp), NULL);
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(r->t->load, &pkgs);

	for (size_t i = 0; i < n; i++) {
		bool is_main = modproject_is_main(mp, pkgs[i]->mod.path);

		if (pkgs[i]->test_of || !pkgs[i]->root || !*pkgs[i]->mod.path ||
		    is_main == replacements)
			continue;
		if (is_main || !cache || !path_under(pkgs[i]->root->dir, cache))
			add_dir(d, path_join(d->a, pkgs[i]->root->dir, pkgs[i]->rel));
	}
}

/* A link, or a file with a second name. */
static void add_linked(struct dirs *d, struct arena *names, const char *dir,
		       const struct fs_dirent *entry)
{
	const char *path;
	struct stat st;

	if (!str_has_suffix(entry->name, ".go") || entry->type == DT_DIR ||
	    d->linked.n == MAX_LINKED)
		return;
	path = path_join(names, dir, entry->name);
	if (entry->type == DT_LNK || (lstat(path, &st) == 0 && st.st_nlink > 1))
		vec_push(&d->linked, path);
}

/* Where go looks for packages (modload/search.go), but one may be named by an ignore line. */
static void add_subdirs(struct dirs *d, struct arena *names, const char *dir, bool descend)
{
	struct fs_dirent *entries;
	size_t n;

	if (!fs_list(names, dir, MAX_DIR_NAMES, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *name = entries[i].name;

		add_linked(d, names, dir, &entries[i]);
		if (descend && entries[i].type == DT_DIR && *name != '.' && *name != '_' &&
		    !str_eq(name, "testdata") && !str_eq(name, "vendor") &&
		    !fs_is_file(arena_fmt(names, "%s/%s/go.mod", dir, name)))
			add_dir(d, path_join(d->a, dir, name));
	}
}

static const char **copy_names(struct arena *a, const char *const *names, size_t n)
{
	const char **copy = arena_calloc(a, n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(a, names[i]);
	return copy;
}

/* The directories where saving a file may change the answer: of packages, and those where one may come into being. */
static void take_dirs(struct run *r, struct load_tidy *lt, struct arena *a)
{
	struct dirs d = { .a = a };
	struct arena names = ARENA_INIT;
	const struct modproject_main *mains;
	size_t n = modproject_mains(modload_project(r->ml), &mains), packages;

	add_packages(&d, r, false);
	packages = d.list.n;
	for (size_t i = 0; i < n; i++)
		add_dir(&d, mains[i].dir);
	for (size_t i = 0; i < d.list.n && d.list.n < packages + MAX_EMPTY_DIRS; i++)
		add_subdirs(&d, &names, d.list.items[i], true);
	packages = d.list.n;
	add_packages(&d, r, true);
	for (size_t i = packages; i < d.list.n; i++)
		add_subdirs(&d, &names, d.list.items[i], false);
	lt->dirs = copy_names(a, d.list.items, lt->n_dirs = d.list.n);
	lt->linked = copy_names(a, d.linked.items, lt->n_linked = d.linked.n);
	vec_release(&d.linked);
	vec_release(&d.list);
	map_release(&d.seen);
	arena_release(&names);
}

static void take_result(struct run *r, struct load_tidy *lt, struct arena *a)
{
	const struct modproject_main *mains;
	struct buf patch = BUF_INIT;
	struct tidy_need *needs;

	modproject_mains(modload_project(r->ml), &mains);
	lt->gomod = arena_strdup(a, mains[0].gomod);
	lt->gosum = arena_strdup(a, modproject_gosum_file(modload_project(r->ml))
					    ? modproject_gosum_file(modload_project(r->ml))
					    : "");
	if (r->t && !err_is_set(&lt->failed)) {
		take_lines(lt, a, r->t, mains[0].dir);
		tidy_diff(r->t, &patch);
	}
	lt->patch = buf_detach(&patch);
	if (r->t) {
		lt->n_needs = tidy_needs(r->t, a, &needs);
		for (size_t i = 0; i < lt->n_needs; i++) {
			needs[i].mod.path = arena_strdup(a, needs[i].mod.path);
			needs[i].mod.version = arena_strdup(a, needs[i].mod.version);
			needs[i].who = arena_strdup(a, needs[i].who);
		}
		lt->needs = needs;
		if (r->w->job)
			take_dirs(r, lt, a);
	}
	lt->messages = arena_strndup(a, r->messages.data, r->messages.len);
}

/* Lines written by a step itself have no cause in the files. */
static void name_steps(struct load_tidy *lt, const struct whatif_steps *steps)
{
	for (size_t i = 0; i < lt->n; i++) {
		struct load_change *c = &lt->changes[i];

		for (size_t k = 0; k < steps->n && !c->gosum; k++)
			if (c->module[0] && str_eq(steps->items[k].path, c->module))
				c->reason = "by the what-if step";
	}
}

static void run_tidy(struct run *r, struct load_tidy *lt, struct arena *a,
		     const struct whatif_roots *after)
{
	const struct request_tidy *asked = &r->w->request->tidy;
	struct tidy_options o = { .go = asked->go,
				  .compat = asked->compat,
				  .allow_errors = asked->allow_errors,
				  .drop_replace = after ? after->unreplaced : NULL };

	if (!tidy_run(&r->t, r->ml, &o, &lt->failed))
		http_secrets_mask_err(http_secrets_sent(), &lt->failed);
	modload_forget_failures(r->ml);
	take_result(r, lt, a);
	name_steps(lt, &asked->steps);
	count_unfetched(r, lt);
	if (err_is_set(&lt->failed) || load_tidy_unknown(lt)) {
		if (!after)
			find_missing_sums(r, lt);
		find_failure(lt, load_options(r->w->l)->offline);
	}
}

/* The effective go.work; NULL if there is none. */
static const char *root_file(const struct load_env *env, struct arena *a)
{
	const char *file = NULL;

	if (!goenv_find_gowork(env->env, a, &file, NULL))
		return NULL;
	return file && *file && !str_eq(file, "off") ? file : NULL;
}

/* The root of a workspace without go.mod: go mod tidy works in its members, not here. */
static void take_nothing(struct load_tidy *lt, struct arena *a)
{
	lt->gomod = lt->gosum = "";
	lt->patch = xstrdup("");
	lt->changes = arena_calloc(a, 1, sizeof(*lt->changes));
	lt->dirs = arena_calloc(a, 1, sizeof(*lt->dirs));
	lt->linked = lt->dirs;
	lt->messages = "there is no go.mod here: go mod tidy works in the members of a workspace\n";
	lt->nowhere = true;
	finding_add(&lt->findings, FINDING_INFO, "tidy/workspace", "go mod tidy",
		    "not looked at: there is no go.mod here")
		->remedy = "modscope -C MEMBER tidy, in each member of the workspace";
}

bool load_make_tidy(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	struct load_tidy *lt = arena_calloc(&p->arena, 1, sizeof(*lt));
	struct run r = { .w = w, .messages = BUF_INIT };
	struct whatif_roots roots = { 0 };
	struct whatif_roots *after = w->request->tidy.steps.n ? &roots : NULL;
	struct whatif_options o;
	const char *root;
	bool ok;

	p->data = lt;
	p->release = tidy_release;
	lt->findings.arena = &p->arena;
	lt->unread = "";
	load_whatif_options(w, env->env, &o);
	ok = (!after || whatif_roots(after, &p->arena, &o, &w->request->tidy.steps, e)) &&
	     open_run(&r, after, e);
	root = root_file(env, &p->arena);
	if (ok) {
		run_tidy(&r, lt, &p->arena, after);
	} else if (e->code == ERR_NOT_FOUND && root) {
		err_clear(e);
		take_nothing(lt, &p->arena);
		ok = true;
	}
	if (ok)
		load_find_vendoring(w, root ? root : lt->gomod, r.t ? r.t->load : NULL,
				    &lt->findings);
	tidy_free(r.t);
	modload_free(r.ml);
	source_free(r.source);
	buf_release(&r.messages);
	/* only now: the loader and a finding for each line need not fit into memory together */
	if (ok && !lt->nowhere && !err_is_set(&lt->failed) && !load_tidy_unknown(lt))
		find_changes(lt, &p->arena);
	ok = ok && !cancel_is_set(job_cancel(w->job));
	return load_hand_over(p, ok, out) || err_set(e, ERR_CANCELLED, "cancelled");
}
