/* The meaning of go.mod's statements: modfile's rule.go up to the edits. gowork.c shares what both files know. */
#include "gofiles/modrule.h"

#include "gofiles/modpath.h"
#include "gofiles/semver.h"
#include "base/text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal without leading zeros (and not 0 if `positive`); the bytes it takes, 0 if there is none. */
static size_t number_len(const char *s, size_t len, bool positive)
{
	size_t n = 0;

	while (n < len && is_digit(s[n]))
		n++;
	if (n && s[0] == '0' && (positive || n > 1))
		return 0;
	return n;
}

bool gomod_go_version_ok(const char *v, size_t len)
{
	const char *s = v, *end = v + len;
	size_t n = number_len(s, len, true);

	if (!n || s + n == end || s[n] != '.')
		return false;
	s += n + 1;
	n = number_len(s, (size_t)(end - s), false);
	if (!n)
		return false;
	s += n;
	if (s < end && *s == '.') {
		s++;
		n = number_len(s, (size_t)(end - s), false);
		if (!n)
			return false;
		s += n;
	}
	if (s == end)
		return true;
	for (n = 0; s < end && *s >= 'a' && *s <= 'z'; s++)
		n++;
	if (!n || s == end)
		return false;
	while (s < end && is_digit(*s))
		s++;
	return s == end;
}

/* ^v?(([1-9][0-9]*)\.(0|[1-9][0-9]*))([^0-9].*)$ : NULL if it does not match, else the first group. */
static const char *lax_go_version(struct arena *a, const char *v)
{
	const char *s = v + (v[0] == 'v'), *end = v + strlen(v), *minor;
	size_t n = number_len(s, (size_t)(end - s), true), m;

	if (!n || s[n] != '.')
		return NULL;
	minor = s + n + 1;
	m = number_len(minor, (size_t)(end - minor), false);
	/* "1.01x": the minor number is 0, but a digit follows */
	if (!m || !minor[m])
		return NULL;
	return arena_strndup(a, s, n + 1 + m);
}

bool gomod_toolchain_ok(const char *name)
{
	const char *rest = str_cut_prefix(name, "go1");

	return str_eq(name, "default") || (rest && (!*rest || *rest == '.'));
}

static void error_at(struct modrule *r, const struct modsyntax_line *line, const char *text)
{
	modsyntax_errors_add(r->errors, r->syntax->name, line->line, line->column, "%s", text);
}

#define errorf(r, line, ...)                                                               \
	modsyntax_errors_add((r)->errors, (r)->syntax->name, (line)->line, (line)->column, \
			     __VA_ARGS__)

/* A token as a string; the tree gets its standard form. NULL with an error. */
static const char *plain_string(struct modrule *r, const char **token, const char **why)
{
	const char *s = modsyntax_unquote(r->syntax->arena, *token, why);

	if (s)
		*token = modsyntax_quote(r->syntax->arena, s);
	return s;
}

static const char *string_argument(struct modrule *r, const struct modsyntax_line *line,
				   const char **token)
{
	const char *why, *s = plain_string(r, token, &why);

	if (!s)
		errorf(r, line, "invalid quoted string: %s", why);
	return s;
}

/* `VERB PATH: version "V" invalid: WHY`, as modfile.Error and module.InvalidVersionError print it. */
static void version_error(struct modrule *r, const struct modsyntax_line *line, const char *verb,
			  const char *path, const char *version, const char *why)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, version, strlen(version));
	errorf(r, line, "%s%s%s: version %s invalid: %s", verb, *path ? " " : "", path, quoted.data,
	       why);
	buf_release(&quoted);
}

static void path_error(struct modrule *r, const struct modsyntax_line *line, const char *verb,
		       const char *path, const char *text)
{
	errorf(r, line, "%s%s%s: %s", verb, *path ? " " : "", path, text);
}

