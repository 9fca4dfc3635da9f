/*
 * goenv.h - the settings that matter to modules, as the go command sees them.
 *
 * A variable's value is the process's if that is not empty, else that of the `go env -w` file ($GOENV, or
 * go/env below the user's configuration directory), else GOROOT/go.env's, else a built-in default
 * (cmd/go/internal/cfg:Getenv). No go binary is run: GOROOT is $GOROOT, the file's, the tree that `go` on PATH
 * belongs to, or /usr/local/go; the emulated version is that of GOROOT/VERSION, else GOENV_GO_VERSION.
 *
 * Built once, immutable afterwards: any thread may read it, strings live as long as it. Reading costs a hash lookup.
 *
 *	struct goenv *env = goenv_new(&(struct goenv_options){ 0 }, &e);	// false only if there is no current directory
 *	if (!goenv_check(env, &e)) ...	// go refuses all module commands with these settings
 *	const char *proxy = goenv_get(env, "GOPROXY");
 *	goenv_free(env);
 *
 * Values are raw and may hold credentials: show only those of goenv_explain, which masks them.
 */
#ifndef MODSCOPE_GOENV_H
#define MODSCOPE_GOENV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/finding.h"
#include "gofiles/goflags.h"
#include "gofiles/overlay.h"

#define GOENV_GO_VERSION "1.26.8"

enum goenv_source {
	GOENV_DEFAULT,	   /* not set anywhere; value may be "" */
	GOENV_PROCESS,	   /* the environment of this process */
	GOENV_USER_FILE,   /* go env -w */
	GOENV_GOROOT_FILE, /* GOROOT/go.env, or GOROOT/VERSION */
	GOENV_DERIVED,	   /* from another variable: GONOPROXY from GOPRIVATE, GOMODCACHE from GOPATH */
	GOENV_FOUND,	   /* searched for: GOROOT by PATH */
};

struct goenv_var {
	const char *name, *value;
	enum goenv_source source;
	const char *file; /* where it is set; what it was found by or derived from; "" if neither */
	int line;	  /* 1-based; 0 is none */
	bool changed;	  /* `go env -changed` would list it */
};

struct goenv;

struct goenv_options {
	const char *dir;	    /* -C: work as if started there; NULL is the current directory */
	const char *const *environ; /* NULL is the process's environment */
	const struct goenv *own_of; /* our own cache is this one's, wherever GOMODCACHE is; NULL: as goenv_own_cache says */
	bool runs_auth;		    /* the user has asked for what go does: commands in GOAUTH are run */
};

struct goenv *goenv_new(const struct goenv_options *o, struct err *e);
void goenv_free(struct goenv *env);

/* The effective value; "" if there is none. Works for any name, in the list or not. */
const char *goenv_get(const struct goenv *env, const char *name);
/* NULL for a name that is not in the list. */
const struct goenv_var *goenv_var(const struct goenv *env, const char *name);

/* os.Getwd: $PWD if that is the same directory. */
const char *goenv_cwd(const struct goenv *env);
/* "" if no Go is installed. */
const char *goenv_goroot(const struct goenv *env);
/* GOPATH and GOROOT name one directory, of which go warns in every command. Pure; any thread. */
bool goenv_gopath_is_goroot(const struct goenv *env);
/* gover.Local of the emulated go: "1.26.8". */
const char *goenv_go_version(const struct goenv *env);
/* The first entry of GOPATH joined with rel; "" if GOPATH is empty. */
const char *goenv_gopath_dir(const struct goenv *env, struct arena *a, const char *rel);
/* GOMODCACHE, or NULL with go's error: it is relative, or not known. */
const char *goenv_modcache(const struct goenv *env, struct err *e);
/* The same, but NULL also where go can neither use nor make the directory (modfetch.checkCacheDir); then e->sys_errno tells why, if the system
 * does. Looks at the disk and makes nothing; any thread. */
