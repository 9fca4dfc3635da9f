/* What each setting does, and which values are dangerous. */
#include "base/fs.h"
#include "base/text.h"
#include "gofiles/goenv_impl.h"

struct subject {
	const struct goenv *env;
	struct arena *a;
	const struct goenv_var *v;
	struct goenv_note *note;
};

/* The variable to unset so that v has its default: if v is derived from another one, that one. */
static const struct goenv_var *origin(const struct goenv *env, const struct goenv_var *v)
{
	const struct goenv_var *from = v->source == GOENV_DERIVED && *v->file
					       ? goenv_var(env, v->file)
					       : NULL;

	return from ? from : v;
}

/* How to unset the value, by where it is set: `go env -u` has no effect on the environment. */
static const char *take_back(struct subject *x)
{
	const struct goenv_var *v = origin(x->env, x->v);

	switch (v->source) {
	case GOENV_PROCESS: return arena_fmt(x->a, "unset %s", v->name);
	case GOENV_USER_FILE: return arena_fmt(x->a, "go env -u %s", v->name);
	case GOENV_GOROOT_FILE:
		return arena_fmt(x->a, "go env -w %s=VALUE: it overrides %s:%d", v->name, v->file,
				 v->line);
	default: return NULL;
	}
}

static void hazard(struct subject *x, enum finding_severity severity, const char *what,
		   const char *remedy)
{
	if (x->note->hazard && x->note->severity >= severity)
		return;
	x->note->severity = severity;
	x->note->hazard = what;
	x->note->remedy = remedy;
}

static bool is(const struct subject *x, const char *value)
{
	return str_eq(x->v->value, value);
}

/* True if a comma separated list of globs matches every path. */
static bool matches_all(const char *globs)
{
	while (*globs) {
		size_t n = strcspn(globs, ",");

		if ((n == 1 && *globs == '*') ||
		    (n == 2 && (!strncmp(globs, "**", 2) || !strncmp(globs, "*/", 2))))
			return true;
		globs += n + (globs[n] == ',');
	}
	return false;
}

static bool may_stand_in_path(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("-._~", c);
}

/* The position of what keeps a glob from matching any module path; NULL if some can match. */
static const char *dead_end(const char *glob, size_t len)
{
	const char *p = glob, *end = glob + len;

	len -= len && end[-1] == '/';
	for (end = glob + len; p < end; p++) {
		if (*p == '[') {
			const char *close = memchr(p, ']', (size_t)(end - p));

			if (!close || close == p + 1)
				return p;
			p = close;
		} else if (*p == '\\' && p + 1 == end) {
			return p;
		} else if (*p == '/' && (p == glob || p[-1] == '/')) {
			return p;
		} else if (!strchr("*?/\\", *p) && !may_stand_in_path(*p)) {
			return p;
		}
	}
	return NULL;
}

/* module.MatchPrefixPatterns trims nothing and reports nothing. */
static void hazard_of_globs(struct subject *x)
{
	for (const char *s = x->v->value; *s; s += strcspn(s, ","), s += *s == ',') {
		size_t n = strcspn(s, ",");
		const char *at = n ? dead_end(s, n) : NULL;
		struct buf q = BUF_INIT, c = BUF_INIT;

		if (!at)
			continue;
		text_quote(&q, s, n);
		text_quote(&c, at, 1);
		hazard(x, FINDING_WARNING,
		       arena_fmt(x->a, "the pattern %s matches no module: %s", q.data,
				 *at == '[' || *at == '\\' ? "it is malformed"
				 : *at == '/'		   ? "a path has no empty element"
					      : arena_fmt(x->a, "no path holds %s", c.data)),
		       "patterns are globs of module paths, separated only by commas: corp.example,*.internal.example");
		buf_release(&q);
		buf_release(&c);
	}
}

static const char *explain_modules(struct subject *x)
{
	const char *v = x->v->value;

	if (str_eq(v, "off"))
		hazard(x, FINDING_ERROR, "go works in GOPATH mode and refuses module commands",
		       take_back(x));
	else if (*v && !str_eq(v, "on") && !str_eq(v, "auto"))
		hazard(x, FINDING_ERROR, "go knows only on, off and auto, and refuses to run",
		       take_back(x));
	if (str_eq(v, "auto"))
		return "Modules are used if a go.mod is found.";
	return str_eq(v, "off") ? "Modules are not used." : "Modules are always used.";
}