/* modload.fixVersion: what is canonical is only checked, all else is asked for. */
static const char *fix_version(struct modrule *r, const struct modsyntax_line *line,
			       const char *verb, const char *path, const char *version)
{
	const char *hack = str_has_prefix(path, "gopkg.in/") ? strstr(version, "-gopkgin-") : NULL;
	const char *resolved = NULL;
	struct err e = ERR_INIT;
	bool inner = true;
	size_t prefix;

	if (hack)
		version = hack + strlen("-gopkgin-");
	if (!modpath_split(path, &prefix)) {
		struct buf why = BUF_INIT;

		buf_addstr(&why, "malformed module path ");
		text_quote(&why, path, strlen(path));
		version_error(r, line, verb, path, version, why.data);
		buf_release(&why);
		return NULL;
	}
	if (modpath_version_is_canonical_n(version, strlen(version))) {
		if (modpath_check_major(version, path + prefix, &e))
			resolved = version;
	} else if (!r->fixer->query) {
		version_error(r, line, verb, path, version, "must be of the form v1.2.3");
		return NULL;
	} else {
		inner = false;
		if (!r->fixer->query(r->fixer->ctx, path, version, &resolved, &inner, &e))
			resolved = NULL;
	}
	if (!resolved && inner)
		path_error(r, line, verb, path, err_is_set(&e) ? e.text : "");
	else if (!resolved)
		error_at(r, line, err_is_set(&e) ? e.text : "");
	else if (!str_eq(resolved, version))
		r->fixer->fixed = true;
	if (!resolved && e.code != ERR_NONE && r->code == ERR_NONE)
		r->code = e.code;
	err_release(&e);
	return resolved;
}

enum fix_mode {
	FIX,	     /* as the caller of the parser wants it */
	FIX_NOTHING, /* retractions while the module path is not known */
};

/* parseVersion: the version that the token means; the tree shows it too. */
static const char *parse_version(struct modrule *r, const struct modsyntax_line *line,
				 const char *verb, const char *path, const char **token,
				 enum fix_mode mode)
{
	struct arena *a = r->syntax->arena;
	const char *why, *v = plain_string(r, token, &why);

	if (!v) {
		version_error(r, line, verb, path, *token, why);
		return NULL;
	}
	if (mode == FIX && r->fixer) {
		v = fix_version(r, line, verb, path, v);
		if (!v)
			return NULL;
	} else if (mode == FIX) {
		const char *canonical = modpath_canonical_version(a, v);

		if (!*canonical) {
			version_error(r, line, verb, path, v, "must be of the form v1.2.3");
			return NULL;
		}
		v = canonical;
	}
	*token = v;
	return v;
}

static bool check_major(struct modrule *r, const struct modsyntax_line *line, const char *verb,
			const char *path, const char *version, const char *path_major)
{
	struct err e = ERR_INIT;

	if (modpath_check_major(version, path_major, &e))
		return true;
	path_error(r, line, verb, path, e.text);
	err_release(&e);
	return false;
}

/* The arguments of require and exclude. */
static bool parse_module_version(struct modrule *r, const struct modsyntax_line *line,
				 const char *verb, const char **args, size_t n, struct modver *m)
{
	size_t prefix;

	if (n != 2) {
		errorf(r, line, "usage: %s module/path v1.2.3", verb);
		return false;
	}
	m->path = string_argument(r, line, &args[0]);
	if (!m->path)
		return false;
	m->version = parse_version(r, line, verb, m->path, &args[1], FIX);
	if (!m->version)
		return false;
	if (!modpath_split(m->path, &prefix)) {
		error_at(r, line, "invalid module path");
		return false;
	}
	return check_major(r, line, verb, m->path, m->version, m->path + prefix);
}

static bool parse_replaced(struct modrule *r, const struct modsyntax_line *line, const char **args,
			   size_t arrow, struct modver *from)
{
	size_t prefix;

	from->path = string_argument(r, line, &args[0]);
	if (!from->path)
		return false;
	from->version = "";
	if (!modpath_split(from->path, &prefix)) {
		path_error(r, line, "replace", from->path, "invalid module path");
		return false;
	}
	if (arrow == 1)
		return true;
	from->version = parse_version(r, line, "replace", from->path, &args[1], FIX);
	return from->version &&
	       check_major(r, line, "replace", from->path, from->version, from->path + prefix);
}

static bool check_replacement_dir(struct modrule *r, const struct modsyntax_line *line,
				  const char *dir)
{
	const char *text = NULL;

	if (!modpath_is_directory(dir) && strchr(dir, '@'))
		text = "replacement module must match format 'path version', not 'path@version'";
	else if (!modpath_is_directory(dir))
		text = "replacement module without version must be directory path (rooted or starting with . or ..)";
	else if (strchr(dir, '\\'))
		text = "replacement directory appears to be Windows path (on a non-windows system)";
	if (text)
		error_at(r, line, text);
	return !text;
}

bool modrule_replace(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n,
		     struct gomod_replace *out)
{
	size_t arrow = n >= 2 && str_eq(args[1], "=>") ? 1 : 2;

