#include "base/path.h"
#include "fetch/source.h"
#include "gofiles/gomod.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "release/checklist_impl.h"

static const char *name_of(struct checklist_making *k)
{
	return path_base(k->a, k->in->main->gomod);
}

static const char *text_of(struct checklist_making *k, const struct replaces_row *row)
{
	struct buf b = BUF_INIT;
	const char *text;

	replaces_text(row, &b);
	text = arena_strndup(k->a, b.data, b.len);
	buf_release(&b);
	return text;
}

/* They do not apply in a dependent, and go install refuses a module with any of them. */
static void judge_replaces(struct checklist_making *k)
{
	const struct replaces *r = k->in->replaces;

	for (size_t i = 0; i < r->n; i++) {
		const struct replaces_row *row = &r->rows[i];

		if (row->verb != REPLACES_REPLACE || !str_eq(row->main, k->in->main->mod.path))
			continue;
		if (!row->to.version[0])
			checklist_fail(k, "replace-local", text_of(k, row), name_of(k), row->line,
				       "push and tag it, require that version, and drop the line");
		else
			checklist_note(
				k, "replace-fork", text_of(k, row), name_of(k), row->line,
				"dependents build with the original: require a version that needs no replacement");
	}
	checklist_pass(k, "replace-local", "no local replacement");
	checklist_pass(k, "replace-fork", "no replacement by another module");
}

static void judge_tidy(struct checklist_making *k)
{
	const struct checklist_input *in = k->in;

	for (size_t i = 0; i < in->n_tidy_mod; i++)
		checklist_fail(k, "tidy",
			       arena_fmt(k->a, "go mod tidy would change: %s%s%s",
					 in->tidy_mod[i].text,
					 in->tidy_mod[i].reason[0] ? "; " : "",
					 in->tidy_mod[i].reason),
			       name_of(k), in->tidy_mod[i].line, "go mod tidy");
	for (size_t i = 0; i < in->n_tidy_sum; i++)
		checklist_fail(k, "sums", arena_fmt(k->a, "go.sum lacks %s", in->tidy_sum[i].text),
			       "go.sum", 0, "go mod tidy");
	if (in->n_needless_sums)
		checklist_note(k, "tidy",
			       arena_fmt(k->a, "go mod tidy would remove %zu line%s of go.sum",
					 in->n_needless_sums, in->n_needless_sums == 1 ? "" : "s"),
			       "go.sum", 0, "go mod tidy");
	if (in->tidy_failed[0])
		checklist_fail(k, "tidy", arena_fmt(k->a, "go mod tidy fails: %s", in->tidy_failed),
			       name_of(k), 0, "fix what go reports");
	else if (in->tidy_unknown[0])
		checklist_add(k, "tidy", CHECKLIST_UNKNOWN, in->tidy_unknown)->remedy =
			"go mod tidy";
	checklist_pass(k, "tidy", in->n_tidy_sum ? "go.mod is tidy" : "go.mod and go.sum are tidy");
	if (in->tidy_failed[0] || in->tidy_unknown[0])
		return;
	checklist_pass(k, "sums", "go.sum has every line");
}

static const char reach_remedy[] = "modscope proxy shows what each proxy answers; then ask again";
static const char ask_remedy[] =
	"modscope outdated asks the proxies, and says why one does not answer";

static void judge_module(struct checklist_making *k, const struct checklist_module *m)
{
	const char *name = arena_fmt(k->a, "%s %s", m->mod.path, m->mod.version);
	struct checklist_point *p;

	if (m->retracted[0])
		checklist_fail(k, "retracted",
			       arena_fmt(k->a, "%s is retracted: %s", name, m->retracted),
			       name_of(k), m->line,
			       arena_fmt(k->a, "go get %s@latest", m->mod.path));
	if (m->deprecated[0])
		checklist_note(k, "deprecated",
			       arena_fmt(k->a, "%s is deprecated: %s", m->mod.path, m->deprecated),
			       name_of(k), m->line, "move to what its author recommends");
	if (!m->unknown[0])
		return;
	p = checklist_add(k, "retracted", CHECKLIST_UNKNOWN,
			  arena_fmt(k->a, "%s: %s", name, m->unknown));
	p->line = m->line;
	p->remedy = ask_remedy;
	k->n_unknown_modules++;
}