static void hazard_of_flag(struct subject *x, const struct goflags_word *f)
{
	const char *value = f->value ? f->value : "";

	if (str_eq(f->name, "mod") && str_eq(value, "mod"))
		hazard(x, FINDING_WARNING,
		       "with -mod=mod, go list, go build and go test update go.mod and go.sum without asking",
		       take_back(x));
	else if (str_eq(f->name, "mod") && str_eq(value, "vendor"))
		hazard(x, FINDING_INFO,
		       "with -mod=vendor, builds use vendor/ and fail without it; graph, why, verify and "
		       "tidy ignore it",
		       take_back(x));
	else if (str_eq(f->name, "modfile"))
		hazard(x, FINDING_WARNING,
		       "with -modfile, other files replace go.mod and go.sum, in every project",
		       take_back(x));
	else if (str_eq(f->name, "overlay"))
		hazard(x, FINDING_WARNING,
		       "with -overlay, go sees different content than what is on disk",
		       take_back(x));
	else if (str_eq(f->name, "insecure"))
		hazard(x, FINDING_WARNING,
		       "go get refuses -insecure; set GOINSECURE for single modules instead",
		       take_back(x));
	else if (str_eq(f->name, "modcacherw"))
		hazard(x, FINDING_INFO,
		       "-modcacherw leaves extracted modules writable: an editor can change them unnoticed",
		       take_back(x));
}

/* The first command that refuses the flags' values. */
static void hazard_of_commands(struct subject *x)
{
	for (enum goflags_command c = 0; c < GOFLAGS_COMMANDS; c++) {
		struct err e = ERR_INIT;

		if (!goenv_check_flags(x->env, c, &e))
			hazard(x, FINDING_ERROR,
			       arena_fmt(x->a, "%s refuses to run: %s", goflags_command_name(c),
					 e.text),
			       take_back(x));
		err_release(&e);
	}
}

static const char *explain_flags(struct subject *x)
{
	const struct goflags *flags;
	struct err e = ERR_INIT;

	if (!goenv_goflags(x->env, &flags, &e)) {
		hazard(x, FINDING_ERROR, arena_fmt(x->a, "go refuses to run: %s", e.text),
		       take_back(x));
		err_release(&e);
		return "None: go rejects this value.";
	}
	for (size_t i = 0; i < flags->n; i++)
		hazard_of_flag(x, &flags->items[i]);
	hazard_of_commands(x);
	return flags->n ? "These flags are added to every go command that has them."
			: "No flags are added to go commands.";
}

static const char *explain_experiment(struct subject *x)
{
	struct err e = ERR_INIT;

	if (goenv_check_experiments(x->env, &e))
		return "Experiments of the toolchain; they add build tags.";
	hazard(x, FINDING_ERROR, arena_fmt(x->a, "go refuses to run: %s", e.text), take_back(x));
	err_release(&e);
	return "None: go rejects this value.";
}

static const char *explain_fips(struct subject *x)
{
	struct err e = ERR_INIT;

	if (goenv_check_fips(x->env, true, &e))
		return "Which FIPS 140 module builds use.";
	hazard(x, FINDING_ERROR, arena_fmt(x->a, "go refuses to run: %s", e.text), take_back(x));
	err_release(&e);
	return "None: go rejects this value.";
}

static const char *explain_insecure(struct subject *x)
{
	if (!*x->v->value)
		return "Direct downloads need https with a valid certificate.";
	hazard_of_globs(x);
	hazard(x, matches_all(x->v->value) ? FINDING_ERROR : FINDING_WARNING,
	       "matching modules may come over plain http or from a server with a bad certificate; anyone on the network path can "
	       "change what is not in go.sum yet",
	       take_back(x));
	return "Modules that match these globs may be fetched directly without TLS checks.";
}

static const char *explain_noproxy(struct subject *x)
{
	if (!*x->v->value)
		return "No module is kept from the proxies.";
	if (matches_all(x->v->value))
		hazard(x, FINDING_WARNING,
		       "no proxy is used: every module's own repository must be reachable",
		       "name the private prefixes instead of *");
	hazard_of_globs(x);
	return "Modules that match these globs are fetched from their repositories, not through proxies.";
}

