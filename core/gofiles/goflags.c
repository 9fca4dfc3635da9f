#include "gofiles/goflags_impl.h"

#include "base/text.h"

/* Every flag of every command of go 1.26, sorted bytewise. */
static const struct goflags_flag table[] = {
	{ "C", CHDIR, EVERY_MOD | LIST },
	{ "a", BOOL, LIST },
	{ "artifacts", BOOL, TEST_BINARY },
	{ "asan", BOOL, LIST },
	{ "asmflags", PATTERN, LIST },
	{ "bench", TEXT, TEST_BINARY },
	{ "benchmem", BOOL, TEST_BINARY },
	{ "benchtime", TEXT, TEST_BINARY },
	{ "blockprofile", TEXT, TEST_BINARY },
	{ "blockprofilerate", TEXT, TEST_BINARY },
	{ "buildmode", TEXT, LIST },
	{ "buildvcs", BUILDVCS, LIST },
	{ "c", BOOL, 0 },
	{ "cache", BOOL, 0 },
	{ "changed", BOOL, 0 },
	{ "compat", GO_VERSION, TIDY },
	{ "compiled", BOOL, LIST },
	{ "compiler", COMPILER, LIST },
	{ "count", INT, TEST_BINARY },
	{ "cover", BOOL, LIST },
	{ "covermode", COVERMODE, LIST },
	{ "coverpkg", TEXT, LIST },
	{ "coverprofile", TEXT, TEST_BINARY },
	{ "cpu", TEXT, TEST_BINARY },
	{ "cpuprofile", TEXT, TEST_BINARY },
	{ "d", BOOL, 0 },
	{ "debug-actiongraph", TEXT, LIST },
	{ "debug-runtime-trace", TEXT, LIST },
	{ "debug-trace", TEXT, LIST },
	{ "deps", BOOL, LIST },
	{ "diff", BOOL, TIDY },
	{ "dropexclude", TEXT, 0 },
	{ "dropgodebug", TEXT, 0 },
	{ "dropignore", TEXT, 0 },
	{ "dropreplace", TEXT, 0 },
	{ "droprequire", TEXT, 0 },
	{ "dropretract", TEXT, 0 },
	{ "droptool", TEXT, 0 },
	{ "dropuse", TEXT, 0 },
	{ "e", BOOL, LIST | TIDY | VENDOR },
	{ "exclude", TEXT, 0 },
	{ "exec", WORDS, 0 },
	{ "export", BOOL, LIST },
	{ "f", TEXT, LIST },
	{ "failfast", BOOL, TEST_BINARY },
	{ "find", BOOL, LIST },
	{ "fix", BOOL, 0 },
	{ "fixtool", TEXT, 0 },
	{ "fmt", BOOL, 0 },
	{ "fullpath", BOOL, TEST_BINARY },
	{ "fuzz", TEXT, TEST_BINARY },
	{ "fuzzcache", BOOL, 0 },
	{ "fuzzminimizetime", TEXT, TEST_BINARY },
	{ "fuzztime", TEXT, TEST_BINARY },
	{ "gccgoflags", PATTERN, LIST },
	{ "gcflags", PATTERN, LIST },
	{ "go", GO_VERSION, GRAPH | TIDY },
	{ "godebug", TEXT, 0 },
	{ "i", BOOL, 0 },
	{ "ignore", TEXT, 0 },
	{ "insecure", BOOL, 0 },
	{ "installsuffix", TEXT, LIST },
	{ "json", FIELDS, LIST | DOWNLOAD },
	{ "ldflags", PATTERN, LIST },
	{ "linkshared", BOOL, LIST },
	{ "list", TEXT, TEST_BINARY },
	{ "m", BOOL, LIST | WHY },
	{ "memprofile", TEXT, TEST_BINARY },
	{ "memprofilerate", TEXT, TEST_BINARY },
	{ "mod", TEXT, LIST },
	{ "modcache", BOOL, 0 },
	{ "modcacherw", BOOL, EVERY_MOD | LIST },
	{ "modfile", TEXT, EVERY_MOD | LIST },
	{ "module", TEXT, 0 },
	{ "msan", BOOL, LIST },
	{ "mutexprofile", TEXT, TEST_BINARY },
	{ "mutexprofilefraction", TEXT, TEST_BINARY },
	{ "n", BOOL, LIST },
	{ "o", TEXT, VENDOR },
	{ "outputdir", TEXT, TEST_BINARY },
	{ "overlay", TEXT, EVERY_MOD | LIST },
	{ "p", INT, LIST },
	{ "parallel", INT, TEST_BINARY },
	{ "pgo", TEXT, LIST },
	{ "pkgdir", TEXT, LIST },
	{ "print", BOOL, 0 },
	{ "r", BOOL, 0 },
	{ "race", BOOL, LIST },
	{ "replace", TEXT, 0 },
	{ "require", TEXT, 0 },
	{ "retract", TEXT, 0 },
	{ "retracted", BOOL, LIST },
	{ "reuse", TEXT, LIST | DOWNLOAD },
	{ "run", TEXT, TEST_BINARY },
	{ "short", BOOL, TEST_BINARY },
	{ "shuffle", TEXT, TEST_BINARY },
	{ "skip", TEXT, TEST_BINARY },
	{ "t", BOOL, 0 },
	{ "tags", TAGS, LIST },
	{ "test", BOOL, LIST },
	{ "testcache", BOOL, 0 },
	{ "timeout", DURATION, TEST_BINARY },
	{ "tool", TEXT, 0 },
	{ "toolchain", TEXT, 0 },
	{ "toolexec", WORDS, LIST },
	{ "trace", TEXT, TEST_BINARY },
	{ "trimpath", BOOL, LIST },
	{ "u", BOOL, LIST },
	{ "use", TEXT, 0 },
	{ "v", BOOL, LIST | TIDY | VENDOR | TEST_BINARY },
	{ "vendor", BOOL, WHY },
	{ "versions", BOOL, LIST },
	{ "vet", TEXT, 0 },
	{ "vettool", TEXT, 0 },
	{ "w", BOOL, 0 },
	{ "work", BOOL, LIST },
	{ "x", BOOL, LIST | DOWNLOAD | GRAPH | TIDY },
};

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct goflags_flag *)row)->name);
}

