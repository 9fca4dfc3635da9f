#include "git/gitplace.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/text.h"
#include "git/gitchanges.h"
#include "gofiles/semver.h"

struct look {
	struct gitplace *g;
	struct arena *a;
	const struct git_lib *git;
	git_repository *repo;
	git_object *head; /* NULL before the first commit */
	struct err *e;
};

/* Libgit2's last message. */
static const char *why(struct look *k)
{
	const git_error *last = k->git->error_last();

	return arena_strdup(k->a, last ? last->message : "unknown error");
}

static bool fail(struct look *k, const char *what)
{
	return err_set(k->e, ERR_REFUSED, "%s: %s", what, why(k));
}

/* The tag prefix omits a last element that is the major version. */
static const char *tag_prefix(struct arena *a, const char *prefix, const char *major)
{
	size_t n = strlen(prefix), m = strlen(major);

	if (m > 1 && major[0] == '/') {
		if (str_eq(prefix, major + 1))
			return "";
		if (n > m && str_eq(prefix + n - m, major))
			prefix = arena_strndup(a, prefix, n - m);
	}
	return *prefix ? arena_fmt(a, "%s/", prefix) : "";
}

static bool find_dir(struct look *k, const char *dir, const char *major)
{
	const char *top = k->git->repository_workdir(k->repo), *rel;
	char *real;

	k->g->there = top != NULL;
	if (!top)
		return true;
	k->g->top = path_clean(k->a, top);
	k->g->shallow = k->git->repository_is_shallow(k->repo) == 1;
	real = realpath(dir, NULL);
	rel = real && path_under(real, k->g->top) ? path_rel(k->a, k->g->top, real) : ".";
	free(real);
	k->g->prefix = str_eq(rel, ".") ? "" : rel;
	k->g->tag_prefix = tag_prefix(k->a, k->g->prefix, major);
	return true;
}

static bool read_head(struct look *k)
{
	git_reference *head;
	int code = k->git->repository_head(&head, k->repo);
	char id[GIT_OID_HEXSZ + 1];

	if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND)
		return true;
	if (code != 0)
		return fail(k, "HEAD");
	if (k->git->repository_head_detached(k->repo) != 1)
		k->g->branch = arena_strdup(k->a, k->git->reference_shorthand(head));
	k->git->reference_free(head);
	if (k->git->revparse_single(&k->head, k->repo, "HEAD^{commit}") != 0)
		return fail(k, "HEAD");
	k->git->oid_tostr(id, sizeof(id), k->git->object_id(k->head));
	k->g->commit = arena_strdup(k->a, id);
	return true;
}

/* "sub/v1.2.3-14-g0123456"; the tag itself may contain dashes. */
static void split_description(struct look *k, char *text)
{
	char *hash = strrchr(text, '-'), *count;

	if (!hash)
		return;
	*hash = '\0';
	count = strrchr(text, '-');
	if (!count)
		return;
	*count = '\0';
	k->g->tag = text;
	k->g->since_tag = strtoull(count + 1, NULL, 10);
}

/* There are no tags, or a part of the history is not here. */
static bool is_undescribed(struct look *k, int code)
{
	const git_error *last = k->git->error_last();

	return code == GIT_ENOTFOUND || (last && last->klass == GIT_ERROR_DESCRIBE);
}

static bool describe(struct look *k)
{
	git_describe_options o = GIT_DESCRIBE_OPTIONS_INIT;
	git_describe_format_options f = GIT_DESCRIBE_FORMAT_OPTIONS_INIT;
	git_describe_result *result;
	git_buf text = GIT_BUF_INIT;
	int code;

	o.describe_strategy = GIT_DESCRIBE_TAGS;
	o.pattern = arena_fmt(k->a, "%sv[0-9]*", k->g->tag_prefix);
	f.always_use_long_format = 1;
	code = k->git->describe_commit(&result, k->head, &o);
	if (code != 0)
		return is_undescribed(k, code) || fail(k, "git describe");
	code = k->git->describe_format(&text, result, &f);
	if (code == 0) {
		split_description(k, arena_strndup(k->a, text.ptr, text.size));
		k->git->buf_dispose(&text);
	}
	k->git->describe_result_free(result);
	return code == 0 || fail(k, "git describe");
}

