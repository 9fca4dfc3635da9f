/* Edits of go.mod: each expected file was printed by golang.org/x/mod/modfile for the same edits. */

#include "unit.h"

#include "base/text.h"
#include "gofiles/gomod.h"

/* "set" and "sep" are SetRequire and SetRequireSeparateIndirect of PATH@VERSION, with "!" the indirect ones. */
static const struct {
	const char *text, *edits, *want;
} cases[] = {
	{ "module m\n\nrequire a.b/c v1.0.0 // why\n\nrequire a.b/c v1.1.0\n",
	  "require a.b/c@v1.2.0", "module m\n\nrequire a.b/c v1.2.0 // why\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\ta.b/d v1.0.0\n)\n",
	  "require a.b/e@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\ta.b/d v1.0.0\n\ta.b/e v1.0.0\n)\n" },
	{ "module m\n", "require a.b/e@v1.0.0", "module m\n\nrequire a.b/e v1.0.0\n" },
	{ "module m\n\nrequire a.b/c v1.0.0\n", "require a.b/a@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/a v1.0.0\n)\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n)\n", "droprequire a.b/c",
	  "module m\n\nrequire a.b/d v1.0.0\n" },
	{ "module m\n\nrequire a.b/c v1.0.0\n", "droprequire a.b/x",
	  "module m\n\nrequire a.b/c v1.0.0\n" },
	{ "module m\n\nrequire a.b/c v1.0.0\n\nrequire a.b/c v1.0.1\n", "droprequire a.b/c",
	  "module m\n" },
	{ "module m\n\nreplace a.b/c => ../c\n\nreplace a.b/c v1.0.0 => ../d\n\nreplace a.b/e => ../e\n",
	  "dropreplace a.b/c",
	  "module m\n\nreplace a.b/c v1.0.0 => ../d\n\nreplace a.b/e => ../e\n" },
	{ "module m\n\nreplace a.b/c => ../c\n\nreplace a.b/c v1.0.0 => ../d\n",
	  "dropreplace a.b/c@v1.0.0", "module m\n\nreplace a.b/c => ../c\n" },
	{ "module m\n\nreplace (\n\ta.b/c => ../c\n\ta.b/c v1.0.0 => ../d\n)\n",
	  "dropreplace a.b/c@v1.0.0;dropreplace a.b/c", "module m\n" },
	{ "module m\n\nrequire (\n\n\ta.b/c v1.0.0\n\n\ta.b/d v1.0.0\n)\n",
	  "set a.b/c@v1.1.0 a.b/d@v1.1.0",
	  "module m\n\nrequire (\n\ta.b/c v1.1.0\n\ta.b/d v1.1.0\n)\n" },
	{ "module m\n\nrequire a.b/c v1.0.0 // indirect; x\n\nrequire a.b/c v1.1.0\n",
	  "set a.b/c@v1.3.0", "module m\n\nrequire a.b/c v1.3.0 // x\n" },
	{ "module m\n\nrequire a.b/c v1.0.0\nrequire a.b/d v1.0.0 // indirect\n",
	  "sep a.b/c@v1.3.0! a.b/d@v1.0.0",
	  "module m\n\nrequire a.b/c v1.3.0 // indirect\n\nrequire a.b/d v1.0.0\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // indirect\n)\n",
	  "sep a.b/c@v1.3.0 a.b/d@v1.0.0! a.b/e@v1.0.0 a.b/f@v1.0.0!",
	  "module m\n\nrequire (\n\ta.b/c v1.3.0\n\ta.b/e v1.0.0\n)\n\nrequire (\n\ta.b/d v1.0.0 // indirect\n\ta.b/f v1.0.0 // indirect\n)\n" },
	{ "module m\n\n// kept\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // indirect\n)\n",
	  "sep a.b/c@v1.3.0 a.b/d@v1.0.0! a.b/e@v1.0.0 a.b/f@v1.0.0!",
	  "module m\n\n// kept\nrequire (\n\ta.b/c v1.3.0\n\ta.b/d v1.0.0 // indirect\n)\n\nrequire a.b/e v1.0.0\n\nrequire a.b/f v1.0.0 // indirect\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n)\n\nrequire (\n\ta.b/d v1.0.0 // indirect\n)\n",
	  "sep a.b/c@v1.0.0! a.b/d@v1.0.0",
	  "module m\n\nrequire a.b/d v1.0.0\n\nrequire a.b/c v1.0.0 // indirect\n" },
	{ "module m\n\nrequire a.b/c v1.0.0 // why\n\n// pinned\nrequire a.b/d v1.0.0\n",
	  "sep a.b/c@v1.0.0! a.b/d@v1.0.0! a.b/e@v1.0.0",
	  "module m\n\nrequire a.b/c v1.0.0 // indirect; why\n\n// pinned\nrequire a.b/d v1.0.0 // indirect\n\nrequire a.b/e v1.0.0\n" },
	{ "module m\n\nrequire (\n\t// about c\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // indirect\n)\n",
	  "sep a.b/c@v1.0.0! a.b/d@v1.0.0",
	  "module m\n\nrequire a.b/d v1.0.0\n\n// about c\nrequire a.b/c v1.0.0 // indirect\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n\t// end\n)\n",
	  "sep a.b/c@v1.0.0! a.b/d@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/d v1.0.0\n// end\n)\n\nrequire a.b/c v1.0.0 // indirect\n" },
	{ "module m\n\nrequire a.b/c v1.0.0\n\nrequire a.b/d v1.0.0 // indirect\n",
	  "sep a.b/c@v1.0.0 a.b/d@v1.0.0! a.b/e@v1.0.0! a.b/f@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/f v1.0.0\n)\n\nrequire (\n\ta.b/d v1.0.0 // indirect\n\ta.b/e v1.0.0 // indirect\n)\n" },
	{ "require a.b/c v1.0.0\n", "toolchain go1.25.0",
	  "require a.b/c v1.0.0\n\ntoolchain go1.25.0\n" },
	{ "module m\n", "toolchain go1.25.0", "module m\n\ntoolchain go1.25.0\n" },
	{ "module m\n\ngo 1.21\n\ntoolchain go1.22.0\n", "toolchain go1.25.0",
	  "module m\n\ngo 1.21\n\ntoolchain go1.25.0\n" },
	{ "module m\n", "toolchain x1", "invalid toolchain name \"x1\"" },
	{ "// top\n\nmodule m\n", "go 1.25;toolchain default",
	  "// top\n\nmodule m\n\ngo 1.25\n\ntoolchain default\n" },
	{ "require a.b/c v1.0.0\n", "go 1.25", "require a.b/c v1.0.0\n\ngo 1.25\n" },
	{ "module m\n\nretract (\n\t[v1.0.0, v1.1.0]\n\t[v1.0.0, v1.2.0]\n\tv1.3.0\n\tv1.0.0\n)\n\nexclude (\n\ta.b/d v1.0.0\n\ta.b/c v1.10.0\n\ta.b/c v1.9.0\n)\n\ntool (\n\ta.b/y\n\ta.b/x\n\ta.b/y\n)\n\nignore (\n\tb\n\ta\n\tb\n)\n",
	  "set ",
	  "module m\n\nretract (\n\tv1.3.0\n\t[v1.0.0, v1.2.0]\n\t[v1.0.0, v1.1.0]\n\tv1.0.0\n)\n\nexclude (\n\ta.b/c v1.10.0\n\ta.b/c v1.9.0\n\ta.b/d v1.0.0\n)\n\ntool (\n\ta.b/x\n\ta.b/y\n)\n\nignore (\n\ta\n\tb\n)\n" },
	{ "module m\n\ngo 1.20\n\nexclude (\n\ta.b/c v1.10.0\n\ta.b/c v1.9.0\n)\n\nreplace (\n\ta.b/d => ../d\n\ta.b/c => ../c\n\ta.b/d => ../e\n)\n",
	  "set ",
	  "module m\n\ngo 1.20\n\nexclude (\n\ta.b/c v1.10.0\n\ta.b/c v1.9.0\n)\n\nreplace (\n\ta.b/c => ../c\n\ta.b/d => ../e\n)\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n)\n\nrequire (\n\ta.b/d v1.0.0 // indirect\n\ta.b/e v1.0.0\n)\n",
	  "sep a.b/c@v1.0.0 a.b/d@v1.0.0! a.b/e@v1.0.0! a.b/f@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/f v1.0.0\n)\n\nrequire (\n\ta.b/d v1.0.0 // indirect\n\ta.b/e v1.0.0 // indirect\n)\n" },
	{ "module m\n\nrequire \"a.b/c\" v1.0.0\n\nrequire (\n\t\"a.b/d\" v1.0.0\n)\n",
	  "set a.b/c@v1.0.1 a.b/d@v1.0.1!",
	  "module m\n\nrequire a.b/c v1.0.1\n\nrequire a.b/d v1.0.1 // indirect\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n)\n",
	  "droprequire a.b/c;require a.b/c@v1.1.0",
	  "module m\n\nrequire (\n\ta.b/d v1.0.0\n\ta.b/c v1.1.0\n)\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n)\n",
	  "droprequire a.b/c;droprequire a.b/c", "module m\n\nrequire a.b/d v1.0.0\n" },
	{ "module m\n\nrequire () // x\n", "set a.b/c@v1.0.0!",
	  "module m\n\nrequire a.b/c v1.0.0 // indirect\n// x\n" },
	{ "module m\n\nrequire () // x\n", "set a.b/c@v1.0.0!;sep a.b/c@v1.0.0",
	  "module m\n\nrequire a.b/c v1.0.0 // x\n" },
	{ "module m\n\n// b\nrequire (\n\t// l\n\ta.b/c v1.0.0\n)\n", "set a.b/c@v1.0.0!",
	  "module m\n\n// b\n// l\nrequire a.b/c v1.0.0 // indirect\n" },
	{ "module m\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\ta.b/d v1.0.0 //indirect; y\n\ta.b/e v1.0.0 //\n)\n",
	  "set a.b/c@v1.0.0 a.b/d@v1.0.0 a.b/e@v1.0.0!",
	  "module m\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // y\n\ta.b/e v1.0.0 // indirect\n)\n" },
	{ "module m\n\ntoolchain go1.25.0\n\nrequire a.b/c v1.0.0 // indirkct\n",
	  "sep a.b/c@v1.0.0!;toolchain go1.26.0",
	  "module m\n\ntoolchain go1.26.0\n\nrequire a.b/c v1.0.0 // indirect; indirkct\n" },
	{ "module m\n\nreplace a.b/c => ../c\n\nreplace a.b/c => ../d\n", "dropreplace a.b/c;set ",
	  "module m\n" },
	{ "module m\n\nreplace (\n\ta.b/c => ../c\n\ta.b/d => ../d\n)\n",
	  "dropreplace a.b/c;dropreplace a.b/c;set ", "module m\n\nreplace a.b/d => ../d\n" },
	{ "module m\n", "sep a.b/c@v1.0.0 a.b/d@v1.0.0!",
	  "module m\n\nrequire a.b/c v1.0.0\n\nrequire a.b/d v1.0.0 // indirect\n" },
	{ "module m\n\nrequire (\n\n\ta.b/c v1.0.0 // x\n\n\t// y\n\ta.b/d v1.0.0\n\n\ta.b/e v1.0.0\n)\n",
	  "sep a.b/c@v1.1.0! a.b/d@v1.1.0! a.b/e@v1.1.0!",
	  "module m\n\nrequire (\n\ta.b/c v1.1.0 // indirect; x\n\n\t// y\n\ta.b/d v1.1.0 // indirect\n\ta.b/e v1.1.0 // indirect\n)\n" },
	{ "module m\n\nrequire a.b/c v1.0.0 // indirect\n",
	  "require a.b/c@v1.1.0;sep a.b/c@v1.2.0 a.b/d@v1.0.0",
	  "module m\n\nrequire (\n\ta.b/c v1.2.0\n\ta.b/d v1.0.0\n)\n" },
	{ "module m\n\nretract (\n\tv1.0.0\n\t[v1.0.0, v1.1.0]\n)\n\nexclude (\n\ta.b/c v1.0.0\n\ta.b/c v1.0.0\n)\n",
	  "go 1.21;set ",
	  "module m\n\ngo 1.21\n\nretract (\n\t[v1.0.0, v1.1.0]\n\tv1.0.0\n)\n\nexclude a.b/c v1.0.0\n" },
	{ "", "require a.b/c@v1.0.0;droprequire a.b/c", "" },
};

