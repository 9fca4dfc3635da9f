#include "gofiles/goenv_impl.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/text.h"
#include "gofiles/gover.h"

#ifndef DEFAULT_GOPROXY
#define DEFAULT_GOPROXY ""
#endif

#if defined(__APPLE__)
#define HOST_OS "darwin"
#elif defined(__FreeBSD__)
#define HOST_OS "freebsd"
#else
#define HOST_OS "linux"
#endif
#if defined(__x86_64__)
#define HOST_ARCH "amd64"
#elif defined(__aarch64__)
#define HOST_ARCH "arm64"
#elif defined(__riscv)
#define HOST_ARCH "riscv64"
#elif defined(__powerpc64__)
#define HOST_ARCH "ppc64le"
#elif defined(__s390x__)
#define HOST_ARCH "s390x"
#elif defined(__arm__)
#define HOST_ARCH "arm"
#else
#define HOST_ARCH "386"
#endif

#define ENV_FILE_MAX ((size_t)1 << 20)

struct file_value {
	const char *value;
	int line;
};

struct goenv {
	struct arena arena;
	struct map os;	       /* the process's variables: const char * */
	struct map user, root; /* of the two files: struct file_value * */
	const char *user_file, *root_file;
	struct map vars; /* struct goenv_var * */
	VEC(struct goenv_var) list;
	const char *cwd, *goroot, *go_version, *own_cache;
	struct goflags flags;
	struct err flags_err;
	const struct overlay *overlay; /* of GOFLAGS */
	struct err overlay_err;
	bool runs_auth;
};

enum {
	OS_ONLY = 1,  /* only the process can set it */
	COMPUTED = 2, /* filled in by hand below */
};

/* Sorted by name. */
static const struct {
	const char *name, *def;
	int kind;
} specs[] = {
	{ "CGO_ENABLED", "", COMPUTED },
	{ "GIT_ALLOW_PROTOCOL", "", OS_ONLY },
	{ "GO111MODULE", "", 0 },
	{ "GOARCH", HOST_ARCH, 0 },
	{ "GOAUTH", "netrc", 0 },
	{ "GOCACHE", "", COMPUTED },
	{ "GODEBUG", "", OS_ONLY },
	{ "GOENV", "", COMPUTED },
	{ "GOEXPERIMENT", "", 0 },
	{ "GOFIPS140", "off", 0 },
	{ "GOFLAGS", "", 0 },
	{ "GOINSECURE", "", 0 },
	{ "GOMODCACHE", "", COMPUTED },
	{ "GONOPROXY", "", COMPUTED },
	{ "GONOSUMDB", "", COMPUTED },
	{ "GOOS", HOST_OS, 0 },
	{ "GOPATH", "", COMPUTED },
	{ "GOPRIVATE", "", 0 },
	{ "GOPROXY", DEFAULT_GOPROXY, 0 },
	{ "GOROOT", "", COMPUTED },
	{ "GOSUMDB", "sum.golang.org", 0 },
	{ "GOTMPDIR", "", 0 },
	{ "GOTOOLCHAIN", "auto", 0 },
	{ "GOVCS", "", 0 },
	{ "GOVERSION", "", COMPUTED },
	{ "GOWORK", "", 0 },
	{ "HOME", "", OS_ONLY },
	{ "HTTPS_PROXY", "", OS_ONLY },
	{ "HTTP_PROXY", "", OS_ONLY },
	{ "NETRC", "", OS_ONLY },
	{ "NO_PROXY", "", OS_ONLY },
	{ "SSL_CERT_DIR", "", OS_ONLY },
	{ "SSL_CERT_FILE", "", OS_ONLY },
	{ "TMPDIR", "", OS_ONLY },
	{ "XDG_CACHE_HOME", "", OS_ONLY },
	{ "XDG_CONFIG_HOME", "", OS_ONLY },
};

extern char **environ;

static const char *os_get(const struct goenv *env, const char *name)
{
	const char *v = map_get(&env->os, name);

	return v ? v : "";
}

static void read_os(struct goenv *env, const char *const *vars)
{
	for (; *vars; vars++) {
		const char *eq = strchr(*vars, '=');
		bool added;

		if (!eq || eq == *vars)
			continue;
		char *copy = arena_strdup(&env->arena, *vars);
		struct map_entry *entry = map_entry(&env->os, copy, (size_t)(eq - *vars), &added);

		copy[eq - *vars] = '\0';
		if (added) /* the first of several with one name counts */
			entry->value = copy + (eq - *vars) + 1;
	}
}