static void count_entry(void *ctx, const git_status_entry *s)
{
	struct look *k = ctx;
	const git_diff_delta *d = s->index_to_workdir ? s->index_to_workdir : s->head_to_index;

	if (s->status & GIT_STATUS_WT_NEW)
		k->g->n_untracked++;
	else
		k->g->n_changed++;
	if (!k->g->dirty[0] && d && d->new_file.path)
		k->g->dirty = arena_strdup(k->a, d->new_file.path);
}

static bool count_changes(struct look *k)
{
	return gitchanges_each(k->git, k->repo, k->g->prefix, count_entry, k) ||
	       fail(k, "git status");
}

static int hide_pushed(struct look *k, git_revwalk *walk)
{
	if (k->g->upstream[0])
		return k->git->revwalk_hide_ref(walk,
						arena_fmt(k->a, "refs/remotes/%s", k->g->upstream));
	return k->git->revwalk_hide_glob(walk, "refs/remotes/*");
}

/* Whether HEAD is what the upstream, or a remote branch, points to: that is known in a shallow clone too. */
static bool is_remote_head(struct look *k)
{
	const git_oid *head = k->git->object_id(k->head);
	git_reference_iterator *it;
	git_reference *ref;
	git_object *c;
	bool found = false;

	if (k->git->reference_iterator_new(&it, k->repo) != 0)
		return false;
	while (!found && k->git->reference_next(&ref, it) == 0) {
		const char *name = k->git->reference_name(ref);

		if (str_has_prefix(name, "refs/remotes/") &&
		    (!k->g->upstream[0] || str_eq(name + 13, k->g->upstream)) &&
		    k->git->reference_peel(&c, ref, GIT_OBJECT_COMMIT) == 0) {
			found = memcmp(k->git->object_id(c), head, sizeof(*head)) == 0;
			k->git->object_free(c);
		}
		k->git->reference_free(ref);
	}
	k->git->reference_iterator_free(it);
	return found;
}

static int walk_unpushed(struct look *k)
{
	git_revwalk *walk;
	git_oid id;
	int code = k->git->revwalk_new(&walk, k->repo);

	if (code != 0)
		return code;
	code = k->git->revwalk_push(walk, k->git->object_id(k->head));
	if (code == 0)
		code = hide_pushed(k, walk);
	while (code == 0 && k->g->n_unpushed < GITPLACE_MAX_COMMITS &&
	       (code = k->git->revwalk_next(&id, walk)) == 0)
		k->g->n_unpushed++;
	k->git->revwalk_free(walk);
	return code;
}

static void count_unpushed(struct look *k)
{
	int code = walk_unpushed(k);
	const char *text = code == GIT_ENOTFOUND ? "the repository lacks commits of its history"
			   : code == 0 || code == GIT_ITEROVER ? ""
							       : why(k);

	if (*text && !is_remote_head(k))
		k->g->unwalked = text;
}

