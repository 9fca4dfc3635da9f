/* The types of flags' values: what flag.Value.Set accepts. */
#include "gofiles/goflags_impl.h"

#include "base/text.h"
#include "gofiles/gomod.h"
#include "gofiles/gover.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* strconv.underscoreOK, of a number without sign. */
static bool underscores_ok(const char *s, bool prefix)
{
	char saw = prefix ? '0' : '^';

	for (s += prefix ? 2 : 0; *s; s++) {
		if (*s == '_' && saw != '0')
			return false;
		saw = *s == '_' ? '_' : '0';
	}
	return saw != '_';
}

/* strconv.ParseInt with base 0; NULL, or what package flag says. */
static const char *parse_int(const char *s, intmax_t *value)
{
	bool negative = *s == '-', prefix, range = false;
	uint64_t n = 0, base = 10, max = (uint64_t)INT64_MAX + negative;
	const char *digits;

	s += *s == '+' || *s == '-';
	if (!*s)
		return "parse error";
	prefix = s[0] == '0' && s[1] && s[2] && strchr("bBoOxX", s[1]);
	if (s[0] == '0')
		base = !prefix ? 8 : (s[1] | 0x20) == 'x' ? 16 : (s[1] | 0x20) == 'b' ? 2 : 8;
	digits = s + (prefix ? 2 : s[0] == '0');
	for (const char *p = digits; *p && !range; p++) {
		uint64_t d = *p == '_' ? 0 : (uint64_t)digit_value(*p);

		if (d >= base)
			return "parse error";
		range = *p != '_' && n > (UINT64_MAX - d) / base;
		if (*p != '_')
			n = n * base + d;
	}
	if (!range && strchr(digits, '_') && !underscores_ok(s, prefix))
		return "parse error";
	*value = negative ? (intmax_t)-n : (intmax_t)n;
	return range || n > max ? "value out of range" : NULL;
}

intmax_t goflags_parse_int(const char *s)
{
	intmax_t value = 0;

	parse_int(s, &value);
	return value;
}

static bool check_words(const char *s, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct err why = ERR_INIT;

	while (goflags_word(&a, &s, &why))
		;
	arena_release(&a);
	return !err_is_set(&why) || err_move(e, &why);
}

/* load.PerPackageFlag.Set */
static bool check_pattern(const char *s, struct err *e)
{
	const char *eq;

	s += strspn(s, " \t\n\v\f\r");
	if (!*s)
		return true;
	if (*s != '-') {
		eq = strchr(s, '=');
		if (!eq)
			return err_set(e, ERR_USAGE, "missing =<value> in <pattern>=<value>");
		if (eq == s)
			return err_set(e, ERR_USAGE, "missing <pattern> in <pattern>=<value>");
		if (*s == '\'' || *s == '"')
			return err_set(e, ERR_USAGE,
				       "parameter may not start with quote character %c", *s);
		s = eq + 1;
	}
	return check_words(s, e);
}

/* modcmd.goVersionFlag.Set */
static bool check_version(const char *s, const char *local, struct err *e)
{
	struct buf q = BUF_INIT;

	if (*s && !gomod_go_version_ok(s, strlen(s))) {
		text_quote(&q, local, strlen(local));
		err_set(e, ERR_USAGE, "expecting a Go version like %s", q.data);
		buf_release(&q);
		return false;
	}
	return !*s || gover_compare(s, local) <= 0 ||
	       err_set(e, ERR_USAGE, "maximum supported Go version is %s", local);
}

static bool is_one_of(const char *s, const char *const *list)
{
	while (*list && !str_eq(s, *list))
		list++;
	return *list != NULL;
}