static void add_line(struct goenv *env, struct map *m, char *line, size_t len, int number)
{
	char *eq = memchr(line, '=', len);
	struct file_value *fv;

	line[len] = '\0';
	if (!eq || line[0] < 'A' || line[0] > 'Z')
		return;
	*eq = '\0';
	fv = arena_alloc(&env->arena, sizeof(*fv));
	fv->value = eq + 1;
	fv->line = number;
	map_put(m, line, fv);
}

static void read_file(struct goenv *env, struct map *m, const char *file)
{
	char *data;
	size_t len;
	int number = 1;

	if (!fs_read(&env->arena, file, ENV_FILE_MAX, &data, &len, NULL))
		return;
	for (char *end = data + len; data < end; number++) {
		char *nl = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((nl ? nl : end) - data);

		add_line(env, m, data, n, number);
		data += n + 1;
	}
}

/* os.UserConfigDir and os.UserCacheDir; NULL if go fails. */
static const char *user_dir(struct goenv *env, const char *xdg, const char *below_home,
			    const char *on_mac)
{
	const char *dir = os_get(env, xdg), *home = os_get(env, "HOME");

	if (str_eq(HOST_OS, "darwin"))
		return *home ? path_join(&env->arena, home, on_mac) : NULL;
	if (*dir)
		return path_is_abs(dir) ? dir : NULL;
	return *home ? path_join(&env->arena, home, below_home) : NULL;
}

static void find_user_file(struct goenv *env)
{
	const char *file = os_get(env, "GOENV"), *dir;

	if (*file) {
		env->user_file = str_eq(file, "off") ? NULL : file;
		return;
	}
	dir = user_dir(env, "XDG_CONFIG_HOME", ".config", "Library/Application Support");
	env->user_file = dir ? path_join(&env->arena, dir, "go/env") : NULL;
}

static bool is_goroot(struct goenv *env, const char *dir)
{
	return fs_is_dir(path_join(&env->arena, dir, "pkg/tool"));
}

/* The tree that the program file belongs to: it is GOROOT/bin/go or GOROOT/bin/OS_ARCH/go. */
static const char *tree_of(struct goenv *env, const char *exe)
{
	const char *dir = path_join(&env->arena, exe, "../..");

	if (is_goroot(env, dir))
		return dir;
	dir = path_join(&env->arena, exe, "../../..");
	return is_goroot(env, dir) ? dir : NULL;
}

/* exec.LookPath: the first executable file of that name. */
static const char *look_path(struct goenv *env, const char *name)
{
	const char *p = os_get(env, "PATH");

	while (*p) {
		size_t n = strcspn(p, ":");
		const char *file = path_join(&env->arena,
					     n ? arena_strndup(&env->arena, p, n) : ".", name);

		if (path_is_abs(file) && fs_is_file(file) && access(file, X_OK) == 0)
			return file;
		p += n + (p[n] == ':');
	}
	return NULL;
}

static const char *goroot_by_path(struct goenv *env)
{
	const char *exe = look_path(env, "go"), *dir;
	char real[PATH_MAX];

	if (!exe)
		return NULL;
	dir = tree_of(env, exe);
	if (!dir && realpath(exe, real))
		dir = tree_of(env, real);
	return dir;
}

static struct goenv_var *var(struct goenv *env, const char *name)
{
	return map_get(&env->vars, name);
}

static void set_var(struct goenv *env, const char *name, const char *value,
		    enum goenv_source source, const char *where)
{
	struct goenv_var *v = var(env, name);

	v->value = value;
	v->source = source;
	v->file = where;
	v->line = 0;
}

/* cfg.findGOROOT, where go's own executable stands for the one on PATH. Note that GOROOT/go.env is read from the GOROOT of the
 * user file even if the process names another. */
