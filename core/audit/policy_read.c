#include "audit/policy_impl.h"

#include <errno.h>

#include "audit/spdx.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "git/gitconfig.h"
#include "gofiles/gover.h"
#include "gofiles/semver.h"

static const char *const denies[POLICY_DENIES] = {
	[POLICY_PSEUDO_VERSIONS] = "pseudo-versions",
	[POLICY_PRE_RELEASES] = "pre-releases",
	[POLICY_INCOMPATIBLE] = "incompatible",
	[POLICY_RETRACTED] = "retracted",
	[POLICY_DEPRECATED] = "deprecated",
	[POLICY_LOCAL_REPLACE] = "local-replace",
	[POLICY_REPLACE] = "replace",
	[POLICY_UNKNOWN_LICENCE] = "unknown-licence",
};

static const char *const policy_keys[] = {
	"pseudo-versions", "pre-releases",  "incompatible", "retracted",
	"deprecated",	   "local-replace", "replace",	    "unknown-licence",
	"max-go",	   "max-modules",   "min-age",	    "licence",
	"goproxy",	   "gosumdb",	    "severity",	    "fail-on",
};
static const char *const match_keys[] = { "versions", "reason" };
static const char *const waiver_keys[] = { "reason", "owner", "expires" };
static const char *const section_names[] = { "policy", "allow", "forbid", "waiver" };

/* The file being read. */
struct reader {
	struct policy *p;
	struct arena *a;
	struct findings *fs;
	const char *file, *name; /* name: as shown */
	ARENA_VEC(struct policy_match) matches;
	ARENA_VEC(struct policy_waiver) waivers;
	ARENA_VEC(struct policy_value) licences;
	ARENA_VEC(struct policy_range) ranges; /* of the last match */
	const char *section, *sub;
};

static void complain_at(struct reader *r, int line, int column, const char *cause,
			const char *remedy)
{
	struct finding *f = finding_add(r->fs, FINDING_ERROR, "policy/file", r->name, cause);

	f->file = r->file;
	f->line = line;
	f->column = column;
	f->remedy = remedy;
}

static void complain(struct reader *r, int line, const char *cause, const char *remedy)
{
	complain_at(r, line, 0, cause, remedy);
}

static const char *nearest(struct reader *r, const char *word, const char *const *words, size_t n)
{
	const char *best = words[0];

	for (size_t i = 1; i < n; i++)
		if (text_distance(word, words[i]) < text_distance(word, best))
			best = words[i];
	return arena_fmt(r->a, "the nearest one is %s", best);
}

static void unknown_key(struct reader *r, const struct gitconfig_entry *e, const char *const *words,
			size_t n)
{
	const char *remedy = nearest(r, e->key, words, n);

	complain_at(r, e->line, e->column,
		    arena_fmt(r->a, "[%s] has no key %s", e->section, e->key), remedy);
}

static void bad_value(struct reader *r, const struct gitconfig_entry *e, const char *wanted)
{
	complain_at(r, e->line, e->column,
		    arena_fmt(r->a, "%s = %s: it must be %s", e->key, e->value, wanted),
		    arena_fmt(r->a, "write %s = %s", e->key, wanted));
}

static bool read_number(struct reader *r, const struct gitconfig_entry *e, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(e->value, &end, 10);
	if (!errno && end != e->value && !*end && *out >= 0 && *out <= 1000000)
		return true;
	bad_value(r, e, "a number from 0 to 1000000");
	*out = 0;
	return false;
}

static bool read_severity(struct reader *r, const struct gitconfig_entry *e,
			  enum finding_severity *out)
{
	if (finding_severity_of(e->value, out))
		return true;
	bad_value(r, e, "info, unknown, warning or error");
	return false;
}

static bool read_deny(struct reader *r, const struct gitconfig_entry *e)
{
	for (int d = 0; d < POLICY_DENIES; d++) {
		if (!str_eq(e->key, denies[d]))
			continue;
		if (str_eq(e->value, "deny"))
			r->p->denied[d] = e->line ? e->line : 1;
		else if (str_eq(e->value, "allow"))
			r->p->denied[d] = 0;
		else
			bad_value(r, e, "deny or allow");
		return true;
	}
	return false;
}