/* As git's default: origin, if there is one. */
static void find_remote(struct look *k)
{
	git_strarray names = { 0 };

	if (k->git->remote_list(&names, k->repo) != 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (i == 0 || str_eq(names.strings[i], "origin"))
			k->g->remote = arena_strdup(k->a, names.strings[i]);
	k->git->strarray_dispose(&names);
}

static void find_upstream_remote(struct look *k, const git_reference *head)
{
	git_buf name = GIT_BUF_INIT;

	if (k->git->branch_upstream_remote(&name, k->repo, k->git->reference_name(head)) == 0) {
		k->g->remote = arena_strndup(k->a, name.ptr, name.size);
		k->git->buf_dispose(&name);
	}
}

static void find_upstream(struct look *k)
{
	git_reference *head, *upstream;

	if (!k->g->branch[0] || k->git->repository_head(&head, k->repo) != 0)
		return;
	if (k->git->branch_upstream(&upstream, head) == 0) {
		k->g->upstream = arena_strdup(k->a, k->git->reference_shorthand(upstream));
		find_upstream_remote(k, head);
		k->git->reference_free(upstream);
	}
	k->git->reference_free(head);
}

static bool look(struct look *k, const char *dir, const char *major)
{
	if (!find_dir(k, dir, major) || !k->g->there)
		return true;
	if (!read_head(k) || !count_changes(k))
		return false;
	if (k->head) {
		if (!describe(k))
			return false;
		find_remote(k);
		find_upstream(k);
		count_unpushed(k);
	}
	return true;
}

bool gitplace_read(struct gitplace *g, struct arena *a, const char *dir, const char *path_major,
		   struct err *e)
{
	struct look k = { .g = g, .a = a, .git = git_lib_get(e), .e = e };
	int code;
	bool ok;

	*g = (struct gitplace){ .top = "",
				.prefix = "",
				.tag_prefix = "",
				.branch = "",
				.commit = "",
				.tag = "",
				.dirty = "",
				.upstream = "",
				.unwalked = "",
				.remote = "" };
	if (!k.git)
		return false;
	code = git_lib_open(k.git, &k.repo, dir, 0);
	if (code == GIT_ENOTFOUND)
		return true;
	if (code != 0)
		return git_lib_fail(k.git, code, dir, e);
	ok = look(&k, dir, path_major);
	k.git->object_free(k.head);
	k.git->repository_free(k.repo);
	return ok;
}

/* `git -C dir`, with the rest after it. */
static void add_git(struct buf *b, const char *dir, const char *rest)
{
	buf_addstr(b, "git ");
	if (dir[0]) {
		buf_addstr(b, "-C ");
		text_shell_word(b, dir);
		buf_addch(b, ' ');
	}
	buf_addstr(b, rest);
}

/* What follows `git push`. A branch goes where its upstream is, which git does by itself only if that has the same name. */
static void add_target(struct buf *b, const struct gitplace *g, const char *remote)
{
	const char *there = g->upstream;

	if (there[0] && str_has_prefix(there, remote) && there[strlen(remote)] == '/')
		there += strlen(remote) + 1;
	if (str_eq(there, g->branch))
		return;
	buf_addstr(b, there[0] ? " " : " -u ");
	text_shell_word(b, remote);
	buf_addch(b, ' ');
	if (there[0])
		buf_addstr(b, "HEAD:");
	text_shell_word(b, there[0] ? there : g->branch);
}

const char *gitplace_push_remedy(const struct gitplace *g, struct arena *a, const char *dir)
{
	struct buf b = BUF_INIT;
	const char *text;

	if (!g->branch[0]) {
		add_git(&b, dir, "switch -c BRANCH, then push that branch");
	} else {
		if (!g->remote[0])
			add_git(&b, dir, "remote add origin URL, then ");
		add_git(&b, dir, "push");
		add_target(&b, g, g->remote[0] ? g->remote : "origin");
	}
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

/* "v1.2.3": the form of a tag that is a version. */
static bool is_whole_version(const char *v)
{
	struct semver p;

	return semver_parse(&p, v, strlen(v)) && !*p.fill && !p.build.len;
}

bool gitplace_versions(const struct gitplace *g, struct arena *a, const char *const **versions,
		       size_t *n, struct err *e)
{
	struct look k = { .a = a, .git = git_lib_get(e), .e = e };
	ARENA_VEC(const char *) list = { 0 };
	size_t skip = strlen(g->tag_prefix);
	git_strarray tags = { 0 };
	bool ok;

	if (!k.git)
		return false;
	if (git_lib_open(k.git, &k.repo, g->top, 0) != 0)
		return fail(&k, g->top);
	ok = k.git->tag_list(&tags, k.repo) == 0 || fail(&k, "git tag");
	for (size_t i = 0; ok && i < tags.count; i++)
		if (str_has_prefix(tags.strings[i], g->tag_prefix) &&
		    is_whole_version(tags.strings[i] + skip))
			arena_vec_push(a, &list, arena_strdup(a, tags.strings[i] + skip));
	k.git->strarray_dispose(&tags);
	k.git->repository_free(k.repo);
	semver_sort(list.items, list.n);
	*versions = list.items;
	*n = list.n;
	return ok;
}
