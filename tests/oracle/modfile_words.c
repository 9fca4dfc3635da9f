/*
 * modfile_words - answers the questions of modfile_oracle.go (names and arguments in hex, a line each) with core's code.
 * Only for tests/oracle/modfile.sh.
 */
#include <unistd.h>

#include "gofiles/gosum.h"
#include "gofiles/gover.h"
#include "gofiles/gowork.h"
#include "gofiles/modpath.h"
#include "gofiles/modulestxt.h"
#include "gofiles/pseudo.h"
#include "base/text.h"

static struct arena a;
static struct buf out;

static const char *piece(struct semver_part p)
{
	return arena_strndup(&a, p.s, p.len);
}

static const char *boolean(bool b)
{
	return b ? "true" : "false";
}

/* Appends the result of a fallible function: its text, or "error: " and the error. */
static void say(bool ok, const char *text, struct err *e)
{
	buf_addf(&out, "%s%s", ok ? "" : "error: ", ok ? text : e->text);
	err_release(e);
	*e = (struct err)ERR_INIT;
}

static void answer_semver(const char *v, const char *w)
{
	buf_addf(&out, "%s %d %s %.*s %s %s %s", boolean(semver_valid(v)), semver_compare(v, w),
		 semver_canonical(&a, v), (int)semver_major(v), v, semver_major_minor(&a, v),
		 piece(semver_prerelease(v)), piece(semver_build(v)));
}

static void answer_gover(const char *v, const char *w)
{
	buf_addf(&out, "%s %d %s %s %s|%s", boolean(gover_valid(v)), gover_compare(v, w),
		 boolean(gover_is_lang(v)), boolean(gover_mod_is_prerelease("go", v)),
		 gover_mod_major_minor(&a, "go", v), gover_prev(&a, v));
}

static void answer_modver(const char *p, const char *v, const char *w)
{
	bool valid = gover_mod_valid(p, v);

	buf_addf(&out, "%d %s", gover_mod_compare(p, v, w), boolean(valid));
	if (valid)
		buf_addf(&out, " %s %s %s", boolean(gover_mod_is_prefix(p, v)),
			 boolean(gover_mod_is_prerelease(p, v)), gover_mod_major_minor(&a, p, v));
}

static void answer_path(const char *p, size_t len)
{
	struct err e = ERR_INIT;

	say(modpath_check(p, &e), "ok", &e);
	buf_addch(&out, '\n');
	say(modpath_check_import(p, &e), "ok", &e);
	buf_addch(&out, '\n');
	say(modpath_check_file_n(p, len, &e), "ok", &e);
}

static void answer_split(const char *p, const char *v)
{
	struct err e = ERR_INIT;
	size_t prefix;
	bool ok = modpath_split(p, &prefix);

	buf_addf(&out, "%.*s|%s|%s|%s|", (int)prefix, p, p + prefix, boolean(ok),
		 boolean(modpath_match_major_n(v, strlen(v), p + prefix, strlen(p + prefix))));
	say(modpath_check_major(v, p + prefix, &e), "ok", &e);
	buf_addch(&out, '|');
	say(modpath_check_version(p, v, &e), "ok", &e);
	buf_addf(&out, "|%s", modpath_canonical_version(&a, v));
}

static void answer_escape(const char *s)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok;

	ok = modpath_escape(&b, s, &e);
	say(ok, b.data, &e);
	buf_addch(&out, '\n');
	buf_clear(&b);
	ok = modpath_escape_version(&b, s, &e);
	say(ok, b.data, &e);
	buf_release(&b);
}

static void answer_pseudo(const char *v)
{
	struct err e = ERR_INIT;
	char seconds[32] = "";
	int64_t t = 0;
	bool ok;

	buf_addf(&out, "%s|", boolean(pseudo_is(v)));
	ok = pseudo_time(&t, v, &e);
	snprintf(seconds, sizeof(seconds), "%lld", (long long)t);
	say(ok, seconds, &e);
}

static void add_quoted(const char *s)
{
	text_quote(&out, s, strlen(s));
}

