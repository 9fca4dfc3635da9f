#include "audit/policy_impl.h"

#include "audit/spdx.h"
#include "base/path.h"
#include "base/text.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/semver.h"
#include "gofiles/rfc3339.h"

enum { DAY = 86400 };

int64_t policy_day_ends(const char *day)
{
	char text[32];
	int64_t t;

	snprintf(text, sizeof(text), "%.10sT00:00:00Z", day);
	return rfc3339_parse(text, &t) ? t + DAY : 0;
}

bool policy_asks_updates(const struct policy *p)
{
	return p->denied[POLICY_RETRACTED] || p->denied[POLICY_DEPRECATED];
}

bool policy_asks_times(const struct policy *p)
{
	return p->min_age.text != NULL;
}

bool policy_asks_licences(const struct policy *p)
{
	return p->n_licences || p->denied[POLICY_UNKNOWN_LICENCE];
}

/* The rules being applied to one set. */
struct check {
	const struct policy *p;
	const struct policy_set *set;
	int64_t now;
	struct findings *fs;
	struct arena *a;
};

/* The used version, and its path. */
static struct modver used_of(const struct policy_module *m)
{
	return *m->new_path ? (struct modver){ m->new_path, m->new_version }
			    : (struct modver){ m->path, m->version };
}

static const char *with_rule(const struct check *c, const char *cause, int rule)
{
	return arena_fmt(c->a, "%s (%s:%d)", cause, path_base(c->a, c->p->file), rule);
}

static struct finding *add_module(const struct check *c, enum finding_severity severity,
				  const char *kind, const struct policy_module *m,
				  const char *cause, int rule)
{
	const char *subject = *m->version ? arena_fmt(c->a, "%s@%s", m->path, m->version) : m->path;
	struct finding *f = finding_add(c->fs, severity, kind, subject, with_rule(c, cause, rule));

	f->mod = (struct modver){ m->path, m->version };
	f->file = !m->line ? c->p->file : m->file ? m->file : c->set->gomod;
	f->line = m->line ? m->line : rule;
	f->remedy = arena_fmt(c->a, "modscope explain %s: who requires it", m->path);
	return f;
}

static void say(const struct check *c, const char *kind, const struct policy_module *m, int rule,
		const char *cause)
{
	add_module(c, c->p->severity, kind, m, cause, rule);
}

static void say_unknown(const struct check *c, const char *kind, const struct policy_module *m,
			int rule, const char *cause, const char *remedy)
{
	add_module(c, FINDING_UNKNOWN, kind, m, cause, rule)->remedy = remedy;
}

/* Ranges */

static bool holds(const struct policy_bound *b, const char *version)
{
	int c = semver_compare(version, b->version);

	switch (b->op) {
	case POLICY_LESS: return c < 0;
	case POLICY_LESS_EQUAL: return c <= 0;
	case POLICY_GREATER: return c > 0;
	case POLICY_GREATER_EQUAL: return c >= 0;
	case POLICY_EQUAL: return c == 0;
	default: return c != 0;
	}
}

static bool in_range(const struct policy_range *r, const char *version)
{
	for (size_t i = 0; i < r->n; i++)
		if (!holds(&r->bounds[i], version))
			return false;
	return true;
}

static bool matches(const struct policy_match *m, struct modver v)
{
	if (!modpath_match_globs(m->pattern, v.path))
		return false;
	for (size_t i = 0; i < m->n_ranges; i++)
		if (in_range(&m->ranges[i], v.version))
			return true;
	/* what a line means that could not be read is unknown: nothing is reported because of it */
	return m->bad_range ? m->allow : m->n_ranges == 0;
}