static void find_goroot(struct goenv *env)
{
	const struct file_value *fv = map_get(&env->user, "GOROOT");
	const char *dir = fv && *fv->value ? fv->value : os_get(env, "GOROOT"), *by = "";

	if (*dir) {
		dir = path_clean(&env->arena, dir);
	} else if ((dir = goroot_by_path(env))) {
		by = "PATH";
	} else {
		dir = is_goroot(env, "/usr/local/go") ? "/usr/local/go" : "";
		by = "/usr/local/go";
	}
	env->goroot = *os_get(env, "GOROOT") ? os_get(env, "GOROOT") : dir;
	env->root_file = *dir ? path_join(&env->arena, dir, "go.env") : NULL;
	if (env->root_file)
		read_file(env, &env->root, env->root_file);
	if (*by)
		set_var(env, "GOROOT", env->goroot, *dir ? GOENV_FOUND : GOENV_DEFAULT,
			*dir ? by : "");
}

/* cfg.Getenv, with its source. A line with an empty value in the user file hides that of GOROOT/go.env. */
static void lookup(struct goenv *env, struct goenv_var *v, const char *def)
{
	const struct file_value *user = map_get(&env->user, v->name),
				*root = map_get(&env->root, v->name);
	const struct file_value *fv = user ? user : root;

	if (*os_get(env, v->name)) {
		v->value = os_get(env, v->name);
		v->source = GOENV_PROCESS;
	} else if (fv && *fv->value) {
		v->value = fv->value;
		v->source = user ? GOENV_USER_FILE : GOENV_GOROOT_FILE;
		v->file = user ? env->user_file : env->root_file;
		v->line = fv->line;
	} else {
		v->value = def;
	}
	v->changed = v->source != GOENV_DEFAULT && !str_eq(v->value, root ? root->value : def);
}

static void init_vars(struct goenv *env)
{
	vec_reserve(&env->list, ARRAY_LEN(specs));
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		vec_push(&env->list,
			 (struct goenv_var){ .name = specs[i].name, .value = "", .file = "" });
		map_put(&env->vars, specs[i].name, &env->list.items[i]);
	}
}

static void fill_plain(struct goenv *env)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct goenv_var *v = &env->list.items[i];
		const char *os = os_get(env, v->name);

		if (specs[i].kind == 0) {
			lookup(env, v, specs[i].def);
		} else if (specs[i].kind == OS_ONLY && *os) {
			v->value = os;
			v->source = GOENV_PROCESS;
			v->changed = true;
		}
	}
}

static void fill_gopath(struct goenv *env)
{
	const char *home = os_get(env, "HOME"), *def = "";
	struct goenv_var *v = var(env, "GOPATH");

	if (*home) {
		def = path_join(&env->arena, home, "go");
		/* go itself is built with -trimpath and knows no other GOROOT here */
		if (str_eq(def, path_clean(&env->arena, os_get(env, "GOROOT"))))
			def = "";
	}
	lookup(env, v, def);
	if (v->source == GOENV_DEFAULT && *def)
		set_var(env, "GOPATH", def, GOENV_DERIVED, "HOME");
}

static void fill_modcache(struct goenv *env)
{
	const char *def = goenv_gopath_dir(env, &env->arena, "pkg/mod");
	struct goenv_var *v = var(env, "GOMODCACHE");

	lookup(env, v, def);
	if (v->source == GOENV_DEFAULT && *def)
		set_var(env, "GOMODCACHE", def, GOENV_DERIVED, "GOPATH");
	/* go drops a bad default GOPATH, but only after deriving GOMODCACHE from it */
	v = var(env, "GOPATH");
	if (v->source == GOENV_DERIVED && !path_is_abs(v->value))
		set_var(env, "GOPATH", "", GOENV_DEFAULT, "");
}

static void fill_gocache(struct goenv *env)
{
	const char *dir = user_dir(env, "XDG_CACHE_HOME", ".cache", "Library/Caches");
	const char *def = dir ? path_join(&env->arena, dir, "go-build") : "off";
	struct goenv_var *v = var(env, "GOCACHE");

	lookup(env, v, def);
	if (v->source == GOENV_DEFAULT && dir)
		set_var(env, "GOCACHE", def, GOENV_DERIVED,
			*os_get(env, "XDG_CACHE_HOME") ? "XDG_CACHE_HOME" : "HOME");
	else if (v->source != GOENV_DEFAULT && !path_is_abs(v->value))
		v->value = "off";
	env->own_cache = dir ? goenv_place_own(&env->arena, dir, goenv_get(env, "GOMODCACHE"))
			     : NULL;
}