static void dump_replaces(const struct gomod_replaces *v)
{
	for (size_t i = 0; i < v->n; i++)
		buf_addf(&out, "replace %s %s %s %s\n", v->items[i].from.path,
			 v->items[i].from.version, v->items[i].to.path, v->items[i].to.version);
}

static void dump_godebugs(const struct gomod_godebugs *v)
{
	for (size_t i = 0; i < v->n; i++)
		buf_addf(&out, "godebug %s %s\n", v->items[i].key, v->items[i].value);
}

static void dump_head(const char *go, const char *toolchain)
{
	if (*go)
		buf_addf(&out, "go %s\n", go);
	if (*toolchain)
		buf_addf(&out, "toolchain %s\n", toolchain);
}

static void dump(const struct gomod *f)
{
	if (f->module_line) {
		buf_addf(&out, "module %s deprecated ", f->module);
		add_quoted(f->deprecated);
		buf_addch(&out, '\n');
	}
	dump_head(f->go, f->toolchain);
	for (size_t i = 0; i < f->require.n; i++)
		buf_addf(&out, "require %s %s %s\n", f->require.items[i].mod.path,
			 f->require.items[i].mod.version, boolean(f->require.items[i].indirect));
	for (size_t i = 0; i < f->exclude.n; i++)
		buf_addf(&out, "exclude %s %s\n", f->exclude.items[i].mod.path,
			 f->exclude.items[i].mod.version);
	dump_replaces(&f->replace);
	for (size_t i = 0; i < f->retract.n; i++) {
		buf_addf(&out, "retract %s %s ", f->retract.items[i].low, f->retract.items[i].high);
		add_quoted(f->retract.items[i].rationale);
		buf_addch(&out, '\n');
	}
	dump_godebugs(&f->godebug);
	for (size_t i = 0; i < f->tool.n; i++)
		buf_addf(&out, "tool %s\n", f->tool.items[i].path);
	for (size_t i = 0; i < f->ignore.n; i++)
		buf_addf(&out, "ignore %s\n", f->ignore.items[i].path);
}

/* The fixer of modfile_oracle.go. */
static bool query(void *ctx, const char *path, const char *version, const char **resolved,
		  bool *inner, struct err *e)
{
	(void)ctx;
	(void)path;
	*resolved = "v1.2.3";
	if (str_eq(version, "master"))
		return true;
	if (str_eq(version, "inner")) {
		*inner = true;
		return err_set(e, ERR_NOT_FOUND, "no such revision");
	}
	return err_set(e, ERR_NOT_FOUND, "query of %s", version);
}

static void answer_gomod(const char *data, size_t len, bool lax, bool fix)
{
	struct gomod_fixer fixer = { .query = query };
	struct gomod_options o = { .name = "go.mod", .lax = lax, .fixer = fix ? &fixer : NULL };
	struct err e = ERR_INIT;
	struct gomod *f;

	if (gomod_parse(&f, &a, &o, data, len, &e)) {
		dump(f);
		buf_addstr(&out, "----\n");
		gomod_format(&out, f);
	} else {
		say(false, NULL, &e);
	}
	if (fix)
		buf_addf(&out, "\nfixed %s", boolean(fixer.fixed));
}

static void answer_gowork(const char *data, size_t len)
{
	struct gomod_options o = { .name = "go.work" };
	struct err e = ERR_INIT;
	struct gowork *f;

	if (!gowork_parse(&f, &a, &o, data, len, &e)) {
		say(false, NULL, &e);
		return;
	}
	dump_head(f->go, f->toolchain);
	for (size_t i = 0; i < f->use.n; i++)
		buf_addf(&out, "use %s\n", f->use.items[i].path);
	dump_replaces(&f->replace);
	dump_godebugs(&f->godebug);
	buf_addstr(&out, "----\n");
	modsyntax_format(&out, &f->syntax);
}

/* Splits a line into words at single spaces; "-" is the empty string. */
static size_t words(char *line, const char **w, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < max; i++)
		w[i] = "";
	for (char *s = line; s && n < max; n++) {
		char *blank = strchr(s, ' ');

		if (blank)
			*blank++ = '\0';
		w[n] = str_eq(s, "-") ? "" : s;
		s = blank;
	}
	return n;
}

