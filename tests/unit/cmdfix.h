/*
 * cmdfix.h - commands, run in this process on a small project: what they print, and their status.
 *
 *	struct cmd_out o;
 *	cmd_run(&o, (const char *const[]){ "graph", "--json", NULL });
 *	cmd_release(&o);
 *
 * The project TOP/main is a git repository with a commit and a tag; it requires two of the modules of cachefix.h, whose cache is
 * complete and whose pristine copy is the only proxy.
 */
#ifndef MODSCOPE_CMDFIX_H
#define MODSCOPE_CMDFIX_H

#include "cachefix.h"

#include <git2.h>

#include "commands/commands.h"

struct cmd_out {
	struct buf out, err;
	int status;
};

static inline void cmd_collect(void *ctx, int fd, const void *data, size_t len)
{
	struct cmd_out *o = ctx;

	buf_add(fd == 1 ? &o->out : &o->err, data, len);
}

static inline void cmd_run(struct cmd_out *o, const char *const *words)
{
	const char *argv[16] = { "modscope" };
	struct report r;
	struct cli c;
	int n = 1;

	while (words[n - 1] && n < 15)
		argv[n] = words[n - 1], n++;
	*o = (struct cmd_out){ BUF_INIT, BUF_INIT, 0 };
	report_init(&r, cmd_collect, o);
	if (cli_parse(&c, &r, commands_all, n, (char **)(uintptr_t)argv, &o->status) && c.command)
		o->status = c.command->run(&c);
	report_flush(&r);
	cli_release(&c);
	report_release(&r);
}

static inline void cmd_release(struct cmd_out *o)
{
	buf_release(&o->out);
	buf_release(&o->err);
}

static inline void cmd_write_project(struct fix *f)
{
	const struct modver mods[] = { TARGET, OTHER };
	const char *dir = arena_fmt(&f->a, "%s/main", f->top), *sums = "";

	for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
		const char *key = fix_key(&f->a, mods[i]);

		sums = arena_fmt(&f->a, "%s%s %s %s\n%s %s/go.mod %s\n", sums, mods[i].path, mods[i].version,
				 (const char *)map_get(&f->zip_sums, key), mods[i].path, mods[i].version,
				 (const char *)map_get(&f->mod_sums, key));
	}
	assert_true(fs_mkdir_all(dir, NULL));
	fix_write_str(arena_fmt(&f->a, "%s/go.sum", dir), sums);
	fix_write_str(arena_fmt(&f->a, "%s/go.mod", dir),
		      "module example.com/main\n\ngo 1.20\n\nrequire (\n\texample.com/Upper v1.0.0\n"
		      "\texample.com/other v0.1.0\n)\n");
	fix_write_str(arena_fmt(&f->a, "%s/main.go", dir),
		      "package main\n\nimport (\n\t_ \"example.com/Upper/sub\"\n\t_ \"example.com/other\"\n)\n\nfunc main() {}\n");
	fix_write_str(arena_fmt(&f->a, "%s/LICENSE", dir), "do as you like\n");
}

static inline void cmd_must(int code)
{
	if (code < 0)
		fail_msg("%s", git_error_last() ? git_error_last()->message : "libgit2 failed");
}

/* All files of the project, ignored ones too, in one more commit; tag may be NULL. */
static inline void cmd_commit(struct fix *f, const char *tag, int64_t when)
{
	git_repository *repo;
	git_signature *who;
	git_object *object;
	git_commit *parent = NULL;
	git_index *index;
	git_tree *tree;
	git_oid id;

	git_libgit2_init();
	cmd_must(git_repository_init(&repo, arena_fmt(&f->a, "%s/main", f->top), 0));
	cmd_must(git_repository_index(&index, repo));
	cmd_must(git_index_add_all(index, NULL, GIT_INDEX_ADD_FORCE, NULL, NULL));
	cmd_must(git_index_update_all(index, NULL, NULL, NULL));
	cmd_must(git_index_write(index));
	cmd_must(git_index_write_tree(&id, index));
	cmd_must(git_tree_lookup(&tree, repo, &id));
	cmd_must(git_signature_new(&who, "A U Thor", "a@example.com", when, 0));
	if (git_reference_name_to_id(&id, repo, "HEAD") == 0)
		cmd_must(git_commit_lookup(&parent, repo, &id));
	cmd_must(git_commit_create(&id, repo, "HEAD", who, who, NULL, "work", tree, parent ? 1 : 0, (void *)&parent));
	cmd_must(git_object_lookup(&object, repo, &id, GIT_OBJECT_COMMIT));
	if (tag)
		cmd_must(git_tag_create_lightweight(&id, repo, tag, object, 0));
	git_object_free(object);
	git_commit_free(parent);
	git_signature_free(who);
	git_tree_free(tree);
	git_index_free(index);
	git_repository_free(repo);
}

static inline void cmd_set_environment(struct fix *f)
{
	const char *const vars[][2] = {
		{ "GOMODCACHE", f->root },
		{ "XDG_CACHE_HOME", f->own },
		{ "HOME", arena_fmt(&f->a, "%s/home", f->top) },
		{ "GOPROXY", arena_fmt(&f->a, "file://%s/cache/download", f->up) },
		{ "GOENV", "off" },
		{ "GOSUMDB", "off" },
		{ "GOTOOLCHAIN", "local" },
		{ "GOWORK", "" },
		{ "GOFLAGS", "" },
		{ "GIT_CONFIG_NOSYSTEM", "1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		setenv(vars[i][0], vars[i][1], 1);
}

/* For cmocka: *state is a struct fix. */
static inline int cmd_setup(void **state)
{
	if (fix_setup(state))
		return -1;
	cmd_write_project(*state);
	cmd_commit(*state, "v1.0.0", 1700000000);
	cmd_set_environment(*state);
	return chdir(arena_fmt(&((struct fix *)*state)->a, "%s/main", ((struct fix *)*state)->top));
}

static inline int cmd_teardown(void **state)
{
	return chdir("/") || fix_teardown(state);
}

#endif