static void fill_private(struct goenv *env, const char *name)
{
	struct goenv_var *v = var(env, name);
	const char *def = goenv_get(env, "GOPRIVATE");

	lookup(env, v, def);
	if (v->source == GOENV_DEFAULT && *def)
		set_var(env, name, def, GOENV_DERIVED, "GOPRIVATE");
}

static bool host_has_cc(struct goenv *env)
{
	if (*os_get(env, "CC"))
		return true;
	return look_path(env, str_eq(HOST_OS, "linux") ? "gcc" : "clang") != NULL;
}

bool goenv_is_native(const struct goenv *env)
{
	return str_eq(goenv_get(env, "GOOS"), HOST_OS) &&
	       str_eq(goenv_get(env, "GOARCH"), HOST_ARCH);
}

static void fill_cgo(struct goenv *env)
{
	struct goenv_var *v = var(env, "CGO_ENABLED");
	const char *def = goenv_is_native(env) && host_has_cc(env) ? "1" : "0";

	lookup(env, v, def);
	if (!str_eq(v->value, "0") && !str_eq(v->value, "1"))
		set_var(env, "CGO_ENABLED", def, GOENV_DEFAULT, "");
	v->changed = !str_eq(v->value, def);
}

static void fill_goenv(struct goenv *env)
{
	const char *file = env->user_file ? env->user_file : "";

	if (*os_get(env, "GOENV"))
		set_var(env, "GOENV", str_eq(os_get(env, "GOENV"), "off") ? "off" : file,
			GOENV_PROCESS, "");
	else
		set_var(env, "GOENV", file, *file ? GOENV_DERIVED : GOENV_DEFAULT,
			*os_get(env, "XDG_CONFIG_HOME") ? "XDG_CONFIG_HOME" : "HOME");
	var(env, "GOENV")->changed = *os_get(env, "GOENV") != '\0';
}

static void fill_version(struct goenv *env)
{
	const char *file = *env->goroot ? path_join(&env->arena, env->goroot, "VERSION") : NULL;
	char *data;
	size_t len;

	env->go_version = GOENV_GO_VERSION;
	set_var(env, "GOVERSION", "go" GOENV_GO_VERSION, GOENV_DEFAULT, "");
	if (!file || !fs_read(&env->arena, file, ENV_FILE_MAX, &data, &len, NULL))
		return;
	data[strcspn(data, "\r\n")] = '\0';
	struct semver_part version = gover_from_toolchain(data);

	/* a development tree keeps its name, but counts as the emulated version */
	if (version.len)
		env->go_version = arena_strndup(&env->arena, version.s, version.len);
	set_var(env, "GOVERSION", data, GOENV_GOROOT_FILE, file);
	var(env, "GOVERSION")->line = 1;
}

/* base.Cwd: printed by log.Fatal, without "go: " */
static bool no_cwd(struct err *e, const char *call)
{
	err_sys(e, errno, "cannot determine current directory: %s", call);
	err_mark(e, ERR_FORM_FINAL);
	return false;
}

static bool find_cwd(struct goenv *env, const char *dir, struct err *e)
{
	const char *pwd = os_get(env, "PWD");
	struct stat dot, st;
	char real[PATH_MAX];

	if (dir && (stat(dir, &dot) || (!S_ISDIR(dot.st_mode) && (errno = ENOTDIR))))
		return err_sys(e, errno, "chdir %s", dir);
	if (!dir && stat(".", &dot))
		return no_cwd(e, "stat .");
	if (pwd[0] == '/' && stat(pwd, &st) == 0 && st.st_dev == dot.st_dev &&
	    st.st_ino == dot.st_ino) {
		env->cwd = pwd;
		return true;
	}
	if (!realpath(dir ? dir : ".", real))
		return no_cwd(e, "getwd");
	env->cwd = arena_strdup(&env->arena, real);
	return true;
}

static void load_overlay(struct goenv *env)
{
	const char *file = NULL;

	if (goflags_text(&env->flags, "overlay", &file, NULL) && file && *file)
		overlay_load(&env->overlay, &env->arena, file, env->cwd, &env->overlay_err);
}

struct goenv *goenv_new(const struct goenv_options *o, struct err *e)
{
	struct goenv *env = xcalloc(1, sizeof(*env));