static size_t requirements(const char **w, size_t n, struct gomod_require *req)
{
	size_t found = 0;

	for (size_t i = 1; i < n; i++) {
		const char *at = strchr(w[i], '@');
		size_t len;

		if (!at)
			continue;
		len = strlen(at + 1);
		req[found] = (struct gomod_require){ .indirect = at[len] == '!' };
		req[found].mod.path = arena_strndup(&a, w[i], (size_t)(at - w[i]));
		req[found].mod.version = arena_strndup(&a, at + 1, len - req[found].indirect);
		found++;
	}
	return found;
}

static bool edit_head(struct gomod *f, const char **w, struct err *e)
{
	if (str_eq(w[0], "go"))
		gomod_add_go(f, w[1], e);
	else if (str_eq(w[0], "toolchain"))
		gomod_add_toolchain(f, w[1], e);
	else if (str_eq(w[0], "droptoolchain"))
		gomod_drop_toolchain(f);
	else if (str_eq(w[0], "dropreplace"))
		gomod_drop_replace(f, (struct modver){ w[1], w[2] });
	else
		return false;
	return true;
}

static bool edit_require(struct gomod *f, const char **w, size_t n)
{
	struct gomod_require req[16];

	if (str_eq(w[0], "setrequire"))
		gomod_set_require(f, req, requirements(w, n, req));
	else if (str_eq(w[0], "setseparate"))
		gomod_set_require_separate_indirect(f, req, requirements(w, n, req));
	else
		return false;
	return true;
}

static void answer_edit(const char *data, size_t len, char *script)
{
	struct gomod_options o = { .name = "go.mod" };
	struct err e = ERR_INIT;
	const char *w[16];
	struct gomod *f;

	if (!gomod_parse(&f, &a, &o, data, len, &e)) {
		say(false, NULL, &e);
		return;
	}
	for (char *line = strtok_r(script, "\n", &script); line;
	     line = strtok_r(NULL, "\n", &script)) {
		size_t n = words(line, w, ARRAY_LEN(w));

		if (!edit_head(f, w, &e) && !edit_require(f, w, n))
			abort();
		if (err_is_set(&e))
			buf_addf(&out, "%s\n", e.text);
		err_clear(&e);
		gomod_cleanup(f);
	}
	buf_addstr(&out, "----\n");
	gomod_format(&out, f);
}

static bool keep_all(void *ctx, struct modver m, enum gosum_kind kind)
{
	(void)ctx;
	(void)m;
	(void)kind;
	return true;
}

/* go.sum can only be read from a file. */
static void answer_gosum(const char *data, size_t len, bool tidy)
{
	char file[] = "/tmp/modfile-words-XXXXXX";
	int fd = mkstemp(file);
	struct buf before = BUF_INIT;
	struct err e = ERR_INIT;
	struct gosum *s;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd))
		abort();
	s = gosum_new(file, tidy);
	if (!gosum_tidy(s, keep_all, NULL, &before, &out, &e)) {
		const char *at = strstr(e.text, file);

		buf_addf(&out, "error: %.*sFILE%s", (int)(at - e.text), e.text, at + strlen(file));
	}
	gosum_free(s);
	buf_release(&before);
	err_release(&e);
	unlink(file);
}

static const char *mod_text(struct modver m)
{
	return *m.version ? arena_fmt(&a, "%s@%s", m.path, m.version) : m.path;
}

static int order_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void add_sorted(const struct modulestxt *t)
{
	VEC(const char *) lines = { 0 };

	for (size_t i = 0; i < t->n_modules; i++) {
		const struct modulestxt_module *m = t->modules[i];

		vec_push(&lines, arena_fmt(&a, "meta %s %s %s %s %s\n", mod_text(m->mod),
					   boolean(m->explicit_mark), m->go_version,
					   m->replacement.path, m->replacement.version));
	}
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct modulestxt_module *m = t->packages.entries[i].value;

		vec_push(&lines, arena_fmt(&a, "package %s %s\n", t->packages.entries[i].key,
					   mod_text(m->mod)));
	}
	if (lines.n)
		qsort(lines.items, lines.n, sizeof(*lines.items), order_text);
	for (size_t i = 0; i < lines.n; i++)
		buf_addstr(&out, lines.items[i]);
	vec_release(&lines);
}