static const char *explain_nosumdb(struct subject *x)
{
	if (!*x->v->value)
		return "No module is kept from the checksum database.";
	if (matches_all(x->v->value))
		hazard(x, FINDING_ERROR,
		       "no module is checked with the checksum database: what is not in go.sum is believed "
		       "as it comes",
		       "name the private prefixes instead of *");
	hazard_of_globs(x);
	return "Modules that match these globs are not looked up in the checksum database.";
}

/* Whether the variable has GOPRIVATE's value because it is not set itself. */
static bool derives(const struct subject *x, const char *name)
{
	return goenv_var(x->env, name)->source == GOENV_DERIVED;
}

static const char *explain_private(struct subject *x)
{
	if (!*x->v->value)
		return "No module is private.";
	if (matches_all(x->v->value) && (derives(x, "GONOPROXY") || derives(x, "GONOSUMDB")))
		hazard(x, FINDING_ERROR,
		       arena_fmt(x->a, "every module counts as private: %s not used",
				 !derives(x, "GONOSUMDB") ? "proxies are"
				 : !derives(x, "GONOPROXY")
					 ? "the checksum database is"
					 : "proxies and the checksum database are"),
		       "name the private prefixes instead of *");
	hazard_of_globs(x);
	return "GONOPROXY and GONOSUMDB have these globs, where they are not set themselves; others count as private only for GOVCS.";
}

/* True if the list has an entry after which nothing else is asked, even on a 404. */
static bool has_fallback(const char *list)
{
	return strpbrk(list, ",|") != NULL;
}

static const char *explain_proxy(struct subject *x)
{
	const char *v = x->v->value, *rest = v + strspn(v, " ");

	if (!*rest) {
		hazard(x, FINDING_ERROR, "neither the environment nor an installed Go sets a proxy",
		       "go env -w GOPROXY=URL,direct, or set GOPROXY");
		return "Nothing can be downloaded.";
	}
	if (strstr(v, "http://"))
		hazard(x, FINDING_WARNING,
		       "a proxy is asked over plain http: anyone on the network path can change what is not in "
		       "go.sum yet",
		       "use https");
	if (str_has_prefix(rest, "off"))
		hazard(x, FINDING_INFO, "what is not in the module cache is unavailable", NULL);
	else if (str_has_prefix(rest, "direct"))
		hazard(x, FINDING_INFO,
		       "every module's own repository must be reachable, and git installed to fetch it",
		       NULL);
	else if (!has_fallback(v))
		hazard(x, FINDING_INFO,
		       "there is no second source: what this proxy lacks or refuses fails", NULL);
	if (str_has_prefix(rest, "off"))
		return "Nothing is downloaded.";
	if (str_has_prefix(rest, "direct"))
		return "Modules come from their repositories.";
	if (strchr(v, '|'))
		return "Modules come from the first of these that has them; after `|`, any error leads to the next.";
	return has_fallback(v)
		       ? "Modules come from the first of these that has them; only 404 and 410 lead to the next."
		       : "Modules come from this proxy.";
}

/* Go's own database by its name or its key, perhaps at a different address. */
static bool is_gos_database(const char *word, size_t n)
{
	static const char key[] =
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

	return (n == 14 && !memcmp(word, key, n)) ||
	       (n == 20 && !memcmp(word, "sum.golang.google.cn", n)) ||
	       (n == sizeof(key) - 1 && !memcmp(word, key, n));
}

/* note.NewVerifier's form: name+hash+key. */
static bool is_verifier(const char *word, size_t n)
{
	const char *plus = memchr(word, '+', n), *second;

	if (!plus || plus == word || (size_t)(word + n - plus) < 11)
		return false;
	second = plus + 9;
	return *second == '+' && strspn(plus + 1, "0123456789abcdef") == 8;
}