	env->runs_auth = o->runs_auth;
	read_os(env, o->environ ? o->environ : (const char *const *)environ);
	if (!find_cwd(env, o->dir, e)) {
		goenv_free(env);
		return NULL;
	}
	init_vars(env);
	find_user_file(env);
	if (env->user_file)
		read_file(env, &env->user, env->user_file);
	find_goroot(env);
	fill_plain(env);
	if (!*var(env, "GOROOT")->value)
		lookup(env, var(env, "GOROOT"), env->goroot);
	fill_goenv(env);
	fill_gopath(env);
	fill_modcache(env);
	fill_gocache(env);
	if (o->own_of)
		env->own_cache = o->own_of->own_cache
					 ? arena_strdup(&env->arena, o->own_of->own_cache)
					 : NULL;
	fill_private(env, "GONOPROXY");
	fill_private(env, "GONOSUMDB");
	fill_cgo(env);
	fill_version(env);
	if (goflags_parse(&env->flags, &env->arena, goenv_get(env, "GOFLAGS"), &env->flags_err))
		load_overlay(env);
	return env;
}

bool goenv_runs_auth(const struct goenv *env)
{
	return env->runs_auth;
}

void goenv_free(struct goenv *env)
{
	if (!env)
		return;
	map_release(&env->os);
	map_release(&env->user);
	map_release(&env->root);
	map_release(&env->vars);
	vec_release(&env->list);
	goflags_release(&env->flags);
	err_release(&env->flags_err);
	err_release(&env->overlay_err);
	arena_release(&env->arena);
	free(env);
}

const char *goenv_get(const struct goenv *env, const char *name)
{
	const struct goenv_var *v = map_get(&env->vars, name);
	const struct file_value *fv;
	const char *s;

	if (v)
		return v->value;
	s = os_get(env, name);
	if (*s)
		return s;
	fv = map_get(&env->user, name);
	if (!fv)
		fv = map_get(&env->root, name);
	return fv ? fv->value : "";
}

const char *goenv_process(const struct goenv *env, const char *name)
{
	return os_get(env, name);
}

const struct goenv_var *goenv_var(const struct goenv *env, const char *name)
{
	return map_get(&env->vars, name);
}

const char *goenv_cwd(const struct goenv *env)
{
	return env->cwd;
}

const char *goenv_goroot(const struct goenv *env)
{
	return env->goroot;
}

const char *goenv_go_version(const struct goenv *env)
{
	return env->go_version;
}

const char *goenv_own_cache(const struct goenv *env)
{
	return env->own_cache;
}

const char *goenv_gopath_dir(const struct goenv *env, struct arena *a, const char *rel)
{
	const char *list = goenv_get(env, "GOPATH");
	size_t n = strcspn(list, ":");

	return n ? path_join(a, arena_strndup(a, list, n), rel) : "";
}

const char *goenv_modcache(const struct goenv *env, struct err *e)
{
	const char *dir = goenv_get(env, "GOMODCACHE");
	struct buf q = BUF_INIT;

	if (path_is_abs(dir))
		return dir;
	if (!*dir) {
		err_set(e, ERR_REFUSED,
			"module cache not found: neither GOMODCACHE nor GOPATH is set");
		return NULL;
	}
	text_quote(&q, dir, strlen(dir));
	err_set(e, ERR_REFUSED, "GOMODCACHE entry is relative; must be absolute path: %s.\n",
		q.data);
	buf_release(&q);
	return NULL;
}

const struct overlay *goenv_overlay(const struct goenv *env)
{
	return env->overlay;
}

bool goenv_check_overlay(const struct goenv *env, struct err *e)
{
	if (err_is_set(&env->overlay_err) && e)
		err_copy(e, &env->overlay_err);
	return !err_is_set(&env->overlay_err);
}

bool goenv_goflags(const struct goenv *env, const struct goflags **flags, struct err *e)
{
	if (err_is_set(&env->flags_err)) {
		if (e)
			err_copy(e, &env->flags_err);
		return false;
	}
	*flags = &env->flags;
	return true;
}

bool goenv_flag(const struct goenv *env, const char *name, const char **value, struct err *e)
{
	return goflags_text(&env->flags, name, value, e);
}

bool goenv_flag_bool(const struct goenv *env, const char *name, bool *value, struct err *e)
{
	return goflags_bool(&env->flags, name, value, e);
}
