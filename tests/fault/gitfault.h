/*
 * gitfault.h - calls of libgit2 that fail: each place in the code that calls it, in turn.
 *
 *	gitfault_begin();                       // once; the table of functions (git_lib.h) leads here then
 *	gitfault_record();                      // one run in which nothing fails
 *	work();
 *	n = gitfault_recorded();
 *	for (size_t i = 0; i < n; i++) {
 *		gitfault_arm(i, GIT_ERROR);     // and one for each place
 *		ok = work();
 *		failed = gitfault_disarm();     // "revwalk_next"; NULL if the place was not reached
 *	}
 *	gitfault_end();
 *
 * A place is a function with the calls that led to it. It fails each time until disarmed, and libgit2's last message is then GITFAULT_SAYS. Only
 * functions that return a code are here. gitfault_arm_call calls a function at the place instead, and nothing fails. Arm and disarm while no other thread works.
 */
#ifndef MODSCOPE_GITFAULT_H
#define MODSCOPE_GITFAULT_H

#include <pthread.h>
#include <stdatomic.h>
#ifdef __GLIBC__
#include <execinfo.h>
#endif

#include "git/git_lib.h"

#define GITFAULT_SAYS "libgit2 was told to fail"
#define GITFAULT_PLACES 2048
#define GITFAULT_FRAMES 6