	*out = (struct gomod_replace){ .line = line };
	if (n < arrow + 2 || n > arrow + 3 || !str_eq(args[arrow], "=>")) {
		error_at(r, line,
			 "usage: replace module/path [v1.2.3] => other/module v1.4\n"
			 "\t or replace module/path [v1.2.3] => ../local/directory");
		return false;
	}
	if (!parse_replaced(r, line, args, arrow, &out->from))
		return false;
	out->to.path = string_argument(r, line, &args[arrow + 1]);
	if (!out->to.path)
		return false;
	out->to.version = "";
	if (n == arrow + 2)
		return check_replacement_dir(r, line, out->to.path);
	out->to.version = parse_version(r, line, "replace", out->to.path, &args[arrow + 2], FIX);
	if (!out->to.version)
		return false;
	if (modpath_is_directory(out->to.path)) {
		struct buf quoted = BUF_INIT;

		text_quote(&quoted, out->to.path, strlen(out->to.path));
		errorf(r, line, "replacement module directory path %s cannot have version",
		       quoted.data);
		buf_release(&quoted);
		return false;
	}
	return true;
}

bool modrule_go(struct modrule *r, const struct modsyntax_line *line, const char **args, size_t n,
		const char **version)
{
	if (*version[0]) {
		error_at(r, line, "repeated go statement");
		return false;
	}
	if (n != 1) {
		error_at(r, line, "go directive expects exactly one argument");
		return false;
	}
	if (!gomod_go_version_ok(args[0], strlen(args[0]))) {
		const char *fixed = r->lax ? lax_go_version(r->syntax->arena, args[0]) : NULL;

		if (!fixed) {
			errorf(r, line, "invalid go version '%s': must match format 1.23.0",
			       args[0]);
			return false;
		}
		args[0] = fixed;
	}
	*version = args[0];
	return true;
}

bool modrule_toolchain(struct modrule *r, const struct modsyntax_line *line, const char **args,
		       size_t n, const char **name)
{
	if (*name[0]) {
		error_at(r, line, "repeated toolchain statement");
		return false;
	}
	if (n != 1) {
		error_at(r, line, "toolchain directive expects exactly one argument");
		return false;
	}
	if (!gomod_toolchain_ok(args[0])) {
		errorf(r, line,
		       "invalid toolchain version '%s': must match format go1.23.0 or default",
		       args[0]);
		return false;
	}
	*name = args[0];
	return true;
}

bool modrule_godebug(struct modrule *r, struct modsyntax_line *line, const char **args, size_t n,
		     struct gomod_godebug *out)
{
	const char *eq = n == 1 && !strpbrk(args[0], "\"`',") ? strchr(args[0], '=') : NULL;

	if (!eq) {
		error_at(r, line, "usage: godebug key=value");
		return false;
	}
	out->key = arena_strndup(r->syntax->arena, args[0], (size_t)(eq - args[0]));
	out->value = eq + 1;
	out->line = line;
	return true;
}

/* The only argument of tool, ignore and use. */
bool modrule_path(struct modrule *r, struct modsyntax_line *line, const char *verb,
		  const char **args, size_t n, struct gomod_path *out)
{
	if (n != 1) {
		if (str_eq(verb, "use"))
			error_at(r, line, "usage: use local/dir");
		else
			errorf(r, line, "%s directive expects exactly one argument", verb);
		return false;
	}
	out->path = string_argument(r, line, &args[0]);
	out->line = line;
	return out->path != NULL;
}

/* A version interval from the arguments, *used of them; NULL, or the error that go has without a version being wrong. */
struct interval_parser {
	struct modrule *r;
	const struct modsyntax_line *line;
	const char *path;
	enum fix_mode mode;
	const char **args;
	size_t n, used;
	const char *problem; /* "" : the version's own error has been reported */
};

static const char *interval_version(struct interval_parser *p, const char *missing)
{
	const char *v;

	if (p->used == p->n) {
		p->problem = missing;
		return NULL;
	}
	v = parse_version(p->r, p->line, "retract", p->path, &p->args[p->used], p->mode);
	if (v)
		p->used++;
	else
		p->problem = "";
	return v;
}

static bool interval_sign(struct interval_parser *p, const char *sign, const char *missing)
{
	if (p->used < p->n && str_eq(p->args[p->used], sign)) {
		p->used++;
		return true;
	}
	p->problem = missing;
	return false;
}