static const char *explain_sumdb(struct subject *x)
{
	struct text_field words[3];
	const char *v = x->v->value;
	size_t n;

	if (is(x, "off")) {
		hazard(x, FINDING_ERROR,
		       "no download is checked with the checksum database: what is not in go.sum is "
		       "believed as it comes",
		       take_back(x));
		return "The checksum database is not used.";
	}
	n = text_fields(v, strlen(v), words, ARRAY_LEN(words));
	if (n < 1 || n > 2 ||
	    (!is_gos_database(words[0].s, words[0].len) &&
	     !is_verifier(words[0].s, words[0].len))) {
		hazard(x, FINDING_ERROR,
		       "go rejects this value: modules that go.sum lacks fail with \"invalid GOSUMDB\"",
		       take_back(x));
		return "None: go rejects this value.";
	}
	if (!is_gos_database(words[0].s, words[0].len))
		hazard(x, FINDING_INFO, "a checksum database other than Go's own is trusted", NULL);
	else if (n == 2 || words[0].len == 20)
		return "Hashes that go.sum lacks are checked with Go's own database, at a different address.";
	return "Hashes that go.sum lacks are checked with this signed database.";
}

static const char *explain_goenv(struct subject *x)
{
	if (is(x, "off")) {
		hazard(x, FINDING_INFO, "what `go env -w` has set does not count here",
		       take_back(x));
		return "The file of `go env -w` is not read.";
	}
	if (x->v->source == GOENV_PROCESS)
		hazard(x, fs_is_file(x->v->value) ? FINDING_INFO : FINDING_WARNING,
		       fs_is_file(x->v->value)
			       ? "the settings of `go env -w` come from an unusual file"
			       : "the file of `go env -w` does not exist",
		       take_back(x));
	return "The file of `go env -w`.";
}

/* go's message, without its advice. */
static const char *first_line(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strcspn(text, "\n"));
}

static const char *explain_modcache(struct subject *x)
{
	struct err e = ERR_INIT;

	if (!goenv_usable_modcache(x->env, &e)) {
		hazard(x, FINDING_ERROR, first_line(x->a, e.text),
		       goenv_modcache(x->env, NULL)
			       ? "set GOMODCACHE to a directory, or to where one can be made"
			       : "set GOMODCACHE to an absolute path");
		err_release(&e);
	} else if (!fs_is_dir(x->v->value)) {
		hazard(x, FINDING_INFO, "the directory does not exist: nothing is cached", NULL);
	}
	return "Downloaded modules are kept here.";
}

static const char *explain_gopath(struct subject *x)
{
	struct err e = ERR_INIT;
	const char *go_mod;

	if (goenv_gopath_is_goroot(x->env))
		hazard(x, FINDING_WARNING, "GOPATH and GOROOT are the same directory",
		       take_back(x));
	else if (!goenv_check_gopath(x->env, &e))
		hazard(x, FINDING_ERROR, first_line(x->a, e.text), take_back(x));
	err_release(&e);
	go_mod = goenv_gopath_dir(x->env, x->a, "go.mod");
	if (*go_mod && fs_exists(go_mod))
		hazard(x, FINDING_ERROR,
		       "it contains a go.mod: go mod graph, why, verify and tidy refuse to work in every module",
		       arena_fmt(x->a, "rm %s", go_mod));
	return "GOMODCACHE, installed commands and the state of the checksum database are below it.";
}

static const char *explain_goroot(struct subject *x)
{
	if (!*x->v->value)
		hazard(x, FINDING_INFO,
		       "no Go is found: built-in defaults replace GOROOT/go.env, and a list of "
		       "go 1.26's packages for the standard library",
		       NULL);
	else if (!fs_is_dir(x->v->value))
		hazard(x, FINDING_ERROR, "the directory does not exist: go refuses to run",
		       take_back(x));
	else if (x->v->source == GOENV_PROCESS || x->v->source == GOENV_USER_FILE)
		hazard(x, FINDING_INFO,
		       "GOROOT is set by hand: a go of another version would use this tree",
		       take_back(x));
	return "The standard library and the defaults of go.env come from here.";
}