static struct {
	struct git_lib real;
	struct git_lib *lib;
	bool recording;
	uint64_t place; /* 0: none */
	int code;
	void (*call)(void *ctx);
	void *ctx;
	_Atomic(const char *) failed;
	pthread_mutex_t lock;
	uint64_t places[GITFAULT_PLACES];
	size_t n;
} gitfault = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline uint64_t gitfault_place(const char *name)
{
	uint64_t hash = 14695981039346656037u;
#ifdef __GLIBC__
	void *frames[GITFAULT_FRAMES];
	int n = backtrace(frames, GITFAULT_FRAMES);

	for (int i = 0; i < n; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
#endif
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211u;
	return hash | 1;
}

static inline bool gitfault_fails(const char *name)
{
	uint64_t place;
	size_t i = 0;

	if (!gitfault.recording && !gitfault.place)
		return false;
	place = gitfault_place(name);
	if (gitfault.recording) {
		pthread_mutex_lock(&gitfault.lock);
		while (i < gitfault.n && gitfault.places[i] != place)
			i++;
		if (i == gitfault.n && gitfault.n < GITFAULT_PLACES)
			gitfault.places[gitfault.n++] = place;
		pthread_mutex_unlock(&gitfault.lock);
		return false;
	}
	if (place != gitfault.place)
		return false;
	atomic_store(&gitfault.failed, name);
	if (gitfault.call) {
		gitfault.call(gitfault.ctx);
		return false;
	}
	gitfault.real.error_set_str(GIT_ERROR_OS, GITFAULT_SAYS);
	return true;
}

/* name, parameters, arguments */
#define GITFAULT_FUNCTIONS(F)                                                                                              \
	F(repository_open_ext, (git_repository **o, const char *p, unsigned f, const char *c), (o, p, f, c))               \
	F(repository_head, (git_reference **o, git_repository *r), (o, r))                                                 \
	F(reference_lookup, (git_reference **o, git_repository *r, const char *s), (o, r, s))                              \
	F(revparse_single, (git_object **o, git_repository *r, const char *s), (o, r, s))                                  \
	F(object_peel, (git_object **o, const git_object *x, git_object_t t), (o, x, t))                                   \
	F(commit_lookup, (git_commit **o, git_repository *r, const git_oid *i), (o, r, i))                                 \
	F(merge_base, (git_oid *o, git_repository *r, const git_oid *a, const git_oid *b), (o, r, a, b))                   \
	F(tree_entry_bypath, (git_tree_entry **o, const git_tree *t, const char *p), (o, t, p))                            \
	F(tree_lookup, (git_tree **o, git_repository *r, const git_oid *i), (o, r, i))                                     \
	F(object_lookup_prefix, (git_object **o, git_repository *r, const git_oid *i, size_t n, git_object_t t),           \
	  (o, r, i, n, t))                                                                                                 \
	F(graph_descendant_of, (git_repository *r, const git_oid *a, const git_oid *b), (r, a, b))                         \
	F(revwalk_new, (git_revwalk **o, git_repository *r), (o, r))                                                       \
	F(revwalk_sorting, (git_revwalk *w, unsigned m), (w, m))                                                           \
	F(revwalk_hide, (git_revwalk *w, const git_oid *i), (w, i))                                                        \
	F(revwalk_push, (git_revwalk *w, const git_oid *i), (w, i))                                                        \
	F(revwalk_next, (git_oid *o, git_revwalk *w), (o, w))                                                              \
	F(revwalk_hide_glob, (git_revwalk *w, const char *g), (w, g))                                                      \
	F(revwalk_hide_ref, (git_revwalk *w, const char *s), (w, s))                                                       \
	F(reference_iterator_new, (git_reference_iterator **o, git_repository *r), (o, r))                                 \
	F(reference_next, (git_reference **o, git_reference_iterator *i), (o, i))                                          \
	F(reference_peel, (git_object **o, const git_reference *r, git_object_t t), (o, r, t))                             \
	F(reference_resolve, (git_reference **o, const git_reference *r), (o, r))                                          \
	F(repository_init, (git_repository **o, const char *p, unsigned b), (o, p, b))                                     \
	F(remote_create_with_opts, (git_remote **o, const char *u, const git_remote_create_options *p), (o, u, p))         \
	F(remote_connect,                                                                                                  \
	  (git_remote *r, git_direction d, const git_remote_callbacks *c, const git_proxy_options *p, const git_strarray *h), \
	  (r, d, c, p, h))                                                                                                 \
	F(remote_ls, (const git_remote_head ***o, size_t *n, git_remote *r), (o, n, r))                                    \
	F(remote_download, (git_remote *r, const git_strarray *s, const git_fetch_options *o), (r, s, o))                  \
	F(reference_create, (git_reference **o, git_repository *r, const char *s, const git_oid *i, int f, const char *m), \
	  (o, r, s, i, f, m))                                                                                              \
	F(config_new, (git_config **o), (o))                                                                               \
	F(config_add_file_ondisk,                                                                                          \
	  (git_config *c, const char *p, git_config_level_t l, const git_repository *r, int f), (c, p, l, r, f))           \
	F(config_iterator_glob_new, (git_config_iterator **o, const git_config *c, const char *x), (o, c, x))              \
	F(config_next, (git_config_entry **o, git_config_iterator *i), (o, i))                                             \
	F(config_open_ondisk, (git_config **o, const char *p), (o, p))                                                     \
	F(config_iterator_new, (git_config_iterator **o, const git_config *c), (o, c))                                     \
	F(repository_odb, (git_odb **o, git_repository *r), (o, r))                                                        \
	F(odb_read_header, (size_t *n, git_object_t *t, git_odb *d, const git_oid *i), (n, t, d, i))                       \
	F(odb_read, (git_odb_object **o, git_odb *d, const git_oid *i), (o, d, i))                                         \
	F(odb_open, (git_odb **o, const char *p), (o, p))                                                                  \
	F(odb_add_disk_alternate, (git_odb *d, const char *p), (d, p))                                                     \
	F(odb_write_pack, (git_odb_writepack **o, git_odb *d, git_indexer_progress_cb c, void *p), (o, d, c, p))           \
	F(blob_lookup, (git_blob **o, git_repository *r, const git_oid *i), (o, r, i))                                     \
	F(status_list_new, (git_status_list **o, git_repository *r, const git_status_options *p), (o, r, p))               \
	F(repository_index, (git_index **o, git_repository *r), (o, r))                                                    \
	F(describe_commit, (git_describe_result **o, git_object *c, git_describe_options *p), (o, c, p))                   \
	F(describe_format, (git_buf *o, const git_describe_result *r, const git_describe_format_options *p), (o, r, p))    \
	F(branch_upstream, (git_reference **o, const git_reference *b), (o, b))                                            \
	F(branch_upstream_remote, (git_buf *o, git_repository *r, const char *s), (o, r, s))                               \
	F(remote_list, (git_strarray *o, git_repository *r), (o, r))                                                       \
	F(tag_list, (git_strarray *o, git_repository *r), (o, r))

#define GITFAULT_DEFINE(name, params, args)                                                       \
	static int gitfault_##name params                                                         \
	{                                                                                         \
		return gitfault_fails(#name) ? gitfault.code : gitfault.real.name args; \
	}
GITFAULT_FUNCTIONS(GITFAULT_DEFINE)

#define GITFAULT_INSTALL(name, params, args) gitfault.lib->name = gitfault_##name;

static inline bool gitfault_begin(void)
{
	gitfault.lib = (struct git_lib *)(uintptr_t)git_lib_get(NULL);
	if (!gitfault.lib)
		return false;
	gitfault.real = *gitfault.lib;
	GITFAULT_FUNCTIONS(GITFAULT_INSTALL)
	gitfault_place(""); /* loads what backtrace needs */
	return true;
}

static inline void gitfault_end(void)
{
	*gitfault.lib = gitfault.real;
}

static inline void gitfault_record(void)
{
	gitfault.n = 0;
	gitfault.recording = true;
}

static inline size_t gitfault_recorded(void)
{
	gitfault.recording = false;
	return gitfault.n;
}

static inline void gitfault_arm(size_t i, int code)
{
	atomic_store(&gitfault.failed, NULL);
	gitfault.code = code;
	gitfault.call = NULL;
	gitfault.place = i < gitfault.n ? gitfault.places[i] : 0;
}

static inline void gitfault_arm_call(size_t i, void (*call)(void *ctx), void *ctx)
{
	gitfault_arm(i, 0);
	gitfault.ctx = ctx;
	gitfault.call = call;
}

static inline const char *gitfault_disarm(void)
{
	gitfault.place = 0;
	return atomic_load(&gitfault.failed);
}

#endif