static size_t requirements(struct arena *a, const char *words, struct gomod_require *out)
{
	char *copy = arena_strdup(a, words), *rest = NULL;
	size_t n = 0;

	for (char *w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
		char *at = strchr(w, '@'), *mark = strchr(w, '!');

		*at = '\0';
		if (mark)
			*mark = '\0';
		out[n++] = (struct gomod_require){ { w, at + 1 }, mark != NULL, NULL };
	}
	return n;
}

static bool edit(struct arena *a, struct gomod *f, const char *verb, const char *arg, struct err *e)
{
	struct gomod_require want[8];
	const char *at = strchr(arg, '@');
	struct modver m = { at ? arena_strndup(a, arg, (size_t)(at - arg)) : arg,
			    at ? at + 1 : "" };

	if (str_eq(verb, "go"))
		return gomod_add_go(f, arg, e);
	if (str_eq(verb, "toolchain"))
		return gomod_add_toolchain(f, arg, e);
	if (str_eq(verb, "require"))
		gomod_add_require(f, m.path, m.version);
	else if (str_eq(verb, "droprequire"))
		gomod_drop_require(f, m.path);
	else if (str_eq(verb, "dropreplace"))
		gomod_drop_replace(f, m);
	else if (str_eq(verb, "set"))
		gomod_set_require(f, want, requirements(a, arg, want));
	else
		gomod_set_require_separate_indirect(f, want, requirements(a, arg, want));
	return true;
}