const struct goflags_flag *goflags_find(const char *name)
{
	return bsearch(name, table, ARRAY_LEN(table), sizeof(table[0]), compare_name);
}

static bool is_known(const char *name)
{
	const char *of_test = str_cut_prefix(name, "test.");
	const struct goflags_flag *row = goflags_find(of_test ? of_test : name);

	return row && (!of_test || (row->commands & TEST_BINARY));
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *goflags_word(struct arena *a, const char **s, struct err *e)
{
	const char *p = *s, *start;
	size_t n;

	while (is_space(*p))
		p++;
	*s = p;
	if (!*p)
		return NULL;
	start = p;
	if (*p == '"' || *p == '\'') {
		const char *end = strchr(p + 1, *p);

		if (!end) {
			err_set(e, ERR_REFUSED, "unterminated %c string", *p);
			return NULL;
		}
		*s = end + 1;
		return arena_strndup(a, start + 1, (size_t)(end - start - 1));
	}
	for (n = 0; p[n] && !is_space(p[n]); n++)
		;
	*s = p + n;
	return arena_strndup(a, start, n);
}

static bool parse_word(struct goflags *f, char *word, struct err *e)
{
	struct goflags_word w = { 0 };
	struct buf q = BUF_INIT;
	char *eq;

	if (word[0] != '-' || str_eq(word, "-") || str_eq(word, "--") ||
	    str_has_prefix(word, "---") || str_has_prefix(word, "-=") ||
	    str_has_prefix(word, "--=")) {
		text_quote(&q, word, strlen(word));
		err_set(e, ERR_REFUSED, "parsing $GOFLAGS: non-flag %s", q.data);
		buf_release(&q);
		return false;
	}
	w.name = word + 1 + (word[1] == '-');
	eq = strchr(word, '=');
	if (eq) {
		*eq = '\0';
		w.value = eq + 1;
	}
	if (!is_known(w.name))
		return err_set(e, ERR_REFUSED, "parsing $GOFLAGS: unknown flag -%s", w.name);
	vec_push(f, w);
	return true;
}

bool goflags_parse(struct goflags *f, struct arena *a, const char *text, struct err *e)
{
	struct err local = ERR_INIT;
	VEC(char *) words = { 0 };
	char *word;
	bool ok;

	while ((word = goflags_word(a, &text, &local)))
		vec_push(&words, word);
	if (err_is_set(&local))
		err_wrap(&local, "parsing $GOFLAGS: ");
	for (size_t i = 0; !err_is_set(&local) && i < words.n; i++)
		parse_word(f, words.items[i], &local);
	vec_release(&words);
	ok = !err_is_set(&local);
	if (!ok)
		err_move(e, &local);
	return ok;
}

void goflags_release(struct goflags *f)
{
	vec_release(f);
}

bool goflags_text(const struct goflags *f, const char *name, const char **value, struct err *e)
{
	*value = NULL;
	for (size_t i = 0; i < f->n; i++) {
		const struct goflags_word *w = &f->items[i];

		if (!str_eq(w->name, name))
			continue;
		if (!w->value)
			return err_set(e, ERR_USAGE, "flag needs an argument: -%s (from $GOFLAGS)",
				       name);
		*value = w->value;
	}
	return true;
}

int goflags_parse_bool(const char *s)
{
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (str_eq(s, yes[i]))
			return 1;
		if (str_eq(s, no[i]))
			return 0;
	}
	return -1;
}

bool goflags_bool(const struct goflags *f, const char *name, bool *value, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct goflags_word *w = &f->items[i];
		int b;

		if (!str_eq(w->name, name))
			continue;
		b = w->value ? goflags_parse_bool(w->value) : 1;
		if (b < 0) {
			struct buf q = BUF_INIT;

			text_quote(&q, w->value, strlen(w->value));
			err_set(e, ERR_USAGE,
				"invalid boolean value %s for flag -%s (from $GOFLAGS): parse error",
				q.data, name);
			buf_release(&q);
			return false;
		}
		*value = b;
	}
	return true;
}
