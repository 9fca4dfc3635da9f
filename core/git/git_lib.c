#include "git/git_lib.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dynlib.h"
#include "git/git_alloc.h"
#include "git/git_tls.h"

#ifdef __APPLE__
#define GIT_SONAME "libgit2." LIBGIT2_SOVERSION ".dylib"
#else
#define GIT_SONAME "libgit2.so." LIBGIT2_SOVERSION
#endif

#define MAP_SIZE ((size_t)16 << 20)
#define MAP_LIMIT ((size_t)64 << 20)
#define CACHE_LIMIT ((size_t)64 << 20)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct git_lib once_lib;
static char once_problem[256]; /* "" if lib is usable */

#define SYMBOL(name)                                         \
	{                                                    \
		"git_" #name, offsetof(struct git_lib, name) \
	}
static const struct dynlib_symbol symbols[] = {
	SYMBOL(stream_register),
	SYMBOL(libgit2_init),
	SYMBOL(libgit2_opts),
	SYMBOL(error_last),
	SYMBOL(repository_open_ext),
	SYMBOL(repository_free),
	SYMBOL(repository_path),
	SYMBOL(repository_workdir),
	SYMBOL(repository_head),
	SYMBOL(repository_head_detached),
	SYMBOL(repository_is_shallow),
	SYMBOL(reference_lookup),
	SYMBOL(reference_symbolic_target),
	SYMBOL(reference_shorthand),
	SYMBOL(reference_target),
	SYMBOL(reference_free),
	SYMBOL(oid_tostr),
	SYMBOL(status_list_new),
	SYMBOL(status_list_entrycount),
	SYMBOL(status_list_free),
	SYMBOL(revparse_single),
	SYMBOL(object_peel),
	SYMBOL(object_id),
	SYMBOL(object_free),
	SYMBOL(commit_lookup),
	SYMBOL(commit_summary),
	SYMBOL(commit_author),
	SYMBOL(revwalk_sorting),
	SYMBOL(revwalk_hide),
	SYMBOL(reference_peel),
	SYMBOL(merge_base),
	SYMBOL(tree_entry_bypath),
	SYMBOL(tree_entry_filemode),
	SYMBOL(tree_entry_id),
	SYMBOL(tree_entry_free),
	SYMBOL(repository_odb),
	SYMBOL(repository_config),
	SYMBOL(odb_read_header),
	SYMBOL(odb_read),
	SYMBOL(odb_object_data),
	SYMBOL(odb_object_size),
	SYMBOL(odb_object_type),
	SYMBOL(odb_object_free),
	SYMBOL(odb_open),
	SYMBOL(odb_exists),
	SYMBOL(odb_add_disk_alternate),
	SYMBOL(odb_write_pack),
	SYMBOL(odb_free),
	SYMBOL(blob_lookup),
	SYMBOL(blob_rawcontent),
	SYMBOL(blob_rawsize),
	SYMBOL(blob_free),
	SYMBOL(tree_lookup),
	SYMBOL(tree_entrycount),
	SYMBOL(tree_entry_byindex),
	SYMBOL(tree_entry_name),
	SYMBOL(tree_free),
	SYMBOL(commit_time),
	SYMBOL(commit_parentcount),
	SYMBOL(object_lookup_prefix),
	SYMBOL(oid_fromstr),
	SYMBOL(oid_fromstrn),
	SYMBOL(graph_descendant_of),
	SYMBOL(revwalk_new),
	SYMBOL(revwalk_push),
	SYMBOL(revwalk_next),
	SYMBOL(revwalk_free),
	SYMBOL(reference_iterator_new),
	SYMBOL(reference_next),
	SYMBOL(reference_iterator_free),
	SYMBOL(reference_name),
	SYMBOL(reference_target_peel),
	SYMBOL(reference_resolve),
	SYMBOL(repository_init),
	SYMBOL(remote_create_with_opts),
	SYMBOL(remote_connect),
	SYMBOL(remote_ls),
	SYMBOL(remote_download),
	SYMBOL(reference_create),
	SYMBOL(remote_disconnect),
	SYMBOL(remote_free),
	SYMBOL(config_new),
	SYMBOL(config_add_file_ondisk),
	SYMBOL(config_iterator_glob_new),
	SYMBOL(config_next),
	SYMBOL(config_iterator_free),
	SYMBOL(config_free),
	SYMBOL(credential_userpass_plaintext_new),
	SYMBOL(credential_ssh_key_from_agent),
	SYMBOL(credential_ssh_key_new),
	SYMBOL(error_set_str),
	SYMBOL(smart_subtransport_git),
	SYMBOL(smart_subtransport_ssh),
	SYMBOL(transport_smart),
	SYMBOL(credential_username_new),
	SYMBOL(status_byindex),
	SYMBOL(repository_index),
	SYMBOL(index_get_bypath),
	SYMBOL(index_free),
	SYMBOL(describe_commit),
	SYMBOL(describe_format),
	SYMBOL(describe_result_free),
	SYMBOL(buf_dispose),
	SYMBOL(branch_upstream),
	SYMBOL(branch_upstream_remote),
	SYMBOL(remote_list),
	SYMBOL(revwalk_hide_glob),
	SYMBOL(revwalk_hide_ref),
	SYMBOL(tag_list),
	SYMBOL(strarray_dispose),
	SYMBOL(config_open_ondisk),
	SYMBOL(config_iterator_new),
};