static void answer_modulestxt(const char *data, size_t len)
{
	struct modulestxt t;
	struct err e = ERR_INIT;

	if (!modulestxt_parse(&t, &a, data, len, "1.26.8", "modules.txt", &e)) {
		say(false, NULL, &e);
		return;
	}
	for (size_t i = 0; i < t.n_replaced; i++)
		buf_addf(&out, "replaced %s\n", mod_text(t.replaced[i]->mod));
	for (size_t i = 0; i < t.n_list; i++)
		buf_addf(&out, "list %s\n", mod_text(t.list[i]->mod));
	add_sorted(&t);
	modulestxt_release(&t);
}

static void answer_words(const char *op, char **arg, const size_t *len)
{
	struct semver_part t;

	if (str_eq(op, "semver")) {
		answer_semver(arg[0], arg[1]);
	} else if (str_eq(op, "gover")) {
		answer_gover(arg[0], arg[1]);
	} else if (str_eq(op, "toolchain")) {
		t = gover_from_toolchain(arg[0]);
		buf_addf(&out, "%s|%d", piece(t), gover_mod_compare("toolchain", arg[0], arg[1]));
	} else if (str_eq(op, "modver")) {
		answer_modver(arg[0], arg[1], arg[2]);
	} else if (str_eq(op, "path")) {
		answer_path(arg[0], len[0]);
	} else if (str_eq(op, "split")) {
		answer_split(arg[0], arg[1]);
	} else if (str_eq(op, "escape")) {
		answer_escape(arg[0]);
	} else if (str_eq(op, "globs")) {
		buf_addstr(&out, boolean(modpath_match_globs(arg[0], arg[1])));
	} else if (str_eq(op, "pseudo")) {
		answer_pseudo(arg[0]);
	} else if (str_eq(op, "zeropseudo")) {
		buf_addstr(&out, pseudo_zero(&a, arg[0]));
	} else {
		abort();
	}
}

static void answer(const char *op, char **arg, const size_t *len)
{
	if (str_eq(op, "strict") || str_eq(op, "lax") || str_eq(op, "fixed"))
		answer_gomod(arg[0], len[0], op[0] == 'l', op[0] == 'f');
	else if (str_eq(op, "work"))
		answer_gowork(arg[0], len[0]);
	else if (str_eq(op, "gosum"))
		answer_gosum(arg[0], len[0], str_eq(arg[1], "tidy"));
	else if (str_eq(op, "modulestxt"))
		answer_modulestxt(arg[0], len[0]);
	else if (str_eq(op, "edit"))
		answer_edit(arg[0], len[0], arg[1]);
	else
		answer_words(op, arg, len);
}

static char *decode(const char *hex, size_t *len)
{
	char *s = arena_alloc(&a, strlen(hex) / 2 + 1);

	*len = strlen(hex) / 2;
	for (size_t i = 0; i < *len; i++) {
		char byte[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		s[i] = (char)strtol(byte, NULL, 16);
	}
	s[*len] = '\0';
	return s;
}

int main(void)
{
	struct buf quoted = BUF_INIT;
	char *line = NULL;
	size_t cap = 0;

	buf_init(&out);
	while (getline(&line, &cap, stdin) > 0) {
		char none[1] = "", *arg[] = { none, none, none, none, none, none, none, none },
		     *rest;
		size_t len[8] = { 0 }, n = 0;
		char *op = strtok_r(line, "\t\n", &rest), *s = rest;

		/* an empty argument is nothing between two tabs */
		while (s && *s && n < ARRAY_LEN(arg)) {
			char *end = s + strcspn(s, "\t\n");
			char stop = *end;

			*end = '\0';
			arg[n] = decode(s, &len[n]);
			n++;
			s = stop == '\t' ? end + 1 : NULL;
		}
		buf_clear(&out);
		buf_clear(&quoted);
		answer(op, arg, len);
		text_quote(&quoted, out.data, out.len);
		printf("%s %s\n", op, quoted.data);
		arena_release(&a);
	}
	free(line);
	buf_release(&out);
	buf_release(&quoted);
	return 0;
}