static void check_forbidden(const struct check *c, const struct policy_module *m, struct modver v)
{
	const struct policy_match *allows = NULL;
	bool allowed = false;

	for (size_t i = 0; i < c->p->n_matches; i++) {
		const struct policy_match *rule = &c->p->matches[i];

		if (rule->allow) {
			allows = allows ? allows : rule;
			allowed |= matches(rule, v);
		} else if (matches(rule, v)) {
			say(c, "policy/forbidden", m, rule->line,
			    arena_fmt(c->a, "%s%s is forbidden%s%s", v.path,
				      *v.version ? arena_fmt(c->a, "@%s", v.version) : "",
				      *rule->reason ? ": " : "", rule->reason));
		}
	}
	if (allows && !allowed)
		say(c, "policy/not-allowed", m, allows->line,
		    arena_fmt(c->a, "no allow section covers %s%s%s", v.path, *v.version ? "@" : "",
			      v.version));
}

/* Kinds of version */

static void check_version(const struct check *c, const struct policy_module *m, struct modver v)
{
	const int *denied = c->p->denied;

	if (!*v.version)
		return;
	if (denied[POLICY_PSEUDO_VERSIONS] && pseudo_is(v.version))
		say(c, "policy/pseudo-version", m, denied[POLICY_PSEUDO_VERSIONS],
		    arena_fmt(c->a, "%s is a pseudo-version", v.version));
	else if (denied[POLICY_PRE_RELEASES] && semver_prerelease(v.version).len &&
		 !pseudo_is(v.version))
		say(c, "policy/pre-release", m, denied[POLICY_PRE_RELEASES],
		    arena_fmt(c->a, "%s is a pre-release", v.version));
	if (denied[POLICY_INCOMPATIBLE] && semver_is_incompatible(v.version))
		say(c, "policy/incompatible", m, denied[POLICY_INCOMPATIBLE],
		    arena_fmt(c->a, "%s has no go.mod of its major version", v.version));
}

static void check_replace(const struct check *c, const struct policy_module *m)
{
	const int *denied = c->p->denied;
	bool local = *m->new_path && !*m->new_version;

	if (local && denied[POLICY_LOCAL_REPLACE])
		say(c, "policy/local-replace", m, denied[POLICY_LOCAL_REPLACE],
		    arena_fmt(c->a, "the directory %s replaces it", m->new_path));
	else if (*m->new_path && denied[POLICY_REPLACE])
		say(c, "policy/replace", m, denied[POLICY_REPLACE],
		    arena_fmt(c->a, "%s%s%s replaces it", m->new_path, local ? "" : "@",
			      m->new_version));
}

/* Facts from proxies and caches */

static void check_updates(const struct check *c, const struct policy_module *m)
{
	static const char remedy[] = "modscope outdated asks the proxies";
	const int *denied = c->p->denied;

	if (denied[POLICY_RETRACTED] && m->retracted == POLICY_YES)
		say(c, "policy/retracted", m, denied[POLICY_RETRACTED],
		    arena_fmt(c->a, "its authors have retracted it%s%s", *m->rationale ? ": " : "",
			      m->rationale));
	else if (denied[POLICY_RETRACTED] && m->retracted == POLICY_UNKNOWN)
		say_unknown(c, "policy/retracted", m, denied[POLICY_RETRACTED],
			    arena_fmt(c->a, "whether it is retracted is unknown: %s",
				      m->why_unknown),
			    remedy);
	if (denied[POLICY_DEPRECATED] && m->deprecated == POLICY_YES)
		say(c, "policy/deprecated", m, denied[POLICY_DEPRECATED],
		    arena_fmt(c->a, "its authors have deprecated it: %s", m->deprecation));
	else if (denied[POLICY_DEPRECATED] && m->deprecated == POLICY_UNKNOWN)
		say_unknown(c, "policy/deprecated", m, denied[POLICY_DEPRECATED],
			    arena_fmt(c->a, "whether it is deprecated is unknown: %s",
				      m->why_unknown),
			    remedy);
}

