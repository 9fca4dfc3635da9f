/* Build flags that `go list -m` refuses: list.runList and work.BuildInit. */
#include "base/path.h"
#include "base/text.h"
#include "gofiles/goenv_impl.h"
#include "gofiles/goflags_impl.h"

static const char *text_of(const struct goenv *env, const char *name)
{
	const char *value = NULL;

	goenv_flag(env, name, &value, NULL);
	return value ? value : "";
}

static bool is_on(const struct goenv *env, const char *name)
{
	bool on = false;

	goenv_flag_bool(env, name, &on, NULL);
	return on;
}

struct target {
	const char *os, *arch;
	char platform[64]; /* "linux/amd64" */
};

static struct target target_of(const struct goenv *env)
{
	struct target t = { goenv_get(env, "GOOS"), goenv_get(env, "GOARCH"), "" };

	snprintf(t.platform, sizeof(t.platform), "%s/%s", t.os, t.arch);
	return t;
}

/* A word of a list that is separated by blanks. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list; list += strcspn(list, " "), list += *list == ' ')
		if (strcspn(list, " ") == n && memcmp(list, word, n) == 0)
			return true;
	return false;
}

/* internal/platform of go 1.26. */
static bool sanitizer_supported(const char *flag, const struct target *t)
{
	static const char race[] =
		"linux/amd64 linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x darwin/amd64 "
		"darwin/arm64 freebsd/amd64 netbsd/amd64 windows/amd64";
	static const char msan[] = "linux/amd64 linux/arm64 linux/loong64 freebsd/amd64";
	static const char asan[] =
		"linux/arm64 linux/amd64 linux/loong64 linux/riscv64 linux/ppc64le";

	return has_word(*flag == 'r' ? race : *flag == 'm' ? msan : asan, t->platform);
}

/* instrumentInit */
static bool check_sanitizers(const struct goenv *env, const struct target *t, struct err *e)
{
	static const char *const flags[] = { "race", "msan", "asan" };
	static const char *const order[] = { "msan", "race", "asan" };
	const char *on[3];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (is_on(env, flags[i]))
			on[n++] = flags[i];
	if (!n)
		return true;
	if (n > 1)
		return err_set(e, ERR_USAGE, "may not use -%s and -%s simultaneously", on[0],
			       on[1]);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (!is_on(env, order[i]) || sanitizer_supported(order[i], t))
			continue;
		err_set(e, ERR_USAGE, "-%s is not supported on %s", order[i], t->platform);
		return err_mark(e, ERR_FORM_FINAL);
	}
	if (!str_eq(goenv_get(env, "CGO_ENABLED"), "1") &&
	    (!str_eq(t->os, "darwin") || !str_eq(on[0], "race")))
		return err_set(e, ERR_USAGE, "-%s requires cgo%s", on[0],
			       goenv_is_native(env) ? "; enable cgo by setting CGO_ENABLED=1" : "");
	return true;
}

/* internal/platform.BuildModeSupported for gc, for a known mode. */
static bool mode_supported(const char *mode, const struct target *t)
{
	static const struct {
		const char *mode, *platforms;
	} modes[] = {
		{ "c-archive",
		  "aix/ppc64 darwin/amd64 darwin/arm64 ios/amd64 ios/arm64 windows/386 windows/amd64 windows/arm64 "
		  "linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x "
		  "freebsd/amd64" },
		{ "c-shared",
		  "linux/amd64 linux/arm linux/arm64 linux/loong64 linux/386 linux/ppc64le linux/riscv64 linux/s390x "
		  "android/amd64 android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 "
		  "windows/amd64 windows/386 windows/arm64 wasip1/wasm" },
		{ "pie",
		  "linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x "
		  "android/amd64 android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 "
		  "ios/amd64 ios/arm64 aix/ppc64 openbsd/arm64 windows/386 windows/amd64 windows/arm64" },
		{ "shared",
		  "linux/386 linux/amd64 linux/arm linux/arm64 linux/ppc64le linux/s390x" },
		{ "plugin",
		  "linux/amd64 linux/arm linux/arm64 linux/386 linux/loong64 linux/riscv64 linux/s390x linux/ppc64le "
		  "android/amd64 android/386 darwin/amd64 darwin/arm64 freebsd/amd64" },
	};

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (str_eq(modes[i].mode, mode))
			return has_word(modes[i].platforms, t->platform);
	return true;
}

static bool unsupported(struct err *e, const char *what, const char *mode, const char *why)
{
	err_set(e, ERR_REFUSED, "%s%s not supported%s", what, mode, why);
	return err_mark(e, ERR_FORM_FINAL);
}