static void read_max_go(struct reader *r, const struct gitconfig_entry *e)
{
	if (gover_valid(e->value))
		r->p->max_go = (struct policy_value){ e->value, e->line };
	else
		bad_value(r, e, "a go version like 1.24 or 1.24.3");
}

static void read_licence(struct reader *r, const struct gitconfig_entry *e,
			 struct policy_value value)
{
	if (spdx_is_valid(e->value))
		arena_vec_push(r->a, &r->licences, value);
	else
		bad_value(r, e, "an SPDX identifier or expression like MIT");
}

static void read_setting(struct reader *r, const struct gitconfig_entry *e,
			 struct policy_value *out)
{
	if (*e->value)
		*out = (struct policy_value){ e->value, e->line };
	else
		bad_value(r, e, "a value that go env may show");
}

static void read_policy(struct reader *r, const struct gitconfig_entry *e)
{
	struct policy *p = r->p;
	struct policy_value value = { e->value, e->line };

	if (read_deny(r, e))
		return;
	if (str_eq(e->key, "max-go")) {
		read_max_go(r, e);
	} else if (str_eq(e->key, "max-modules")) {
		if (read_number(r, e, &p->modules))
			p->max_modules = value;
	} else if (str_eq(e->key, "min-age")) {
		if (read_number(r, e, &p->days))
			p->min_age = value;
	} else if (str_eq(e->key, "licence") || str_eq(e->key, "license")) {
		read_licence(r, e, value);
	} else if (str_eq(e->key, "goproxy")) {
		read_setting(r, e, &p->goproxy);
	} else if (str_eq(e->key, "gosumdb")) {
		read_setting(r, e, &p->gosumdb);
	} else if (str_eq(e->key, "severity")) {
		read_severity(r, e, &p->severity);
	} else if (str_eq(e->key, "fail-on")) {
		p->fail_on_set = read_severity(r, e, &p->fail_on);
	} else {
		unknown_key(r, e, policy_keys, ARRAY_LEN(policy_keys));
	}
}

static bool read_bound(struct arena *a, const char *s, size_t n, struct policy_bound *b)
{
	static const struct {
		const char *sign;
		enum policy_compare op;
	} signs[] = { { "<=", POLICY_LESS_EQUAL }, { ">=", POLICY_GREATER_EQUAL },
		      { "!=", POLICY_NOT_EQUAL },  { "==", POLICY_EQUAL },
		      { "<", POLICY_LESS },	   { ">", POLICY_GREATER },
		      { "=", POLICY_EQUAL },	   { "", POLICY_EQUAL } };
	size_t i = 0, k;

	while ((k = strlen(signs[i].sign)) > n || memcmp(s, signs[i].sign, k) != 0)
		i++;
	s += k;
	n -= k;
	text_trim(&s, &n);
	*b = (struct policy_bound){ signs[i].op, arena_strndup(a, s, n) };
	return semver_valid(b->version);
}

static bool read_range(struct reader *r, const struct gitconfig_entry *e, struct policy_range *out)
{
	ARENA_VEC(struct policy_bound) bounds = { 0 };

	for (const char *s = e->value;;) {
		size_t n = strcspn(s, ","), len = n;
		const char *part = s;
		struct policy_bound b;

		text_trim(&part, &len);
		if (!read_bound(r->a, part, len, &b))
			return false;
		arena_vec_push(r->a, &bounds, b);
		if (!s[n])
			break;
		s += n + 1;
	}
	*out = (struct policy_range){ e->value, bounds.items, bounds.n };
	return true;
}

static void read_match(struct reader *r, const struct gitconfig_entry *e)
{
	struct policy_match *m = &r->matches.items[r->matches.n - 1];
	struct policy_range range;

	if (str_eq(e->key, "reason")) {
		m->reason = e->value;
	} else if (!str_eq(e->key, "versions")) {
		unknown_key(r, e, match_keys, ARRAY_LEN(match_keys));
	} else if (read_range(r, e, &range)) {
		arena_vec_push(r->a, &r->ranges, range);
		m->ranges = r->ranges.items;
		m->n_ranges = r->ranges.n;
	} else {
		m->bad_range = true;
		bad_value(r, e, "versions with comparisons, as in >= v1.2.0, < v2.0.0");
	}
}