static bool parse_interval(struct interval_parser *p, struct gomod_retract *out)
{
	if (p->n == 0 || str_eq(p->args[0], "(")) {
		p->problem = "expected '[' or version";
		return false;
	}
	if (!str_eq(p->args[0], "[")) {
		out->low = out->high = interval_version(p, "");
		return out->low != NULL;
	}
	p->used = 1;
	out->low = interval_version(p, "expected version after '['");
	if (!out->low || !interval_sign(p, ",", "expected ',' after version"))
		return false;
	out->high = interval_version(p, "expected version after ','");
	return out->high && interval_sign(p, "]", "expected ']' after version");
}

/* In lax mode what is not understood is left out: there may be more syntax one day. */
static void add_retract(struct modrule *r, struct gomod *f, const struct modsyntax_block *block,
			struct modsyntax_line *line, const char **args, size_t n)
{
	struct interval_parser p = { r, line, "", FIX_NOTHING, args, n, 0, "" };
	struct gomod_retract retract = { .line = line };
	size_t n_errors = r->errors->n;

	retract.rationale = modsyntax_comment_text(f->arena, block, line);
	if (!parse_interval(&p, &retract)) {
		if (r->lax)
			r->errors->n = n_errors;
		else if (*p.problem)
			error_at(r, line, p.problem);
		return;
	}
	if (p.used < n && !r->lax) {
		struct buf quoted = BUF_INIT;

		text_quote(&quoted, args[p.used], strlen(args[p.used]));
		errorf(r, line, "unexpected token after version: %s", quoted.data);
		buf_release(&quoted);
		return;
	}
	arena_vec_push(f->arena, &f->retract, retract);
}

/* The versions of retractions belong to the module, whose path may stand at the end of the file. */
static void fix_retractions(struct modrule *r, struct gomod *f)
{
	if (!r->fixer)
		return;
	for (size_t i = 0; i < f->retract.n; i++) {
		struct gomod_retract *retract = &f->retract.items[i];
		struct modsyntax_line *line = retract->line;
		size_t verb = str_eq(line->tokens[0], "retract");
		struct interval_parser p = {
			r, line, f->module, FIX, line->tokens + verb, line->n_tokens - verb, 0, ""
		};

		if (!*f->module) {
			error_at(r, line, "no module directive found, so retract cannot be used");
			return;
		}
		if (!parse_interval(&p, retract) && *p.problem)
			error_at(r, line, p.problem);
	}
}

/* deprecatedRE: a paragraph that starts with "Deprecated:". */
static const char *deprecation(struct arena *a, const char *text)
{
	static const char mark[] = "Deprecated:";

	for (const char *s = text; (s = strstr(s, mark)) != NULL; s++) {
		const char *end;

		if (s != text && !(s - text >= 2 && s[-1] == '\n' && s[-2] == '\n'))
			continue;
		s += strlen(mark);
		s += strspn(s, " ");
		end = strstr(s, "\n\n");
		return end ? arena_strndup(a, s, (size_t)(end - s)) : s;
	}
	return "";
}

static void add_module(struct modrule *r, struct gomod *f, const struct modsyntax_block *block,
		       struct modsyntax_line *line, const char **args, size_t n)
{
	const char *path;

	if (f->module_line) {
		error_at(r, line, "repeated module statement");
		return;
	}
	f->module_line = line;
	f->deprecated = deprecation(f->arena, modsyntax_comment_text(f->arena, block, line));
	if (n != 1) {
		error_at(r, line, "usage: module module/path");
		return;
	}
	path = string_argument(r, line, &args[0]);
	if (path)
		f->module = path;
}

static void add_require(struct modrule *r, struct gomod *f, struct modsyntax_line *line,
			const char **args, size_t n)
{
	struct gomod_require req = { .line = line };

	if (!parse_module_version(r, line, "require", args, n, &req.mod))
		return;
	req.indirect = modsyntax_is_indirect(line);
	arena_vec_push(f->arena, &f->require, req);
}

/* Statements of main modules only; false if the verb is none of them. */
static bool add_main_only(struct modrule *r, struct gomod *f, struct modsyntax_line *line,
			  const char *verb, const char **args, size_t n)
{
	struct gomod_exclude exclude = { .line = line };
	struct gomod_replace replace;
	struct gomod_godebug godebug;
	struct gomod_path tool;

	if (str_eq(verb, "toolchain")) {
		if (modrule_toolchain(r, line, args, n, &f->toolchain))
			f->toolchain_line = line;
	} else if (str_eq(verb, "exclude")) {
		if (parse_module_version(r, line, verb, args, n, &exclude.mod))
			arena_vec_push(f->arena, &f->exclude, exclude);
	} else if (str_eq(verb, "replace")) {
		if (modrule_replace(r, line, args, n, &replace))
			arena_vec_push(f->arena, &f->replace, replace);
	} else if (str_eq(verb, "godebug")) {
		if (modrule_godebug(r, line, args, n, &godebug))
			arena_vec_push(f->arena, &f->godebug, godebug);
	} else if (str_eq(verb, "tool")) {
		if (modrule_path(r, line, verb, args, n, &tool))
			arena_vec_push(f->arena, &f->tool, tool);
	} else {
		return false;
	}
	return true;
}