static void check_age(const struct check *c, const struct policy_module *m, struct modver v)
{
	int64_t age = c->now - m->time;

	if (!c->p->min_age.text || !*v.version)
		return;
	if (!m->time)
		say_unknown(
			c, "policy/too-young", m, c->p->min_age.line,
			"the time of the version is unknown: the module cache has no .info file of it",
			arena_fmt(c->a, "go mod download %s@%s", v.path, v.version));
	else if (age < (int64_t)c->p->days * DAY)
		say(c, "policy/too-young", m, c->p->min_age.line,
		    arena_fmt(c->a, "%s is %lld day%s old; at least %ld are required", v.version,
			      (long long)MAX(age / DAY, 0), age / DAY == 1 ? "" : "s", c->p->days));
}

/* An entry other than an identifier must equal the expression. */
static bool allows_licence(void *ctx, const char *id)
{
	const struct policy *p = ctx;

	for (size_t i = 0; i < p->n_licences; i++)
		if (spdx_same_id(p->licences[i].text, id))
			return true;
	return false;
}

static void check_licence(const struct check *c, const struct policy_module *m)
{
	const struct policy *p = c->p;
	int line = p->n_licences ? p->licences[0].line : p->denied[POLICY_UNKNOWN_LICENCE];

	if (!policy_asks_licences(p))
		return;
	if (!*m->licence) {
		if (p->denied[POLICY_UNKNOWN_LICENCE])
			say(c, "policy/unknown-licence", m, p->denied[POLICY_UNKNOWN_LICENCE],
			    m->no_licence);
		else
			say_unknown(c, "policy/unknown-licence", m, line, m->no_licence,
				    "read its files; waive the finding once you know the licence");
		return;
	}
	if (!p->n_licences)
		return;
	for (size_t i = 0; i < p->n_licences; i++)
		if (str_eq(p->licences[i].text, m->licence))
			return;
	if (!spdx_satisfied(m->licence, allows_licence, (void *)(uintptr_t)p))
		say(c, "policy/licence", m, line,
		    arena_fmt(c->a, "its licence is %s, which no licence key allows", m->licence));
}

static void check_module(const struct check *c, const struct policy_module *m)
{
	struct modver v = used_of(m);

	if (m->main)
		return;
	check_forbidden(c, m, (struct modver){ m->path, m->version });
	if (*m->new_path && *m->new_version)
		check_forbidden(c, m, v);
	check_version(c, m, v);
	check_replace(c, m);
	check_updates(c, m);
	check_age(c, m, v);
	check_licence(c, m);
}

/* The project as a whole */

static void add_project(const struct check *c, const char *kind, const char *subject,
			const char *cause, const char *file, int line, int rule)
{
	struct finding *f = finding_add(c->fs, c->p->severity, kind, subject,
					with_rule(c, cause, rule));

	f->file = file;
	f->line = line;
	f->remedy = "bring the project into line, or change the rule";
}

static void check_setting(const struct check *c, const char *name, const char *value,
			  const struct policy_value *want)
{
	if (want->text && !str_eq(want->text, value))
		add_project(c, "policy/setting", name,
			    arena_fmt(c->a, "%s is %s; it must be %s", name,
				      *value ? value : "empty", want->text),
			    c->p->file, want->line, want->line);
}

static void check_project(const struct check *c)
{
	const struct policy *p = c->p;
	const struct policy_set *s = c->set;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !s->modules[i].main;
	if (p->max_go.text && gover_compare(s->go_version, p->max_go.text) > 0)
		add_project(c, "policy/max-go", "go",
			    arena_fmt(c->a, "the go line is %s; at most %s is allowed",
				      s->go_version, p->max_go.text),
			    s->gomod, s->go_line, p->max_go.line);
	if (p->max_modules.text && n > (size_t)p->modules)
		add_project(c, "policy/max-modules", "the build list",
			    arena_fmt(c->a,
				      "the build list has %zu modules; at most %ld are allowed", n,
				      p->modules),
			    s->gomod, 0, p->max_modules.line);
	check_setting(c, "GOPROXY", s->goproxy, &p->goproxy);
	check_setting(c, "GOSUMDB", s->gosumdb, &p->gosumdb);
}