static bool is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return false;
	return !s[sizeof(form) - 1] && policy_day_ends(s) > 0;
}

static void no_day(struct reader *r, const struct gitconfig_entry *e, struct policy_waiver *w)
{
	w->no_day = true;
	bad_value(r, e, "a day like 2027-01-31");
}

static void read_waiver(struct reader *r, const struct gitconfig_entry *e)
{
	struct policy_waiver *w = &r->waivers.items[r->waivers.n - 1];

	if (str_eq(e->key, "reason"))
		w->reason = e->value;
	else if (str_eq(e->key, "owner"))
		w->owner = e->value;
	else if (!str_eq(e->key, "expires"))
		unknown_key(r, e, waiver_keys, ARRAY_LEN(waiver_keys));
	else if (is_date(e->value))
		w->expires = e->value;
	else
		no_day(r, e, w);
}

/* Past one character of a class; NULL if there is none (path.getEsc). */
static const char *skip_char(const char *s)
{
	if (!*s || *s == '-' || *s == ']')
		return NULL;
	s += *s == '\\';
	return *s ? s + 1 : NULL;
}

/* Past a class, from after its bracket; NULL if it is malformed. */
static const char *skip_class(const char *s)
{
	s += *s == '^';
	do {
		s = skip_char(s);
		if (s && *s == '-')
			s = skip_char(s + 1);
	} while (s && *s && *s != ']');
	return s && *s ? s + 1 : NULL;
}

/* Whether path.Match knows the pattern. */
static bool is_glob(const char *s)
{
	while (s && *s)
		s = *s == '[' ? skip_class(s + 1) : *s == '\\' ? skip_char(s) : s + 1;
	return s != NULL;
}

/* Keys of one section may be apart; each run of them is one rule. */
static void begin_section(struct reader *r, const struct gitconfig_entry *e)
{
	const char *blank = strchr(e->sub, ' ');

	r->section = e->section;
	r->sub = e->sub;
	if (str_eq(e->section, "allow") || str_eq(e->section, "forbid")) {
		memset(&r->ranges, 0, sizeof(r->ranges));
		arena_vec_push(r->a, &r->matches,
			       (struct policy_match){ .allow = e->section[0] == 'a',
						      .pattern = e->sub,
						      .reason = "",
						      .line = e->line });
		if (!*e->sub)
			complain(r, e->line, arena_fmt(r->a, "[%s] names no modules", e->section),
				 arena_fmt(r->a, "write [%s \"PATTERN\"]", e->section));
		else if (!is_glob(e->sub))
			complain(r, e->line,
				 arena_fmt(r->a, "[%s \"%s\"]: the pattern is malformed",
					   e->section, e->sub),
				 "close its bracket, or escape it as \\\\[");
	} else if (str_eq(e->section, "waiver")) {
		const char *id = blank ? arena_strndup(r->a, e->sub, (size_t)(blank - e->sub))
				       : e->sub;

		arena_vec_push(r->a, &r->waivers,
			       (struct policy_waiver){ .id = id,
						       .subject = blank ? blank + 1 : "",
						       .reason = "",
						       .owner = "",
						       .expires = "",
						       .line = e->line });
	}
}

static void read_entry(struct reader *r, const struct gitconfig_entry *e)
{
	if (!*e->section) {
		complain_at(r, e->line, e->column,
			    arena_fmt(r->a, "%s is not in a section", e->key),
			    "put it below [policy]");
		return;
	}
	if (!r->section || !str_eq(r->section, e->section) || !str_eq(r->sub, e->sub))
		begin_section(r, e);
	if (str_eq(e->section, "policy") && !*e->sub)
		read_policy(r, e);
	else if (str_eq(e->section, "allow") || str_eq(e->section, "forbid"))
		read_match(r, e);
	else if (str_eq(e->section, "waiver"))
		read_waiver(r, e);
}

static bool is_section(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(section_names); i++)
		if (str_eq(name, section_names[i]))
			return true;
	return false;
}