static void add(struct modrule *r, struct gomod *f, const struct modsyntax_block *block,
		struct modsyntax_line *line, const char *verb, const char **args, size_t n)
{
	struct gomod_path ignore;

	if (str_eq(verb, "require")) {
		add_require(r, f, line, args, n);
	} else if (str_eq(verb, "module")) {
		add_module(r, f, block, line, args, n);
	} else if (str_eq(verb, "go")) {
		if (modrule_go(r, line, args, n, &f->go))
			f->go_line = line;
	} else if (str_eq(verb, "retract")) {
		add_retract(r, f, block, line, args, n);
	} else if (str_eq(verb, "ignore")) {
		if (modrule_path(r, line, verb, args, n, &ignore))
			arena_vec_push(f->arena, &f->ignore, ignore);
	} else if (!r->lax && !add_main_only(r, f, line, verb, args, n)) {
		errorf(r, line, "unknown directive: %s", verb);
	}
}

void modrule_unknown_block(struct modrule *r, const struct modsyntax_block *b)
{
	struct buf text = BUF_INIT;

	for (uint32_t i = 0; i < b->n_tokens; i++)
		buf_addf(&text, "%s%s", i ? " " : "", b->tokens[i]);
	modsyntax_errors_add(r->errors, r->syntax->name, b->line, b->column,
			     "unknown block type: %s", text.data);
	buf_release(&text);
}

static bool block_allowed(const char *verb)
{
	static const char *const verbs[] = { "module",	"godebug", "require", "exclude",
					     "replace", "retract", "tool",    "ignore" };

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (str_eq(verb, verbs[i]))
			return true;
	return false;
}

static void add_block(struct modrule *r, struct gomod *f, const struct modsyntax_block *b)
{
	if (b->n_tokens > 1 || !block_allowed(b->tokens[0])) {
		if (!r->lax)
			modrule_unknown_block(r, b);
		return;
	}
	for (size_t i = 0; i < b->n_lines; i++)
		add(r, f, b, b->lines[i], b->tokens[0], b->lines[i]->tokens, b->lines[i]->n_tokens);
}

bool modrule_done(struct modrule *r, struct err *e)
{
	if (!r->errors->n)
		return true;
	modsyntax_errors_set(e, r->errors, r->syntax->name);
	if (e && r->errors->n == 1 && r->code != ERR_NONE)
		e->code = r->code;
	return false;
}

static struct gomod *gomod_new(struct arena *a, const char *name)
{
	struct gomod *f = arena_calloc(a, 1, sizeof(*f));

	f->arena = f->syntax.arena = a;
	f->syntax.name = arena_strdup(a, name);
	f->module = f->deprecated = f->go = f->toolchain = "";
	return f;
}

bool gomod_parse(struct gomod **out, struct arena *a, const struct gomod_options *o,
		 const char *data, size_t len, struct err *e)
{
	struct gomod *f = gomod_new(a, o->name);
	struct modsyntax_errors local = { .arena = a };
	struct modrule r = { .syntax = &f->syntax,
			     .errors = o->errors ? o->errors : &local,
			     .fixer = o->fixer,
			     .lax = o->lax };

	r.errors->arena = a;
	r.errors->n = 0;
	if (!modsyntax_parse(&f->syntax, a, o->name, o->long_name, data, len, r.errors, e))
		return false;
	for (size_t i = 0; i < f->syntax.n_stmts; i++) {
		struct modsyntax_stmt *s = &f->syntax.stmts[i];

		if (s->kind == MODSYNTAX_LINE)
			add(&r, f, NULL, s->line, s->line->tokens[0], s->line->tokens + 1,
			    s->line->n_tokens - 1);
		else if (s->kind == MODSYNTAX_BLOCK)
			add_block(&r, f, s->block);
	}
	fix_retractions(&r, f);
	*out = f;
	return modrule_done(&r, e);
}

void gomod_format(struct buf *b, const struct gomod *f)
{
	modsyntax_format(b, &f->syntax);
}