static bool check_value(enum goflags_value type, const char *s, const char *local, struct err *e)
{
	static const char *const modes[] = { "", "set", "count", "atomic", NULL };
	const char *why;
	struct buf q = BUF_INIT;
	intmax_t value;

	switch (type) {
	case BOOL: return goflags_parse_bool(s) >= 0 || err_set(e, ERR_USAGE, "parse error");
	case INT: why = parse_int(s, &value); return !why || err_set(e, ERR_USAGE, "%s", why);
	case WORDS: return check_words(s, e);
	case PATTERN: return check_pattern(s, e);
	case TAGS: return !strpbrk(s, " '") || check_words(s, e);
	case GO_VERSION: return check_version(s, local, e);
	case BUILDVCS:
		return !*s || str_eq(s, "auto") || goflags_parse_bool(s) >= 0 ||
		       err_set(e, ERR_USAGE, "value is neither 'auto' nor a valid bool");
	case COVERMODE:
		return is_one_of(s, modes) ||
		       err_set(e, ERR_USAGE, "valid modes are \"set\", \"count\", or \"atomic\"");
	case COMPILER:
		if (str_eq(s, "gc") || str_eq(s, "gccgo"))
			return true;
		text_quote(&q, s, strlen(s));
		err_set(e, ERR_USAGE, "unknown compiler %s", q.data);
		buf_release(&q);
		return false;
	case CHDIR: return err_set(e, ERR_USAGE, "-C flag must be first flag on command line");
	case TEXT:
	case DURATION:
	case FIELDS: break;
	}
	return true;
}

static bool takes_bool(enum goflags_value type)
{
	return type == BOOL || type == BUILDVCS || type == FIELDS;
}

static bool check_word(const struct goflags_word *w, enum goflags_value type, const char *local,
		       struct err *e)
{
	const char *value = w->value ? w->value : "true";
	struct err why = ERR_INIT;
	struct buf q = BUF_INIT;

	if (!w->value && !takes_bool(type)) {
		err_set(e, ERR_USAGE, "flag needs an argument: -%s (from $GOFLAGS)", w->name);
		return err_mark(e, ERR_FORM_USAGE);
	}
	if (check_value(type, value, local, &why))
		return true;
	text_quote(&q, value, strlen(value));
	err_set(e, ERR_USAGE, "invalid %svalue %s for flag -%s (from $GOFLAGS): %s",
		takes_bool(type) ? "boolean " : "", q.data, w->name, why.text);
	buf_release(&q);
	err_release(&why);
	return err_mark(e, ERR_FORM_USAGE);
}

bool goflags_check(const struct goflags *f, enum goflags_command c, const char *local,
		   struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct goflags_flag *row = goflags_find(f->items[i].name);

		if (row && (row->commands & (1u << c)) &&
		    !check_word(&f->items[i], row->value, local, e))
			return false;
	}
	return true;
}

const char *goflags_command_name(enum goflags_command c)
{
	static const char *const names[] = {
		[GOFLAGS_LIST] = "go list -m",	    [GOFLAGS_DOWNLOAD] = "go mod download",
		[GOFLAGS_GRAPH] = "go mod graph",   [GOFLAGS_TIDY] = "go mod tidy",
		[GOFLAGS_VENDOR] = "go mod vendor", [GOFLAGS_VERIFY] = "go mod verify",
		[GOFLAGS_WHY] = "go mod why",	    [GOFLAGS_COMMANDS] = "",
	};

	return names[c];
}

const char *goflags_usage(const char *command)
{
	static const struct {
		enum goflags_command command;
		const char *text;
	} rows[] = {
		{ GOFLAGS_LIST,
		  "usage: go list [-f format] [-json] [-m] [list flags] [build flags] [packages]\n"
		  "Run 'go help list' for details." },
		{ GOFLAGS_GRAPH, "usage: go mod graph [-go=version] [-x]\n"
				 "Run 'go help mod graph' for details." },
		{ GOFLAGS_TIDY,
		  "usage: go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]\n"
		  "Run 'go help mod tidy' for details." },
		{ GOFLAGS_VERIFY, "usage: go mod verify\n"
				  "Run 'go help mod verify' for details." },
		{ GOFLAGS_WHY, "usage: go mod why [-m] [-vendor] packages...\n"
			       "Run 'go help mod why' for details." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_has_prefix(command, goflags_command_name(rows[i].command)))
			return rows[i].text;
	return NULL;
}