static void check_sections(struct reader *r, const struct gitconfig *c)
{
	for (size_t i = 0; i < c->n_sections; i++) {
		const struct gitconfig_section *x = &c->sections[i];

		if (!is_section(x->name))
			complain_at(r, x->line, x->column,
				    arena_fmt(r->a, "there is no section [%s]", x->name),
				    nearest(r, x->name, section_names, ARRAY_LEN(section_names)));
		else if (str_eq(x->name, "policy") && *x->sub)
			complain_at(r, x->line, x->column,
				    arena_fmt(r->a, "[policy \"%s\"]: policy takes no name",
					      x->sub),
				    "write [policy]");
	}
}

static bool same_section(const struct gitconfig_entry *e, const struct gitconfig_section *s)
{
	return str_eq(e->section, s->name) && str_eq(e->sub, s->sub);
}

/* A section without a key is a rule too. */
static void read_bare(struct reader *r, const struct gitconfig *c, size_t at)
{
	const struct gitconfig_section *s = &c->sections[at];
	const struct gitconfig_entry e = { s->name, s->sub, "", "", s->line, s->column };

	for (size_t i = 0; i < c->n; i++)
		if (same_section(&c->items[i], s))
			return;
	for (size_t i = 0; i < at; i++)
		if (same_section(&e, &c->sections[i]))
			return;
	begin_section(r, &e);
}

/* A waiver has a subject, a reason, an owner and an expiry. */
static void check_waiver(struct reader *r, const struct policy_waiver *w)
{
	const char *lacks = !*w->subject		 ? "a subject"
			    : !*w->reason		 ? "reason"
			    : !*w->owner		 ? "owner"
			    : !*w->expires && !w->no_day ? "expires"
							 : NULL;

	if (strncmp(w->id, "MS-", 3) != 0)
		complain(r, w->line, arena_fmt(r->a, "%s is not an identifier of a finding", w->id),
			 "write [waiver \"MS-ID SUBJECT\"], as modscope check shows them");
	else if (lacks)
		complain(r, w->line, arena_fmt(r->a, "the waiver of %s lacks %s", w->id, lacks),
			 "write [waiver \"MS-ID SUBJECT\"] with reason, owner and expires");
}

static void finish(struct reader *r)
{
	struct policy *p = r->p;

	p->matches = r->matches.items;
	p->n_matches = r->matches.n;
	p->waivers = r->waivers.items;
	p->n_waivers = r->waivers.n;
	p->licences = r->licences.items;
	p->n_licences = r->licences.n;
	for (size_t i = 0; i < p->n_waivers; i++)
		check_waiver(r, &p->waivers[i]);
}

/* "FILE:LINE:COLUMN: TEXT" without the place, which the finding has. */
static const char *words_of(const struct err *e, const char *file)
{
	const char *text = e->text, *words;

	if (!e->line || !str_has_prefix(text, file))
		return text;
	words = strstr(text + strlen(file), ": ");
	return words ? words + 2 : text;
}

bool policy_read(struct policy *p, struct arena *a, const char *file, struct findings *fs,
		 struct err *e)
{
	struct reader r = { .p = p, .a = a, .fs = fs, .name = path_base(a, file) };
	struct err why = ERR_INIT;
	struct gitconfig c;

	*p = (struct policy){ .severity = FINDING_ERROR, .fail_on = FINDING_WARNING };
	if (fs_is_gone(file))
		return true;
	p->file = r.file = arena_strdup(a, file);
	if (!gitconfig_read(&c, a, file, POLICY_MAX_BYTES, &why)) {
		if (why.code != ERR_SYNTAX) {
			err_move(e, &why);
			return false;
		}
		complain_at(&r, why.line, why.column, words_of(&why, file),
			    "fix the line; the syntax is that of git's configuration");
		err_release(&why);
		return true;
	}
	check_sections(&r, &c);
	for (size_t i = 0; i < c.n; i++)
		read_entry(&r, &c.items[i]);
	for (size_t i = 0; i < c.n_sections; i++)
		read_bare(&r, &c, i);
	finish(&r);
	return true;
}
