/*
 * gitfix.h - bare repositories that a unit test makes with libgit2 in its temporary directory.
 *
 *	git_repository *repo = gitfix_new("repo");
 *	gitfix_commit(repo, "refs/heads/main", (const char *const[]){ "go.mod", "module m\n", NULL }, 1700000000, id);
 */
#ifndef MODSCOPE_GITFIX_H
#define MODSCOPE_GITFIX_H

#include "tmpdir.h"

#include <git2.h>

#define GITFIX_HEX 41

static inline void gitfix_must(int code)
{
	if (code < 0)
		fail_msg("%s", git_error_last() ? git_error_last()->message : "libgit2 failed");
}

/* HEAD leads to main. */
static inline git_repository *gitfix_new(const char *name)
{
	git_repository_init_options o = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	git_repository *repo;

	git_libgit2_init();
	o.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_BARE;
	o.initial_head = "main";
	gitfix_must(git_repository_init_ext(&repo, tmp_path(name), &o));
	return repo;
}

static inline git_signature *gitfix_who(git_time_t t)
{
	git_signature *who;

	gitfix_must(git_signature_new(&who, "A U Thor", "a@example.com", t, 120));
	return who;
}

/* A commit on top of the ref, which follows: files are name, content, ..., NULL, all of the tree. */
static inline void gitfix_commit(git_repository *repo, const char *ref, const char *const *files, git_time_t t,
				 char id[GITFIX_HEX])
{
	git_commit *parent = NULL;
	git_oid oid, blob, tree_id;
	git_signature *who = gitfix_who(t);
	git_index *index;
	git_tree *tree;
	const git_commit *parents[1];

	gitfix_must(git_index_new(&index));
	for (; files[0]; files += 2) {
		git_index_entry entry = { .mode = GIT_FILEMODE_BLOB, .path = files[0] };

		gitfix_must(git_blob_create_from_buffer(&blob, repo, files[1], strlen(files[1])));
		entry.id = blob;
		gitfix_must(git_index_add(index, &entry));
	}
	gitfix_must(git_index_write_tree_to(&tree_id, index, repo));
	gitfix_must(git_tree_lookup(&tree, repo, &tree_id));
	if (git_reference_name_to_id(&oid, repo, ref) == 0)
		gitfix_must(git_commit_lookup(&parent, repo, &oid));
	parents[0] = parent;
	gitfix_must(git_commit_create(&oid, repo, ref, who, who, NULL, "change", tree, parent != NULL, parents));
	git_oid_tostr(id, GITFIX_HEX, &oid);
	git_commit_free(parent);
	git_tree_free(tree);
	git_index_free(index);
	git_signature_free(who);
}

/* An annotated tag with a message, or a light one (NULL), on a commit. */
static inline void gitfix_tag(git_repository *repo, const char *name, const char *commit, const char *message)
{
	git_signature *who = gitfix_who(1700001000);
	git_object *object;
	git_oid id;

	gitfix_must(git_revparse_single(&object, repo, commit));
	gitfix_must(message ? git_tag_create(&id, repo, name, object, who, message, 0)
			    : git_tag_create_lightweight(&id, repo, name, object, 0));
	git_object_free(object);
	git_signature_free(who);
}

/* Writes an object as it stands; its hash. */
static inline const char *gitfix_object(git_repository *repo, git_object_t type, const char *text)
{
	char hex[GITFIX_HEX];
	git_odb *db;
	git_oid id;

	gitfix_must(git_repository_odb(&db, repo));
	gitfix_must(git_odb_write(&id, db, text, strlen(text), type));
	git_odb_free(db);
	git_oid_tostr(hex, sizeof(hex), &id);
	return arena_strdup(&tmp_arena, hex);
}

#endif