static bool edit_all(struct arena *a, struct gomod *f, const char *edits, struct err *e)
{
	char *copy = arena_strdup(a, edits), *rest = NULL;
	bool ok = true;

	for (char *w = strtok_r(copy, ";", &rest); w; w = strtok_r(NULL, ";", &rest)) {
		char *blank = strchr(w, ' ');

		*blank = '\0';
		ok = edit(a, f, w, blank + 1, e) && ok;
	}
	return ok;
}

static void edits(void **state)
{
	const struct gomod_options o = { .name = "go.mod" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT;
		struct err e = ERR_INIT;
		struct buf out = BUF_INIT;
		struct gomod *f;

		assert_true(gomod_parse(&f, &a, &o, cases[i].text, strlen(cases[i].text), NULL));
		if (edit_all(&a, f, cases[i].edits, &e)) {
			gomod_cleanup(f);
			gomod_format(&out, f);
			assert_string_equal(out.len ? out.data : "", cases[i].want);
		} else {
			assert_string_equal(e.text, cases[i].want);
		}
		buf_release(&out);
		err_release(&e);
		arena_release(&a);
	}
}

/* modfile.AutoQuote */
static void quotes(void **state)
{
	static const struct {
		const char *text, *want;
	} words[] = {
		{ "", "\"\"" },
		{ "a", "a" },
		{ "a b", "\"a b\"" },
		{ "(", "(" },
		{ ")", ")" },
		{ ",", "," },
		{ "a(b", "\"a(b\"" },
		{ "a,b", "\"a,b\"" },
		{ "/", "/" },
		{ "//", "\"//\"" },
		{ "a//b", "\"a//b\"" },
		{ "a/*b", "\"a/*b\"" },
		{ "'", "\"'\"" },
		{ "`", "\"`\"" },
		{ "=>", "=>" },
		{ "a\tb", "\"a\\tb\"" },
		{ "\177", "\"\\x7f\"" },
		{ "\303\244", "\303\244" },
		{ "\302\240", "\"\\u00a0\"" },
		{ "\342\200\213", "\"\\u200b\"" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_string_equal(modsyntax_quote(&a, words[i].text), words[i].want);
	arena_release(&a);
}

/* strconv.Unquote; NULL: invalid syntax. */
static void unquotes(void **state)
{
	static const struct {
		const char *token, *want;
	} tokens[] = {
		{ "\"\"", "" },
		{ "\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\"", "\a\b\f\n\r\t\v\\\"" },
		{ "\"\\101\\x41\\u0041\\U00000041\"", "AAAA" },
		{ "\"\\377\"", "\377" },
		{ "\"\\ue000\"", "\356\200\200" },
		{ "\"\\U0010ffff\"", "\364\217\277\277" },
		{ "\"\377\"", "\357\277\275" },
		{ "\"", NULL },
		{ "\"a", NULL },
		{ "\"a\\", NULL },
		{ "\"\\\"", NULL },
		{ "\"a\"b\"", NULL },
		{ "\"\\'\"", NULL },
		{ "\"\\400\"", NULL },
		{ "\"\\18\"", NULL },
		{ "\"\\x4\"", NULL },
		{ "\"\\xg0\"", NULL },
		{ "\"\\ud800\"", NULL },
		{ "\"\\udfff\"", NULL },
		{ "\"\\U00110000\"", NULL },
		{ "\"\\u12\"", NULL },
		{ "\"\\q\"", NULL },
		{ "\"a\nb\"", NULL },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		const char *why = NULL, *got = modsyntax_unquote(&a, tokens[i].token, &why);

		if (tokens[i].want) {
			assert_non_null(got);
			assert_string_equal(got, tokens[i].want);
		} else {
			assert_null(got);
			assert_string_equal(why, "invalid syntax");
		}
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(quotes),
		cmocka_unit_test(unquotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
