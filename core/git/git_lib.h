/*
 * git_lib.h - libgit2, loaded when a repository is first looked at.
 *
 * As with curl_lib.h: loading it and the libraries behind it takes longer than most answers, so the program is not linked with it.
 * Types and constants come from its header; the functions are these. Loaded and initialised once per process, for all
 * threads; never unloaded.
 *
 *	const struct git_lib *git = git_lib_get(&e);
 *	if (!git)
 *		return false;		// ERR_NOT_HERE: "repositories cannot be read: libgit2.so.1.5: cannot open ..."
 *	git->repository_open_ext(&repo, dir, 0, NULL);
 */
#ifndef MODSCOPE_GIT_LIB_H
#define MODSCOPE_GIT_LIB_H

#include <git2.h>

#include "base/err.h"

struct git_lib {
	int (*libgit2_init)(void);
	const git_error *(*error_last)(void);	/* of this thread */
	int (*repository_open_ext)(git_repository **out, const char *path, unsigned flags, const char *ceiling);
	void (*repository_free)(git_repository *repo);
	const char *(*repository_path)(const git_repository *repo);
	const char *(*repository_workdir)(const git_repository *repo);
	int (*repository_head)(git_reference **out, git_repository *repo);
	int (*repository_head_detached)(git_repository *repo);
	int (*reference_lookup)(git_reference **out, git_repository *repo, const char *name);
	const char *(*reference_symbolic_target)(const git_reference *ref);
	const char *(*reference_shorthand)(const git_reference *ref);
	const git_oid *(*reference_target)(const git_reference *ref);
	void (*reference_free)(git_reference *ref);
	char *(*oid_tostr)(char *out, size_t n, const git_oid *id);
	int (*status_list_new)(git_status_list **out, git_repository *repo, const git_status_options *o);
	size_t (*status_list_entrycount)(git_status_list *list);
	void (*status_list_free)(git_status_list *list);
};

const struct git_lib *git_lib_get(struct err *e);

#endif
