/* Parses go.mod's directives: modfile's rule.go up to the edits. */
#include "gofiles/directive_impl.h"

#include "base/text.h"

/* A version interval from the arguments, *used of them; NULL, or go's error if no version is wrong. */
struct interval_parser {
	struct directive_reader *r;
	const struct modsyntax_line *line;
	const char *path;
	enum directive_fix mode;
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
	v = directive_version(p->r, p->line, "retract", p->path, &p->args[p->used], p->mode);
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

/* In lax mode, what is not understood is ignored: later versions may add syntax. */
static void add_retract(struct directive_reader *r, struct gomod *f,
			const struct modsyntax_block *block, struct modsyntax_line *line,
			const char **args, size_t n)
{
	struct interval_parser p = { r, line, "", DIRECTIVE_AS_WRITTEN, args, n, 0, "" };
	struct gomod_retract retract = { .line = line };
	size_t n_errors = r->errors->n;

	retract.rationale = modsyntax_comment_text(f->arena, block, line);
	if (!parse_interval(&p, &retract)) {
		if (r->lax)
			r->errors->n = n_errors;
		else if (*p.problem)
			directive_error(r, line, p.problem);
		return;
	}
	if (p.used < n && !r->lax) {
		struct buf quoted = BUF_INIT;

		text_quote(&quoted, args[p.used], strlen(args[p.used]));
		directive_errorf(r, line, "unexpected token after version: %s", quoted.data);
		buf_release(&quoted);
		return;
	}
	arena_vec_push(f->arena, &f->retract, retract);
}

/* The versions of retractions belong to the module, whose path may come at the end of the file. */
static void fix_retractions(struct directive_reader *r, struct gomod *f)
{
	if (!r->fixer)
		return;
	for (size_t i = 0; i < f->retract.n; i++) {
		struct gomod_retract *retract = &f->retract.items[i];
		struct modsyntax_line *line = retract->line;
		size_t verb = str_eq(line->tokens[0], "retract");
		struct interval_parser p = { r,
					     line,
					     f->module,
					     DIRECTIVE_FIX,
					     line->tokens + verb,
					     line->n_tokens - verb,
					     0,
					     "" };

		if (!*f->module) {
			directive_error(r, line,
					"no module directive found, so retract cannot be used");
			return;
		}
		if (!parse_interval(&p, retract) && *p.problem)
			directive_error(r, line, p.problem);
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

static void add_module(struct directive_reader *r, struct gomod *f,
		       const struct modsyntax_block *block, struct modsyntax_line *line,
		       const char **args, size_t n)
{
	const char *path;

	if (f->module_line) {
		directive_error(r, line, "repeated module statement");
		return;
	}
	f->module_line = line;
	f->deprecated = deprecation(f->arena, modsyntax_comment_text(f->arena, block, line));
	if (n != 1) {
		directive_error(r, line, "usage: module module/path");
		return;
	}
	path = directive_string(r, line, &args[0]);
	if (path)
		f->module = path;
}

static void add_require(struct directive_reader *r, struct gomod *f, struct modsyntax_line *line,
			const char **args, size_t n)
{
	struct gomod_require req = { .line = line };

	if (!directive_module_version(r, line, "require", args, n, &req.mod))
		return;
	req.indirect = modsyntax_is_indirect(line);
	arena_vec_push(f->arena, &f->require, req);
}

/* Statements of main modules only; false if the verb is none of them. */
static bool add_main_only(struct directive_reader *r, struct gomod *f, struct modsyntax_line *line,
			  const char *verb, const char **args, size_t n)
{
	struct gomod_exclude exclude = { .line = line };
	struct gomod_replace replace;
	struct gomod_godebug godebug;
	struct gomod_path tool;

	if (str_eq(verb, "toolchain")) {
		if (directive_toolchain(r, line, args, n, &f->toolchain))
			f->toolchain_line = line;
	} else if (str_eq(verb, "exclude")) {
		if (directive_module_version(r, line, verb, args, n, &exclude.mod))
			arena_vec_push(f->arena, &f->exclude, exclude);
	} else if (str_eq(verb, "replace")) {
		if (directive_replace(r, line, args, n, &replace))
			arena_vec_push(f->arena, &f->replace, replace);
	} else if (str_eq(verb, "godebug")) {
		if (directive_godebug(r, line, args, n, &godebug))
			arena_vec_push(f->arena, &f->godebug, godebug);
	} else if (str_eq(verb, "tool")) {
		if (directive_path(r, line, verb, args, n, &tool))
			arena_vec_push(f->arena, &f->tool, tool);
	} else {
		return false;
	}
	return true;
}

static void add(struct directive_reader *r, struct gomod *f, const struct modsyntax_block *block,
		struct modsyntax_line *line, const char *verb, const char **args, size_t n)
{
	struct gomod_path ignore;

	if (str_eq(verb, "require")) {
		add_require(r, f, line, args, n);
	} else if (str_eq(verb, "module")) {
		add_module(r, f, block, line, args, n);
	} else if (str_eq(verb, "go")) {
		if (directive_go(r, line, args, n, &f->go))
			f->go_line = line;
	} else if (str_eq(verb, "retract")) {
		add_retract(r, f, block, line, args, n);
	} else if (str_eq(verb, "ignore")) {
		if (directive_path(r, line, verb, args, n, &ignore))
			arena_vec_push(f->arena, &f->ignore, ignore);
	} else if (!r->lax && !add_main_only(r, f, line, verb, args, n)) {
		directive_errorf(r, line, "unknown directive: %s", verb);
	}
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

static void add_block(struct directive_reader *r, struct gomod *f, const struct modsyntax_block *b)
{
	if (b->n_tokens > 1 || !block_allowed(b->tokens[0])) {
		if (!r->lax)
			directive_unknown_block(r, b);
		return;
	}
	for (size_t i = 0; i < b->n_lines; i++)
		add(r, f, b, b->lines[i], b->tokens[0], b->lines[i]->tokens, b->lines[i]->n_tokens);
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
	struct modsyntax_errors own = { .arena = a };
	struct directive_reader r;

	if (!directive_open(&r, &f->syntax, &own, a, o, data, len, e))
		return false;
	r.fixer = o->fixer;
	r.lax = o->lax;
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
	return directive_done(&r, e);
}