static void judge_modules(struct checklist_making *k)
{
	for (size_t i = 0; i < k->in->n_modules; i++)
		judge_module(k, &k->in->modules[i]);
	if (k->in->modules_unknown[0]) {
		checklist_add(k, "retracted", CHECKLIST_UNKNOWN, k->in->modules_unknown)->remedy =
			ask_remedy;
		checklist_add(k, "deprecated", CHECKLIST_UNKNOWN, k->in->modules_unknown)->remedy =
			ask_remedy;
	}
	if (k->n_unknown_modules && !k->in->modules_unknown[0])
		checklist_add(k, "deprecated", CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "not known of %zu required module%s",
					k->n_unknown_modules, k->n_unknown_modules == 1 ? "" : "s"))
			->remedy = ask_remedy;
	checklist_pass(k, "retracted", "no required version is retracted");
	checklist_pass(k, "deprecated", "no required module is deprecated");
}

static void judge_require(struct checklist_making *k, const struct gomod_require *r)
{
	const char *name = arena_fmt(k->a, "%s %s", r->mod.path, r->mod.version);
	int line = modsyntax_line_number(r->line);

	if (modproject_is_excluded(k->in->project, r->mod))
		checklist_fail(k, "excluded",
			       arena_fmt(k->a, "%s is required and excluded: dependents get it",
					 name),
			       name_of(k), line,
			       "require another version, or drop the exclude line");
	if (r->indirect)
		return;
	if (pseudo_is(r->mod.version))
		checklist_note(k, "pseudo", arena_fmt(k->a, "%s is not a tagged version", name),
			       name_of(k), line, arena_fmt(k->a, "go get %s@latest", r->mod.path));
	if (semver_is_incompatible(r->mod.version))
		checklist_note(k, "incompatible",
			       arena_fmt(k->a, "%s comes from before modules", name), name_of(k),
			       line, "move to a version with a go.mod");
}

static void judge_requires(struct checklist_making *k)
{
	const struct gomod *f = k->in->main->file;

	for (size_t i = 0; i < f->require.n; i++)
		if (f->require.items[i].mod.path[0])
			judge_require(k, &f->require.items[i]);
	checklist_pass(k, "excluded", "no required version is excluded");
	checklist_pass(k, "pseudo", "no pseudo-version is required");
	checklist_pass(k, "incompatible", "no +incompatible version is required");
}

/* A version replaced here must exist nevertheless: a dependent requires it. */
static void judge_original(struct checklist_making *k, const struct gomod_require *r)
{
	struct source_info info;
	struct err e = ERR_INIT;
	const char *name = arena_fmt(k->a, "%s %s", r->mod.path, r->mod.version);

	if (source_stat(modproject_source(k->in->project), r->mod.path, r->mod.version, &info, &e))
		;
	else if (e.code == ERR_NOT_FOUND || e.code == ERR_NO_MATCH)
		checklist_fail(k, "dependents",
			       arena_fmt(k->a,
					 "%s does not exist: a dependent cannot build this module",
					 name),
			       name_of(k), modsyntax_line_number(r->line),
			       "require a version that exists: replace lines do not count");
	else
		checklist_add(k, "dependents", CHECKLIST_UNKNOWN,
			      arena_fmt(k->a, "whether %s exists is unknown: %s", name,
					finding_gist(k->a, e.text)))
			->remedy = reach_remedy;
	err_release(&e);
}

static void judge_dependents(struct checklist_making *k)
{
	const struct consumer *c = k->in->consumer;
	const struct gomod *f = k->in->main->file;

	if (!modpath_check(k->in->main->mod.path, NULL)) /* told with the path */
		return;
	for (size_t i = 0; i < f->require.n; i++)
		if (f->require.items[i].mod.path[0] &&
		    modproject_replacement(k->in->project, f->require.items[i].mod).path[0])
			judge_original(k, &f->require.items[i]);
	if (!c) {
		checklist_add(k, "dependents", CHECKLIST_UNKNOWN,
			      "whether a dependent can load this module is unknown")
			->remedy = reach_remedy;
		return;
	}
	if (c->failed[0] && c->unreachable)
		checklist_add(k, "dependents", CHECKLIST_UNKNOWN, finding_gist(k->a, c->failed))
			->remedy = reach_remedy;
	else if (c->failed[0])
		checklist_fail(k, "dependents",
			       arena_fmt(k->a, "a dependent cannot load this module: %s",
					 finding_gist(k->a, c->failed)),
			       name_of(k), 0,
			       "require versions that exist: replace lines do not count");
	checklist_pass(k, "dependents", "a dependent can load this module");
}

void checklist_project(struct checklist_making *k)
{
	judge_replaces(k);
	judge_dependents(k);
	judge_tidy(k);
	judge_requires(k);
	judge_modules(k);
}
