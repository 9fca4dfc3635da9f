#include "gofiles/directive_impl.h"

#include "base/text.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

/* A token as a string; the tree gets its standard form. NULL with an error. */
static const char *plain_string(struct directive_reader *r, const char **token, const char **why)
{
	const char *s = modsyntax_unquote(r->syntax->arena, *token, why);

	if (s)
		*token = modsyntax_quote(r->syntax->arena, s);
	return s;
}

const char *directive_string(struct directive_reader *r, const struct modsyntax_line *line,
			     const char **token)
{
	const char *why, *s = plain_string(r, token, &why);

	if (!s)
		directive_errorf(r, line, "invalid quoted string: %s", why);
	return s;
}

/* `VERB PATH: version "V" invalid: WHY`, as modfile.Error and module.InvalidVersionError print it. */
static void version_error(struct directive_reader *r, const struct modsyntax_line *line,
			  const char *verb, const char *path, const char *version, const char *why)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, version, strlen(version));
	directive_errorf(r, line, "%s%s%s: version %s invalid: %s", verb, *path ? " " : "", path,
			 quoted.data, why);
	buf_release(&quoted);
}

static void path_error(struct directive_reader *r, const struct modsyntax_line *line,
		       const char *verb, const char *path, const char *text)
{
	directive_errorf(r, line, "%s%s%s: %s", verb, *path ? " " : "", path, text);
}

/* modload.fixVersion: canonical versions are only checked, others are queried. */
static const char *fix_version(struct directive_reader *r, const struct modsyntax_line *line,
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
		directive_error(r, line, err_is_set(&e) ? e.text : "");
	else if (!str_eq(resolved, version))
		r->fixer->fixed = true;
	if (!resolved && e.code != ERR_NONE && r->code == ERR_NONE)
		r->code = e.code;
	err_release(&e);
	return resolved;
}

/* parseVersion. */
const char *directive_version(struct directive_reader *r, const struct modsyntax_line *line,
			      const char *verb, const char *path, const char **token,
			      enum directive_fix mode)
{
	struct arena *a = r->syntax->arena;
	const char *why, *v = plain_string(r, token, &why);