/* buildModeInit */
static bool check_modes(const struct goenv *env, const struct target *t, struct err *e)
{
	static const char known[] = "archive c-archive c-shared default exe pie shared plugin";
	bool gccgo = str_eq(text_of(env, "compiler"), "gccgo");
	const char *mode = NULL;
	char on[100];

	snprintf(on, sizeof(on), " on %s", t->platform);
	goenv_flag(env, "buildmode", &mode, NULL);
	if (mode && !has_word(known, mode))
		return unsupported(e, "buildmode=", mode, "");
	if (mode && str_eq(mode, "pie") && is_on(env, "race") && !str_eq(t->os, "darwin")) {
		snprintf(on, sizeof(on), " when -race is enabled on %s", t->platform);
		return unsupported(e, "-buildmode=", mode, on);
	}
	if (mode && !gccgo && !mode_supported(mode, t))
		return unsupported(e, "-buildmode=", mode, on);
	if (!gccgo && is_on(env, "linkshared") && !mode_supported("shared", t))
		return unsupported(e, "-", "linkshared", on);
	return true;
}

/* CC, CXX and FC must be names or absolute. */
static bool check_compilers(const struct goenv *env, struct err *e)
{
	static const char *const names[] = { "CC", "CXX", "FC" };
	struct arena a = ARENA_INIT;
	struct err why = ERR_INIT;
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_LEN(names); i++) {
		const char *s = goenv_get(env, names[i]);
		const char *first = goflags_word(&a, &s, &why);

		while (goflags_word(&a, &s, &why))
			;
		if (err_is_set(&why))
			ok = err_set(e, ERR_REFUSED,
				     "%s environment variable could not be parsed: %s", names[i],
				     why.text);
		else if (first && !path_is_abs(first) && strchr(first, '/'))
			ok = err_set(
				e, ERR_REFUSED,
				"%s environment variable is relative; must be absolute path: %s",
				names[i], first);
	}
	err_release(&why);
	arena_release(&a);
	return ok;
}

static bool check_cover_mode(const struct goenv *env, struct err *e)
{
	const char *mode = text_of(env, "covermode");
	struct buf q = BUF_INIT;

	if (!is_on(env, "race") || str_eq(mode, "atomic") || !*mode)
		return true;
	text_quote(&q, mode, strlen(mode));
	err_set(e, ERR_REFUSED, "-covermode must be \"atomic\", not %s, when -race is enabled",
		q.data);
	buf_release(&q);
	return err_mark(e, ERR_FORM_FINAL);
}

/* Flags that cannot be used with -m or -mod=vendor (list.runList), and one that modscope does not implement. */
static bool check_pairs(const struct goenv *env, struct err *e)
{
	static const char *const others[] = { "compiled", "deps", "export", "find", "test" };

	if (is_on(env, "retracted") && str_eq(text_of(env, "mod"), "vendor")) {
		err_set(e, ERR_REFUSED,
			"go list -retracted cannot be used when vendoring is enabled");
		return err_mark(e, ERR_FORM_FINAL);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (!is_on(env, others[i]))
			continue;
		err_set(e, ERR_REFUSED, "go list -%s cannot be used with -m", others[i]);
		return err_mark(e, ERR_FORM_FINAL);
	}
	if (*text_of(env, "f"))
		return err_set(e, ERR_NOT_HERE, "GOFLAGS=-f: modscope has no templates");
	return true;
}

bool goenv_flag_json(const struct goenv *env, struct arena *a, const char **fields)
{
	const struct goflags *flags;
	struct buf names = BUF_INIT;
	bool on = false;

	*fields = NULL;
	if (!goenv_goflags(env, &flags, NULL))
		return false;
	for (size_t i = 0; i < flags->n; i++) {
		const struct goflags_word *w = &flags->items[i];
		int b = w->value ? goflags_parse_bool(w->value) : 1;

		if (!str_eq(w->name, "json"))
			continue;
		on = b != 0;
		if (b < 0)
			buf_addf(&names, "%s,", w->value);
	}
	if (names.len)
		*fields = arena_strdup(a, names.data);
	buf_release(&names);
	return on;
}

bool goenv_check_list(const struct goenv *env, struct err *e)
{
	struct target t = target_of(env);
	const char *p = text_of(env, "p"), *fields;
	struct arena a = ARENA_INIT;
	bool json = goenv_flag_json(env, &a, &fields);

	arena_release(&a);
	if (*text_of(env, "f") && json) {
		err_set(e, ERR_REFUSED, "go list -f cannot be used with -json");
		return err_mark(e, ERR_FORM_FINAL);
	}
	if (!check_sanitizers(env, &t, e) || !check_modes(env, &t, e))
		return false;
	if (*p && goflags_parse_int(p) <= 0)
		return err_set(e, ERR_REFUSED, "-p must be a positive integer: %jd",
			       goflags_parse_int(p));
	return check_compilers(env, e) && check_cover_mode(env, e) && check_pairs(env, e);
}