static const char *explain_toolchain(struct subject *x)
{
	struct goenv_toolchain t;
	struct err e = ERR_INIT;

	if (!goenv_toolchain(x->env, &t, &e)) {
		hazard(x, FINDING_ERROR, arena_fmt(x->a, "go refuses to run: %s", e.text),
		       take_back(x));
		err_release(&e);
		return "None: go rejects this value.";
	}
	if (!t.local)
		hazard(x, FINDING_WARNING,
		       arena_fmt(x->a, "go would start %s; what is shown here is go %s's answer",
				 t.min, goenv_go_version(x->env)),
		       take_back(x));
	if (t.mode == GOENV_TOOLCHAIN_FIXED)
		return "No other toolchain is used: a go.mod that requires a newer one is refused.";
	if (t.mode == GOENV_TOOLCHAIN_PATH)
		return "If go.mod requires a newer toolchain, one in PATH is started instead.";
	return "If go.mod requires a newer toolchain, it is downloaded and started instead.";
}

static const char *explain_version(struct subject *x)
{
	if (x->v->source == GOENV_DEFAULT)
		return "The version whose answers are given; no Go is found.";
	return "The version whose answers are given.";
}

static const char *explain_work(struct subject *x)
{
	const char *file;
	struct err e = ERR_INIT;

	if (!goenv_find_gowork(x->env, x->a, &file, &e)) {
		hazard(x, FINDING_ERROR, arena_strdup(x->a, e.text), take_back(x));
		err_release(&e);
		return "None: go rejects this value.";
	}
	if (is(x, "off"))
		return "Workspaces are not used.";
	if (*x->v->value && !is(x, "auto")) {
		if (!fs_is_file(x->v->value))
			hazard(x, FINDING_ERROR, "the file does not exist: go refuses to run",
			       take_back(x));
		return "This workspace is used in every directory.";
	}
	if (!file)
		return "A go.work here or further up would make a workspace; there is none.";
	return arena_fmt(x->a, "The workspace of %s is used here.", file);
}

static const char *explain_vcs(struct subject *x)
{
	if (!*x->v->value)
		return "Private modules may use any version control system, others git and hg.";
	if (strstr(x->v->value, "*:all") || strstr(x->v->value, "public:all"))
		hazard(x, FINDING_WARNING,
		       "rarely used version control programs may run for any module", take_back(x));
	return "The version control systems allowed for which modules.";
}

static const char *explain_auth(struct subject *x)
{
	struct err e = ERR_INIT;

	if (!goenv_check_auth(x->env, &e)) {
		hazard(x, FINDING_ERROR,
		       arena_fmt(x->a, "go refuses to ask any server: %s", e.text), take_back(x));
		err_release(&e);
		return "None: go rejects this value.";
	}
	if (is(x, "netrc"))
		return "Credentials for https come from the netrc file.";
	if (is(x, "off"))
		return "No credentials are sent.";
	if (goenv_auth_runs(goenv_get(x->env, "GOAUTH")))
		hazard(x, FINDING_INFO,
		       "views, and commands that go does not have, run no command for credentials",
		       "start modscope with --auth: then they do");
	return "Credentials for https come from these sources, in order.";
}

static const char *explain_cgo(struct subject *x)
{
	return is(x, "1") ? "Packages that use C are included."
			  : "Files that import C are left out.";
}

static const char *explain_debug(struct subject *x)
{
	hazard(x, FINDING_INFO, "GODEBUG settings change how go behaves", take_back(x));
	return "Settings for the runtime of go itself.";
}

static const char *explain_http_proxy(struct subject *x)
{
	(void)x;
	return "Requests go through this proxy.";
}

static const char *explain_no_proxy(struct subject *x)
{
	(void)x;
	return "Requests to these hosts bypass the proxy.";
}

static const char *explain_netrc(struct subject *x)
{
	if (!fs_is_file(x->v->value))
		hazard(x, FINDING_WARNING, "the file does not exist: there are no credentials",
		       take_back(x));
	return "Credentials are read from this file instead of ~/.netrc.";
}

static const char *explain_own_cache(struct subject *x)
{
	if (!path_is_abs(x->v->value))
		hazard(x, FINDING_WARNING, "it is relative, so it is ignored",
		       "use an absolute path");
	return "GOCACHE and modscope's own cache are below it.";
}

struct rule {
	const char *name;
	const char *effect; /* if there is no function */
	const char *(*explain)(struct subject *x);
	bool only_if_set;
};