const char *goenv_usable_modcache(const struct goenv *env, struct err *e);
/* $XDG_CACHE_HOME/modscope, ~/.cache/modscope or, on macOS, ~/Library/Caches/modscope; with "-own" appended if GOMODCACHE is in there: what
 * is in our own cache may be changed without a journal. NULL if none is known. */
const char *goenv_own_cache(const struct goenv *env);

/* modload.FindGoWork: the go.work of the current directory, NULL if there is none; "off" if GOWORK is. Fails for a
 * GOWORK that is not absolute. */
bool goenv_find_gowork(const struct goenv *env, struct arena *a, const char **file, struct err *e);

/* GOFLAGS as go splits it; fails as goflags_parse. If this fails, the functions below find no flags. */
bool goenv_goflags(const struct goenv *env, const struct goflags **flags, struct err *e);
/* goflags_text and goflags_bool. */
bool goenv_flag(const struct goenv *env, const char *name, const char **value, struct err *e);
bool goenv_flag_bool(const struct goenv *env, const char *name, bool *value, struct err *e);
/* -json of list; *fields is its value ("Path,Version"), NULL for all. */
bool goenv_flag_json(const struct goenv *env, struct arena *a, const char **fields);

/* The file that -overlay in GOFLAGS names (overlay.h); NULL if there is none, or it cannot be used. */
const struct overlay *goenv_overlay(const struct goenv *env);
/* fsys.Init: fails if go refuses it. */
bool goenv_check_overlay(const struct goenv *env, struct err *e);

/* How go chooses the toolchain by GOTOOLCHAIN (toolchain.Select). We never switch; callers report what go would do. */
enum goenv_toolchain_mode {
	GOENV_TOOLCHAIN_FIXED, /* exactly `min` */
	GOENV_TOOLCHAIN_AUTO,	 /* at least `min`; go.mod may require a newer one, found in PATH or downloaded */
	GOENV_TOOLCHAIN_PATH,	 /* the same, from PATH only */
};
struct goenv_toolchain {
	enum goenv_toolchain_mode mode;
	char min[64]; /* "go1.26.8" */
	bool local;   /* min is the emulated one */
};
bool goenv_toolchain(const struct goenv *env, struct goenv_toolchain *t, struct err *e);

/* Settings that go refuses before it looks at a module: GOTOOLCHAIN, GOROOT, GOPATH, GOEXPERIMENT, the words of GOFLAGS, GO111MODULE.
 * ERR_USAGE if go's exit status is 2, else ERR_REFUSED. Without "go: ". */
bool goenv_check(const struct goenv *env, struct err *e);
/* Its first part: what go refuses before it looks at the command's flags. */
bool goenv_check_start(const struct goenv *env, struct err *e);
/* The same for one command: values of its flags in GOFLAGS, GOFIPS140, incompatible combinations. */
bool goenv_check_command(const struct goenv *env, enum goflags_command c, struct err *e);

/* Whether a value of GOAUTH names a command of the user's own, and whether such commands may be run. */
bool goenv_auth_runs(const char *goauth);
bool goenv_runs_auth(const struct goenv *env);
/* GOAUTH as go checks it before its first https request. ERR_REFUSED. */
bool goenv_check_auth(const struct goenv *env, struct err *e);

/* A row of the `env` command. Raw outside text, but without credentials; everything in the caller's arena. */
struct goenv_note {
	const char *name, *value;
	enum goenv_source source;
	const char *where; /* "environment", "/root/.config/go/env:3", "default", "from GOPRIVATE" */
	bool changed;
	const char *effect; /* one sentence */
	const char *hazard; /* NULL if there is none; severity, remedy belong to it */
	const char *remedy;
	enum finding_severity severity;
};
void goenv_explain(const struct goenv *env, struct arena *a, struct goenv_note **notes, size_t *n);
const char *goenv_source_name(enum goenv_source source); /* "process", "user-file", ... */

#endif
