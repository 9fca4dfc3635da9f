/*
 * git_lib.h - libgit2, loaded when a repository is first opened.
 *
 * As with curl_lib.h: loading it and the libraries behind it takes longer than most answers, so the program is not linked with it.
 * Types and constants come from its header, the functions from this struct. Loaded and initialised once per process, for all
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
#include <git2/odb_backend.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>

#include "base/err.h"

struct git_lib {
	int (*stream_register)(git_stream_t type, git_stream_registration *r);
	int (*libgit2_init)(void);
	int (*libgit2_opts)(int option, ...);
	const git_error *(*error_last)(void);	/* of this thread */
	int (*repository_open_ext)(git_repository **out, const char *path, unsigned flags, const char *ceiling);
	void (*repository_free)(git_repository *repo);
	const char *(*repository_path)(const git_repository *repo);
	const char *(*repository_workdir)(const git_repository *repo);
	int (*repository_head)(git_reference **out, git_repository *repo);
	int (*repository_head_detached)(git_repository *repo);
	int (*repository_is_shallow)(git_repository *repo);
	int (*reference_lookup)(git_reference **out, git_repository *repo, const char *name);
	const char *(*reference_symbolic_target)(const git_reference *ref);
	const char *(*reference_shorthand)(const git_reference *ref);
	const git_oid *(*reference_target)(const git_reference *ref);
	void (*reference_free)(git_reference *ref);
	char *(*oid_tostr)(char *out, size_t n, const git_oid *id);
	int (*revparse_single)(git_object **out, git_repository *repo, const char *spec);
	int (*object_peel)(git_object **out, const git_object *object, git_object_t type);
	const git_oid *(*object_id)(const git_object *object);
	void (*object_free)(git_object *object);
	int (*commit_lookup)(git_commit **out, git_repository *repo, const git_oid *id);
	int (*merge_base)(git_oid *out, git_repository *repo, const git_oid *one, const git_oid *two);
	int (*tree_entry_bypath)(git_tree_entry **out, const git_tree *root, const char *path);
	git_filemode_t (*tree_entry_filemode)(const git_tree_entry *entry);
	const git_oid *(*tree_entry_id)(const git_tree_entry *entry);
	void (*tree_entry_free)(git_tree_entry *entry);
	int (*tree_lookup)(git_tree **out, git_repository *repo, const git_oid *id);
	size_t (*tree_entrycount)(const git_tree *tree);
	const git_tree_entry *(*tree_entry_byindex)(const git_tree *tree, size_t i);
	const char *(*tree_entry_name)(const git_tree_entry *entry);
	void (*tree_free)(git_tree *tree);
	git_time_t (*commit_time)(const git_commit *commit);
	const char *(*commit_summary)(git_commit *commit);
	const git_signature *(*commit_author)(const git_commit *commit);
	unsigned (*commit_parentcount)(const git_commit *commit);
	int (*object_lookup_prefix)(git_object **out, git_repository *repo, const git_oid *id, size_t len, git_object_t type);
	int (*oid_fromstr)(git_oid *out, const char *str);
	int (*oid_fromstrn)(git_oid *out, const char *str, size_t len);
	int (*graph_descendant_of)(git_repository *repo, const git_oid *commit, const git_oid *ancestor);
	int (*revwalk_new)(git_revwalk **out, git_repository *repo);
	int (*revwalk_sorting)(git_revwalk *walk, unsigned mode);
	int (*revwalk_hide)(git_revwalk *walk, const git_oid *id);
	int (*revwalk_push)(git_revwalk *walk, const git_oid *id);
	int (*revwalk_next)(git_oid *out, git_revwalk *walk);
	void (*revwalk_free)(git_revwalk *walk);
	int (*reference_iterator_new)(git_reference_iterator **out, git_repository *repo);
	int (*reference_next)(git_reference **out, git_reference_iterator *it);
	void (*reference_iterator_free)(git_reference_iterator *it);
	const char *(*reference_name)(const git_reference *ref);
	int (*reference_peel)(git_object **out, const git_reference *ref, git_object_t type);
	const git_oid *(*reference_target_peel)(const git_reference *ref);
	int (*reference_resolve)(git_reference **out, const git_reference *ref);
	int (*repository_init)(git_repository **out, const char *path, unsigned is_bare);
	int (*remote_create_with_opts)(git_remote **out, const char *url, const git_remote_create_options *o);
	int (*remote_connect)(git_remote *remote, git_direction direction, const git_remote_callbacks *cb, const git_proxy_options *proxy, const git_strarray *headers);
	int (*remote_ls)(const git_remote_head ***out, size_t *n, git_remote *remote);
	int (*remote_download)(git_remote *remote, const git_strarray *refspecs, const git_fetch_options *o);
	int (*reference_create)(git_reference **out, git_repository *repo, const char *name, const git_oid *id, int force,
				const char *message);
	int (*remote_disconnect)(git_remote *remote);
	void (*remote_free)(git_remote *remote);
	int (*config_new)(git_config **out);
	int (*config_add_file_ondisk)(git_config *cfg, const char *path, git_config_level_t level, const git_repository *repo, int force);
	int (*config_iterator_glob_new)(git_config_iterator **out, const git_config *cfg, const char *regexp);
	int (*config_next)(git_config_entry **entry, git_config_iterator *it);
	void (*config_iterator_free)(git_config_iterator *it);
	void (*config_free)(git_config *cfg);
	int (*credential_userpass_plaintext_new)(git_credential **out, const char *user, const char *password);
	int (*credential_ssh_key_from_agent)(git_credential **out, const char *user);
	int (*credential_ssh_key_new)(git_credential **out, const char *user, const char *public_key, const char *private_key, const char *passphrase);
	int (*credential_username_new)(git_credential **out, const char *user);
	int (*error_set_str)(int klass, const char *text);
	int (*smart_subtransport_git)(git_smart_subtransport **out, git_transport *owner, void *param);
	int (*smart_subtransport_ssh)(git_smart_subtransport **out, git_transport *owner, void *param);
	int (*transport_smart)(git_transport **out, git_remote *owner, void *definition);
	int (*repository_odb)(git_odb **out, git_repository *repo);
	int (*repository_config)(git_config **out, git_repository *repo);
	int (*odb_read_header)(size_t *len, git_object_t *type, git_odb *db, const git_oid *id);
	int (*odb_read)(git_odb_object **out, git_odb *db, const git_oid *id);
	const void *(*odb_object_data)(git_odb_object *o);
	size_t (*odb_object_size)(git_odb_object *o);
	git_object_t (*odb_object_type)(git_odb_object *o);
	void (*odb_object_free)(git_odb_object *o);
	int (*odb_open)(git_odb **out, const char *objects_dir);
	int (*odb_exists)(git_odb *db, const git_oid *id);
	int (*odb_add_disk_alternate)(git_odb *db, const char *path);
	int (*odb_write_pack)(git_odb_writepack **out, git_odb *db, git_indexer_progress_cb progress, void *payload);
	void (*odb_free)(git_odb *db);
	int (*blob_lookup)(git_blob **out, git_repository *repo, const git_oid *id);
	const void *(*blob_rawcontent)(const git_blob *blob);
	git_object_size_t (*blob_rawsize)(const git_blob *blob);
	void (*blob_free)(git_blob *blob);
	int (*config_open_ondisk)(git_config **out, const char *path);
	int (*config_iterator_new)(git_config_iterator **out, const git_config *config);
	int (*status_list_new)(git_status_list **out, git_repository *repo, const git_status_options *o);
	size_t (*status_list_entrycount)(git_status_list *list);
	void (*status_list_free)(git_status_list *list);
	const git_status_entry *(*status_byindex)(git_status_list *list, size_t i);
	int (*repository_index)(git_index **out, git_repository *repo);
	const git_index_entry *(*index_get_bypath)(git_index *index, const char *path, int stage);
	void (*index_free)(git_index *index);
	int (*describe_commit)(git_describe_result **out, git_object *commit, git_describe_options *o);
	int (*describe_format)(git_buf *out, const git_describe_result *r, const git_describe_format_options *o);
	void (*describe_result_free)(git_describe_result *r);
	void (*buf_dispose)(git_buf *b);
	int (*branch_upstream)(git_reference **out, const git_reference *branch);
	int (*branch_upstream_remote)(git_buf *out, git_repository *repo, const char *ref);
	int (*remote_list)(git_strarray *names, git_repository *repo);
	int (*revwalk_hide_glob)(git_revwalk *walk, const char *glob);
	int (*revwalk_hide_ref)(git_revwalk *walk, const char *ref);
	int (*tag_list)(git_strarray *names, git_repository *repo);
	void (*strarray_dispose)(git_strarray *names);
};

const struct git_lib *git_lib_get(struct err *e);
/* repository_open_ext, but GIT_EOWNER if the repository belongs to another user; libgit2 1.5 reports "not found". As in git, the search ends at
 * GIT_CEILING_DIRECTORIES, whatever the flags; the other variables count with GIT_REPOSITORY_OPEN_FROM_ENV only. */
int git_lib_open(const struct git_lib *git, git_repository **repo, const char *dir, unsigned flags);
/* Sets e to "what: " and libgit2's last message; ERR_NOT_FOUND or ERR_REFUSED. Always returns false. */
bool git_lib_fail(const struct git_lib *git, int code, const char *what, struct err *e);

#endif
