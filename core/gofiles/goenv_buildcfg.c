/* internal/buildcfg: what every go command refuses about the target and the experiments. */
#include "base/fs.h"
#include "base/text.h"
#include "gofiles/goenv_impl.h"

/* internal/goexperiment of go 1.26, sorted. */
static const char *const experiments[] = {
	"arenas",
	"boringcrypto",
	"cgocheck2",
	"dwarf5",
	"fieldtrack",
	"goroutineleakprofile",
	"greenteagc",
	"heapminimum512kib",
	"jsonv2",
	"loopvar",
	"newinliner",
	"preemptibleloops",
	"randomizedheapbase64",
	"regabi",
	"regabiargs",
	"regabiwrappers",
	"runtimefreegc",
	"runtimesecret",
	"simd",
	"sizespecializedmalloc",
	"staticlockranking",
};

static int by_name(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

/* Decides whether the experiments are compatible. */
struct experiment_state {
	bool args, wrappers, boringcrypto;
};

static bool set_experiment(struct experiment_state *st, const char *name, bool on)
{
	if (!bsearch(name, experiments, ARRAY_LEN(experiments), sizeof(*experiments), by_name))
		return false;
	if (str_eq(name, "regabi") || str_eq(name, "regabiargs"))
		st->args = on;
	if (str_eq(name, "regabi") || str_eq(name, "regabiwrappers"))
		st->wrappers = on;
	if (str_eq(name, "boringcrypto"))
		st->boringcrypto = on;
	return true;
}

/* ParseGOEXPERIMENT */
static bool parse_experiments(struct experiment_state *st, const char *list, const char *goarch,
			      struct err *e)
{
	static const char *const always[] = { "amd64",	 "arm64", "loong64",
					      "ppc64le", "ppc64", "riscv64" };
	bool fixed = false, ok = true;
	char *copy = xstrdup(list), *save = NULL;

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		fixed = fixed || str_eq(goarch, always[i]);
	*st = (struct experiment_state){ .args = true, .wrappers = true };
	for (char *w = strtok_r(copy, ",", &save); ok && w; w = strtok_r(NULL, ",", &save)) {
		bool on = !str_has_prefix(w, "no");

		if (str_eq(w, "none"))
			*st = (struct experiment_state){ 0 };
		else if (!set_experiment(st, w + (on ? 0 : 2), on))
			ok = err_set(e, ERR_USAGE, "unknown GOEXPERIMENT %s", w + (on ? 0 : 2));
	}
	free(copy);
	if (ok && !fixed && str_eq(goarch, "s390x") && st->args && !st->wrappers)
		ok = err_set(e, ERR_USAGE, "GOEXPERIMENT regabiargs requires regabiwrappers");
	return ok;
}

/* One of "a, b, c" */
static bool is_listed(const char *value, const char *list)
{
	size_t n = strlen(value);

	while (list) {
		list += *list == ' ';
		if (strncmp(list, value, n) == 0 && (list[n] == ',' || list[n] == '\0'))
			return true;
		list = strchr(list, ' ');
	}
	return false;
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* isFIPSVersion: v1.Y.Z, v1.Y.Z-rcN or v1.Y.Z-hhhhhhhh */
static bool is_fips_version(const char *v)
{
	size_t n;

	v = str_cut_prefix(v, "v1.");
	n = v ? digits(v) : 0;
	if (!n || v[n] != '.')
		return false;
	v += n + 1;
	n = digits(v);
	v += n;
	if (!n || !*v)
		return n > 0;
	if (str_has_prefix(v, "-rc"))
		return v[3] && !v[3 + digits(v + 3)];
	return *v == '-' && strlen(v + 1) == 8;
}

static bool check_wasm(const char *list, struct err *e)
{
	struct buf q = BUF_INIT;

	while (*list) {
		size_t n = strcspn(list, ",");

		if (n &&
		    !(n == 7 && (!memcmp(list, "satconv", 7) || !memcmp(list, "signext", 7)))) {
			text_quote(&q, list, n);
			err_set(e, ERR_USAGE, "invalid GOWASM: no such feature %s", q.data);
			buf_release(&q);
			return false;
		}
		list += n + (list[n] == ',');
	}
	return true;
}

/* ParseGoarm64 */
static bool check_arm64(const char *value, struct err *e)
{
	size_t n = strlen(value);

	for (;;) {
		if (n >= 4 && memcmp(value + n - 4, ",lse", 4) == 0)
			n -= 4;
		else if (n >= 7 && memcmp(value + n - 7, ",crypto", 7) == 0)
			n -= 7;
		else
			break;
	}
	if (n == 4 && value[0] == 'v' && value[2] == '.' && value[3] >= '0' &&
	    ((value[1] == '8' && value[3] <= '9') || (value[1] == '9' && value[3] <= '5')))
		return true;
	return err_set(
		e, ERR_USAGE,
		"invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in "
		"\",lse\" and/or \",crypto\"");
}

/* buildcfg.Check looks only at the environment of the process. It keeps the last of several errors, but forgets those of GOAMD64 and
 * GOARM when it reads GOARM64. */
bool goenv_check_buildcfg(const struct goenv *env, struct err *e)
{
	static const struct {
		const char *name, *values;
	} features[] = {
		{ "GORISCV64", "rva20u64, rva22u64, rva23u64" },
		{ "GOPPC64", "power8, power9, power10" },
		{ "GOMIPS64", "hardfloat, softfloat" },
		{ "GOMIPS", "hardfloat, softfloat" },
	};
	const char *fips = goenv_process(env, "GOFIPS140"), *arm64 = goenv_process(env, "GOARM64");
	const char *arch = goenv_process(env, "GOARCH");
	struct experiment_state st;

	if (!parse_experiments(&st, goenv_process(env, "GOEXPERIMENT"),
			       *arch ? arch : goenv_get(env, "GOARCH"), e))
		return false;
	if (*fips && !is_listed(fips, "off, latest, inprocess, certified") &&
	    !is_fips_version(fips))
		return err_set(
			e, ERR_USAGE,
			"invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z");
	if (!check_wasm(goenv_process(env, "GOWASM"), e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(features); i++) {
		const char *value = goenv_process(env, features[i].name);

		if (*value && !is_listed(value, features[i].values))
			return err_set(e, ERR_USAGE, "invalid %s: must be %s", features[i].name,
				       features[i].values);
	}
	return !*arm64 || check_arm64(arm64, e);
}

/* cfg.ExperimentErr, for a value set in a file: later, and with a different exit status. */
static bool check_experiments(const struct goenv *env, struct experiment_state *st, struct err *e)
{
	struct err why = ERR_INIT;

	if (parse_experiments(st, goenv_get(env, "GOEXPERIMENT"), goenv_get(env, "GOARCH"), &why))
		return true;
	err_set(e, ERR_REFUSED, "%s", why.text);
	err_release(&why);
	return false;
}

static bool unknown_fips(struct err *e, const char *version, const char *from)
{
	struct buf q = BUF_INIT;

	text_quote(&q, version, strlen(version));
	if (from) {
		buf_addstr(&q, " (from ");
		text_quote(&q, from, strlen(from));
		buf_addch(&q, ')');
	}
	err_set(e, ERR_REFUSED, "unknown GOFIPS140 version %s", q.data);
	buf_release(&q);
	return false;
}

/* fips140.initVersion: a version is a zip in GOROOT, or a file there that names one. */
static bool check_fips_version(const struct goenv *env, const char *v, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = path_join(&a, goenv_goroot(env), "lib/fips140"), *version = v;
	char *data, *end;
	struct buf q = BUF_INIT;
	size_t len;
	bool ok;

	if (strchr(v, '/') || strchr(v, '\\') || strstr(v, "..")) {
		text_quote(&q, v, strlen(v));
		ok = err_set(e, ERR_REFUSED, "malformed GOFIPS140 version %s", q.data);
	} else {
		if (fs_read(&a, arena_fmt(&a, "%s/%s.txt", dir, v), 4096, &data, &len, NULL)) {
			version = data + strspn(data, " \t\r\n\v\f");
			for (end = data + len; end > version && strchr(" \t\r\n\v\f", end[-1]);)
				*--end = '\0';
		}
		ok = fs_exists(arena_fmt(&a, "%s/%s.zip", dir, version)) ||
		     unknown_fips(e, version, version == v ? NULL : v);
	}
	buf_release(&q);
	arena_release(&a);
	return ok;
}

/* Among the tags of GOFLAGS: true if go counts purego as set. */
static bool is_purego(const char *tags)
{
	while (tags && *tags) {
		size_t n = strcspn(tags, ", '\"");

		if (n == 6 && memcmp(tags, "purego", 6) == 0)
			return true;
		tags += n + (tags[n] != '\0');
	}
	return false;
}

bool goenv_check_experiments(const struct goenv *env, struct err *e)
{
	struct experiment_state st;

	return check_experiments(env, &st, e);
}

bool goenv_check_fips(const struct goenv *env, bool tags_count, struct err *e)
{
	const char *v = goenv_get(env, "GOFIPS140"), *tags = NULL;
	struct experiment_state st;

	if (!*v || str_eq(v, "off"))
		return true;
	/* without a Go installation the versions are not known */
	if (!str_eq(v, "latest") && *goenv_goroot(env) && !check_fips_version(env, v, e))
		return false;
	if (check_experiments(env, &st, NULL) && st.boringcrypto)
		return err_set(e, ERR_REFUSED,
			       "cannot use GOFIPS140 with GOEXPERIMENT=boringcrypto");
	if (tags_count && goenv_flag(env, "tags", &tags, NULL) && is_purego(tags))
		return err_set(e, ERR_REFUSED, "cannot use GOFIPS140 with the purego build tag");
	return true;
}