static const struct rule rules[] = {
	{ "CGO_ENABLED", NULL, explain_cgo, false },
	{ "GIT_ALLOW_PROTOCOL", "Limits the protocols that git may use.", NULL, true },
	{ "GO111MODULE", NULL, explain_modules, false },
	{ "GOARCH", "The target architecture; it selects the files that builds use.", NULL, false },
	{ "GOAUTH", NULL, explain_auth, false },
	{ "GOCACHE", "Compiled packages and the index of extracted modules are kept here.", NULL,
	  false },
	{ "GODEBUG", NULL, explain_debug, true },
	{ "GOENV", NULL, explain_goenv, false },
	{ "GOEXPERIMENT", NULL, explain_experiment, true },
	{ "GOFIPS140", NULL, explain_fips, true },
	{ "GOFLAGS", NULL, explain_flags, false },
	{ "GOINSECURE", NULL, explain_insecure, false },
	{ "GOMODCACHE", NULL, explain_modcache, false },
	{ "GONOPROXY", NULL, explain_noproxy, false },
	{ "GONOSUMDB", NULL, explain_nosumdb, false },
	{ "GOOS", "The target operating system; it selects the files that builds use.", NULL,
	  false },
	{ "GOPATH", NULL, explain_gopath, false },
	{ "GOPRIVATE", NULL, explain_private, false },
	{ "GOPROXY", NULL, explain_proxy, false },
	{ "GOROOT", NULL, explain_goroot, false },
	{ "GOSUMDB", NULL, explain_sumdb, false },
	{ "GOTMPDIR", "The directory for go's temporary files.", NULL, true },
	{ "GOTOOLCHAIN", NULL, explain_toolchain, false },
	{ "GOVCS", NULL, explain_vcs, false },
	{ "GOVERSION", NULL, explain_version, false },
	{ "GOWORK", NULL, explain_work, false },
	{ "HTTPS_PROXY", NULL, explain_http_proxy, true },
	{ "HTTP_PROXY", NULL, explain_http_proxy, true },
	{ "NETRC", NULL, explain_netrc, true },
	{ "NO_PROXY", NULL, explain_no_proxy, true },
	{ "SSL_CERT_DIR", "Certificates of certificate authorities are read from this directory.",
	  NULL, true },
	{ "SSL_CERT_FILE", "Certificates of certificate authorities are read from this file.", NULL,
	  true },
	{ "XDG_CACHE_HOME", NULL, explain_own_cache, true },
	{ "XDG_CONFIG_HOME", "The file of `go env -w` is below it.", NULL, true },
};

const char *goenv_source_name(enum goenv_source source)
{
	static const char *const names[] = {
		[GOENV_DEFAULT] = "default",	 [GOENV_PROCESS] = "process",
		[GOENV_USER_FILE] = "user-file", [GOENV_GOROOT_FILE] = "goroot-file",
		[GOENV_DERIVED] = "derived",	 [GOENV_FOUND] = "found",
	};

	return names[source];
}

static const char *where(struct arena *a, const struct goenv_var *v)
{
	switch (v->source) {
	case GOENV_PROCESS: return "environment";
	case GOENV_USER_FILE:
	case GOENV_GOROOT_FILE: return arena_fmt(a, "%s:%d", v->file, v->line);
	case GOENV_DERIVED: return arena_fmt(a, "from %s", v->file);
	case GOENV_FOUND: return arena_fmt(a, "found by %s", v->file);
	case GOENV_DEFAULT: break;
	}
	return "default";
}

static void explain(const struct goenv *env, struct arena *a, const struct rule *r,
		    struct goenv_note *note)
{
	const struct goenv_var *v = goenv_var(env, r->name);
	struct subject x = { env, a, v, note };

	*note = (struct goenv_note){
		.name = v->name,
		.value = goenv_mask(a, v),
		.source = v->source,
		.where = where(a, v),
		.changed = v->changed,
		.severity = FINDING_INFO,
	};
	note->effect = r->explain ? r->explain(&x) : r->effect;
}

void goenv_explain(const struct goenv *env, struct arena *a, struct goenv_note **notes, size_t *n)
{
	struct goenv_note *list = arena_alloc(a, sizeof(*list) * ARRAY_LEN(rules));

	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct goenv_var *v = goenv_var(env, rules[i].name);

		if (rules[i].only_if_set && (!*v->value || v->source == GOENV_DEFAULT))
			continue;
		explain(env, a, &rules[i], &list[(*n)++]);
	}
	*notes = list;
}