void policy_apply(const struct policy *p, const struct policy_set *set, int64_t now,
		  struct findings *fs)
{
	const struct check c = { p, set, now, fs, fs->arena };

	if (!p->file)
		return;
	check_project(&c);
	for (size_t i = 0; i < set->n; i++)
		check_module(&c, &set->modules[i]);
}

/* Waivers */

static bool waives(const struct policy_waiver *w, const struct finding *f)
{
	char id[80];

	finding_id(f->kind, id, sizeof(id));
	return str_eq(id, w->id) && *w->subject &&
	       (str_eq(w->subject, "*") || str_eq(w->subject, f->subject) ||
		(*f->mod.path && modpath_match_globs(w->subject, f->mod.path)));
}

static bool is_whole(const struct policy_waiver *w)
{
	return str_has_prefix(w->id, "MS-") && *w->subject && *w->reason && *w->owner &&
	       *w->expires;
}

static void tell_waiver(const struct policy *p, const struct policy_waiver *w,
			enum finding_severity severity, const char *kind, const char *cause,
			struct findings *fs)
{
	struct finding *f = finding_add(fs, severity, kind,
					arena_fmt(fs->arena, "%s %s", w->id, w->subject), cause);

	f->file = p->file;
	f->line = w->line;
	f->remedy = arena_fmt(fs->arena, "remove the waiver, or ask its owner: %s", w->owner);
}

/* The identifier nearest to the waiver's, which may be the same. */
static void find_id(const struct policy_waiver *w, const char *(*kind_at)(size_t i), char *id,
		    size_t size)
{
	size_t best = SIZE_MAX;
	const char *kind;

	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		char other[80];
		size_t d;

		finding_id(kind, other, sizeof(other));
		d = text_distance(w->id, other);
		if (d < best) {
			best = d;
			snprintf(id, size, "%s", other);
		}
	}
}

/* A waiver that no finding can match is a mistake in the file. */
static bool names_finding(const struct policy *p, const struct policy_waiver *w,
			  const char *(*kind_at)(size_t i), struct findings *fs)
{
	char id[80] = "";
	struct finding *f;

	find_id(w, kind_at, id, sizeof(id));
	if (str_eq(id, w->id))
		return true;
	f = finding_add(fs, FINDING_ERROR, "policy/file", path_base(fs->arena, p->file),
			arena_fmt(fs->arena, "%s is not an identifier of a finding", w->id));
	f->file = p->file;
	f->line = w->line;
	f->remedy = arena_fmt(fs->arena, "the nearest one is %s", id);
	return false;
}

static void use_waiver(const struct policy *p, const struct policy_waiver *w, int64_t now, size_t n,
		       struct findings *fs)
{
	bool used = false, expired = now >= policy_day_ends(w->expires);

	for (size_t i = 0; i < n; i++) {
		struct finding *f = &fs->items[i];

		if (!waives(w, f) || str_eq(f->kind, "policy/file"))
			continue;
		used = true;
		if (!expired)
			f->waived = arena_fmt(fs->arena, "%s (%s, until %s; %s:%d)", w->reason,
					      w->owner, w->expires, p->file, w->line);
	}
	if (expired)
		tell_waiver(p, w, FINDING_WARNING, "policy/waiver-expired",
			    arena_fmt(fs->arena, "it expired on %s", w->expires), fs);
	else if (!used)
		tell_waiver(p, w, FINDING_INFO, "policy/waiver-unused", "no finding matches it",
			    fs);
}

void policy_waive(const struct policy *p, int64_t now, const char *(*kind_at)(size_t i),
		  struct findings *fs)
{
	size_t n = fs->n;

	for (size_t i = 0; i < p->n_waivers; i++)
		if (is_whole(&p->waivers[i]) && names_finding(p, &p->waivers[i], kind_at, fs))
			use_waiver(p, &p->waivers[i], now, n, fs);
}