	if (!v) {
		version_error(r, line, verb, path, *token, why);
		return NULL;
	}
	if (mode == DIRECTIVE_FIX && r->fixer) {
		v = fix_version(r, line, verb, path, v);
		if (!v)
			return NULL;
	} else if (mode == DIRECTIVE_FIX) {
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

static bool check_major(struct directive_reader *r, const struct modsyntax_line *line,
			const char *verb, const char *path, const char *version,
			const char *path_major)
{
	struct err e = ERR_INIT;

	if (modpath_check_major(version, path_major, &e))
		return true;
	path_error(r, line, verb, path, e.text);
	err_release(&e);
	return false;
}

bool directive_module_version(struct directive_reader *r, const struct modsyntax_line *line,
			      const char *verb, const char **args, size_t n, struct modver *m)
{
	size_t prefix;

	if (n != 2) {
		directive_errorf(r, line, "usage: %s module/path v1.2.3", verb);
		return false;
	}
	m->path = directive_string(r, line, &args[0]);
	if (!m->path)
		return false;
	m->version = directive_version(r, line, verb, m->path, &args[1], DIRECTIVE_FIX);
	if (!m->version)
		return false;
	if (!modpath_split(m->path, &prefix)) {
		directive_error(r, line, "invalid module path");
		return false;
	}
	return check_major(r, line, verb, m->path, m->version, m->path + prefix);
}

static bool parse_replaced(struct directive_reader *r, const struct modsyntax_line *line,
			   const char **args, size_t arrow, struct modver *from)
{
	size_t prefix;

	from->path = directive_string(r, line, &args[0]);
	if (!from->path)
		return false;
	from->version = "";
	if (!modpath_split(from->path, &prefix)) {
		path_error(r, line, "replace", from->path, "invalid module path");
		return false;
	}
	if (arrow == 1)
		return true;
	from->version = directive_version(r, line, "replace", from->path, &args[1], DIRECTIVE_FIX);
	return from->version &&
	       check_major(r, line, "replace", from->path, from->version, from->path + prefix);
}

static bool check_replacement_dir(struct directive_reader *r, const struct modsyntax_line *line,
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
		directive_error(r, line, text);
	return !text;
}

bool directive_replace(struct directive_reader *r, struct modsyntax_line *line, const char **args,
		       size_t n, struct gomod_replace *out)
{
	size_t arrow = n >= 2 && str_eq(args[1], "=>") ? 1 : 2;

	*out = (struct gomod_replace){ .line = line };
	if (n < arrow + 2 || n > arrow + 3 || !str_eq(args[arrow], "=>")) {
		directive_error(r, line,
				"usage: replace module/path [v1.2.3] => other/module v1.4\n"
				"\t or replace module/path [v1.2.3] => ../local/directory");
		return false;
	}
	if (!parse_replaced(r, line, args, arrow, &out->from))
		return false;
	out->to.path = directive_string(r, line, &args[arrow + 1]);
	if (!out->to.path)
		return false;
	out->to.version = "";
	if (n == arrow + 2)
		return check_replacement_dir(r, line, out->to.path);
	out->to.version = directive_version(r, line, "replace", out->to.path, &args[arrow + 2],
					    DIRECTIVE_FIX);
	if (!out->to.version)
		return false;
	if (modpath_is_directory(out->to.path)) {
		struct buf quoted = BUF_INIT;

		text_quote(&quoted, out->to.path, strlen(out->to.path));
		directive_errorf(r, line,
				 "replacement module directory path %s cannot have version",
				 quoted.data);
		buf_release(&quoted);
		return false;
	}
	return true;
}

bool directive_go(struct directive_reader *r, const struct modsyntax_line *line, const char **args,
		  size_t n, const char **version)
{
	if (*version[0]) {
		directive_error(r, line, "repeated go statement");
		return false;
	}
	if (n != 1) {
		directive_error(r, line, "go directive expects exactly one argument");
		return false;
	}
	if (!gomod_go_version_ok(args[0], strlen(args[0]))) {
		const char *fixed = r->lax ? gomod_lax_go_version(r->syntax->arena, args[0]) : NULL;

		if (!fixed) {
			directive_errorf(r, line,
					 "invalid go version '%s': must match format 1.23.0",
					 args[0]);
			return false;
		}
		args[0] = fixed;
	}
	*version = args[0];
	return true;
}

bool directive_toolchain(struct directive_reader *r, const struct modsyntax_line *line,
			 const char **args, size_t n, const char **name)
{
	if (*name[0]) {
		directive_error(r, line, "repeated toolchain statement");
		return false;
	}
	if (n != 1) {
		directive_error(r, line, "toolchain directive expects exactly one argument");
		return false;
	}
	if (!gomod_toolchain_ok(args[0])) {
		directive_errorf(
			r, line,
			"invalid toolchain version '%s': must match format go1.23.0 or default",
			args[0]);
		return false;
	}
	*name = args[0];
	return true;
}

bool directive_godebug(struct directive_reader *r, struct modsyntax_line *line, const char **args,
		       size_t n, struct gomod_godebug *out)
{
	const char *eq = n == 1 && !strpbrk(args[0], "\"`',") ? strchr(args[0], '=') : NULL;

	if (!eq) {
		directive_error(r, line, "usage: godebug key=value");
		return false;
	}
	out->key = arena_strndup(r->syntax->arena, args[0], (size_t)(eq - args[0]));
	out->value = eq + 1;
	out->line = line;
	return true;
}

bool directive_path(struct directive_reader *r, struct modsyntax_line *line, const char *verb,
		    const char **args, size_t n, struct gomod_path *out)
{
	if (n != 1) {
		if (str_eq(verb, "use"))
			directive_error(r, line, "usage: use local/dir");
		else
			directive_errorf(r, line, "%s directive expects exactly one argument",
					 verb);
		return false;
	}
	out->path = directive_string(r, line, &args[0]);
	out->line = line;
	return out->path != NULL;
}

void directive_unknown_block(struct directive_reader *r, const struct modsyntax_block *b)
{
	struct buf text = BUF_INIT;

	for (uint32_t i = 0; i < b->n_tokens; i++)
		buf_addf(&text, "%s%s", i ? " " : "", b->tokens[i]);
	modsyntax_errors_add(r->errors, r->syntax->name, b->line, b->column,
			     "unknown block type: %s", text.data);
	buf_release(&text);
}

bool directive_open(struct directive_reader *r, struct modsyntax *syntax,
		    struct modsyntax_errors *own, struct arena *a, const struct gomod_options *o,
		    const char *data, size_t len, struct err *e)
{
	*r = (struct directive_reader){ .syntax = syntax, .errors = o->errors ? o->errors : own };
	r->errors->arena = a;
	r->errors->n = 0;
	return modsyntax_parse(syntax, a, o->name, o->long_name, data, len, r->errors, e);
}

bool directive_done(struct directive_reader *r, struct err *e)
{
	if (!r->errors->n)
		return true;
	modsyntax_errors_set(e, r->errors, r->syntax->name);
	if (e && r->errors->n == 1 && r->code != ERR_NONE)
		e->code = r->code;
	return false;
}