#ifdef __SANITIZE_ADDRESS__
/* libgit2 1.5 leaks pcre2's memory when a pattern does not match; tell the leak checker. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

/* Files are read once, and mapped parts of a pack count as memory: by default libgit2 maps 8 GiB and keeps 256 MiB of trees. */
static void set_options(int (*opts)(int option, ...))
{
	/* these change nothing in how objects and refs are stored, the last two as git_lib_open checks them */
	static const char *const extensions[] = { "worktreeconfig", "preciousobjects",
						  "partialclone",   "relativeworktrees",
						  "objectformat",   "refstorage" };

	opts(GIT_OPT_SET_EXTENSIONS, extensions, ARRAY_LEN(extensions));
	/* as git; packs are checked when they come, and zlib's sums on every read */
	opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	opts(GIT_OPT_SET_MWINDOW_SIZE, MAP_SIZE);
	opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAP_LIMIT);
	opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_LIMIT);
}

static void load(void)
{
	const char *why = dynlib_load(GIT_SONAME, symbols, ARRAY_LEN(symbols), &once_lib);

	if (!why)
		git_alloc_limit(once_lib.libgit2_opts);
	if (!why && git_tls_init(once_lib.libgit2_init) < 0)
		why = GIT_SONAME ": cannot be initialised";
	if (!why)
		set_options(once_lib.libgit2_opts);
	if (why)
		snprintf(once_problem, sizeof(once_problem), "%s", why);
}

const struct git_lib *git_lib_get(struct err *e)
{
	pthread_once(&once, load);
	if (!*once_problem)
		return &once_lib;
	err_set(e, ERR_NOT_HERE, "repositories cannot be read: %s", once_problem);
	return NULL;
}

/* The nearest .git at or above the directory belongs to another user. */
static bool is_of_another(const char *dir)
{
	char *at = xstrdup(dir), *slash = at, *file;
	struct stat st;
	bool found = false;

	while (!found && slash) {
		file = xasprintf("%s/.git", at);
		found = lstat(file, &st) == 0;
		free(file);
		if (!found && (slash = strrchr(at, '/')))
			*slash = '\0';
	}
	free(at);
	return found && st.st_uid != geteuid();
}

/* The extensions with which objects are not named by SHA-1, or refs are not files. */
static bool is_other_format(const struct git_lib *git, git_repository *repo)
{
	static const char pattern[] = "^extensions\\.(objectformat|refstorage)$";
	git_config_iterator *it;
	git_config_entry *entry;
	git_config *cfg;
	bool other = false;

	if (git->repository_config(&cfg, repo) != 0)
		return false;
	if (git->config_iterator_glob_new(&it, cfg, pattern) == 0) {
		while (git->config_next(&entry, it) == 0)
			other |= !entry->value || (strcmp(entry->value, "sha1") != 0 &&
						   strcmp(entry->value, "files") != 0);
		git->config_iterator_free(it);
	}
	git->config_free(cfg);
	return other;
}

int git_lib_open(const struct git_lib *git, git_repository **repo, const char *dir, unsigned flags)
{
	bool from_env = flags & GIT_REPOSITORY_OPEN_FROM_ENV; /* it reads them itself, then */
	int code = git->repository_open_ext(repo, dir, flags,
					    from_env ? NULL : getenv("GIT_CEILING_DIRECTORIES"));

	if (code == 0 && is_other_format(git, *repo)) {
		git->repository_free(*repo);
		git->error_set_str(GIT_ERROR_REPOSITORY, "unsupported format of the repository");
		return GIT_ERROR;
	}
	return code == GIT_ENOTFOUND && is_of_another(dir) ? GIT_EOWNER : code;
}

bool git_lib_fail(const struct git_lib *git, int code, const char *what, struct err *e)
{
	const git_error *last = git->error_last();

	/* by then the last message is about something else */
	if (code == GIT_EOWNER)
		return err_set(
			e, ERR_REFUSED,
			"%s: detected dubious ownership: the repository belongs to another user\n"
			"\t(to trust it: git config --global --add safe.directory %s)",
			what, what);
	return err_set(e, code == GIT_ENOTFOUND ? ERR_NOT_FOUND : ERR_REFUSED, "%s: %s", what,
		       last ? last->message : "unknown error");
}
